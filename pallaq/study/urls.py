"""Addresses of studies, releases, uploads and roles."""

from django.urls import path

from pallaq.study.views import releases, roles, uploads

app_name = "study"
urlpatterns = [
    path("studies/", releases.studies, name="list"),
    path("studies/<slug:study>/releases/", releases.releases, name="releases"),
    path("studies/<slug:study>/releases/<int:number>/", releases.release, name="release"),
    path("studies/<slug:study>/releases/<int:number>/files/<path:name>", releases.release_file, name="file"),
    path("studies/<slug:study>/releases/<int:number>/publish/", releases.publish, name="publish"),
    path("studies/<slug:study>/releases/<int:number>/withdraw/", releases.withdraw, name="withdraw"),
    path("studies/<slug:study>/upload/", uploads.bring, name="upload"),
    path("studies/<slug:study>/upload/<uuid:upload_id>/", uploads.preview, name="upload_preview"),
    path("studies/<slug:study>/upload/<uuid:upload_id>/discard/", uploads.discard, name="discard"),
    path("people/<uuid:user_id>/roles/", roles.roles, name="roles"),
    path("roles/<int:membership_id>/take/", roles.take_role, name="take_role"),
]
