"""Addresses of the room."""

from django.urls import URLPattern, path

from pallaq.desks.views import export, law, log, seats

app_name = "desks"
urlpatterns: list[URLPattern] = [
    path("registry/law/", law.law, name="law"),
    path("registry/law/norms/add/", law.norm_add, name="norm_add"),
    path("registry/law/norms/<uuid:key>/end/", law.norm_end, name="norm_end"),
    path("registry/law/schemes/add/", law.scheme, name="scheme_add"),
    path("registry/law/schemes/<slug:code>/", law.scheme, name="scheme"),
    path("registry/law/identifiers/add/", law.kind_add, name="kind_add"),
    path("registry/law/identifiers/<slug:code>/end/", law.kind_end, name="kind_end"),
    path("registry/desks/", seats.desks, name="desks"),
    path("registry/desks/<int:seat_id>/take/", seats.take, name="desk_take"),
    path("registry/desks/<int:seat_id>/export/", seats.allow, name="desk_export"),
    path("registry/log/", log.readings, name="readings"),
    path("registry/people/<uuid:key>/log/", log.of_person, name="person_log"),
    path("registry/people/<uuid:key>/log.csv", log.csv_file, name="person_log_csv"),
    path("registry/export/", export.export, name="export"),
]
