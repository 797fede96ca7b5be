"""Addresses of the room."""

from django.urls import path

from pallaq.rolls.views import bringing, rolls, rows

app_name = "rolls"
urlpatterns = [
    path("registry/rolls/", bringing.bring, name="list"),
    path("registry/rolls/<uuid:key>/", rolls.roll, name="roll"),
    path("registry/rolls/<uuid:key>/progress/", rolls.progress, name="progress"),
    path("registry/rolls/<uuid:key>/columns/", rolls.columns, name="columns"),
    path("registry/rolls/<uuid:key>/import/", rolls.start, name="import"),
    path("registry/rolls/<uuid:key>/stop/", rolls.stop, name="stop"),
    path("registry/rolls/<uuid:key>/discard/", rolls.discard, name="discard"),
    path("registry/rolls/<uuid:key>/back/", rolls.back, name="back"),
    path("registry/rolls/<uuid:key>/people/", rows.people, name="people"),
    path("registry/rolls/<uuid:key>/rows/", rows.bad, name="rows"),
    path("registry/rolls/<uuid:key>/rows/<uuid:row_key>/", rows.mend, name="row"),
]
