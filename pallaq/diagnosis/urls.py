"""Addresses of a diagnosis."""

from django.urls import path, re_path

from pallaq.diagnosis import views

app_name = "diagnosis"
FILES = r"(?P<name>report\.(?:pdf|html)|estimates\.(?:xlsx|csv|json)|provenance\.json|charts/[a-z0-9_-]+\.svg)"
urlpatterns = [
    path("studies/<slug:study>/", views.study_page, name="study"),
    path("studies/<slug:study>/gaps/", views.board, name="board"),
    path("studies/<slug:study>/gaps/<slug:indicator>/", views.row, name="row"),
    path("studies/<slug:study>/gaps/<slug:indicator>.csv", views.row_csv, name="row_csv"),
    path("studies/<slug:study>/report/", views.report, name="report"),
    re_path(rf"^studies/(?P<study>[-\w]+)/report/(?P<language>es|en)/{FILES}$", views.report_file, name="file"),
    path("studies/<slug:study>/print/", views.against_print, name="print"),
    path("studies/<slug:study>/upload/<uuid:upload_id>/freeze/", views.freeze, name="freeze"),
    path("studies/<slug:study>/releases/<int:number>/diagnosis/", views.progress, name="progress"),
    path("studies/<slug:study>/releases/<int:number>/diagnosis/again/", views.diagnose_again, name="again"),
]
