"""Addresses of the room."""

from django.urls import URLPattern, path

from pallaq.matching.views import pairs, registering, scans

app_name = "matching"
urlpatterns: list[URLPattern] = [
    path("registry/register/", registering.register, name="register"),
    path("registry/duplicates/", pairs.duplicates, name="duplicates"),
    path("registry/duplicates/search/", scans.search, name="search"),
    path("registry/duplicates/<uuid:key>/", pairs.pair, name="pair"),
    path("registry/duplicates/<uuid:key>/different/", pairs.different, name="different"),
    path("registry/duplicates/<uuid:key>/open/", pairs.open_again, name="open_again"),
    path("registry/duplicates/<uuid:key>/merge/", pairs.merge, name="merge"),
    path("registry/duplicates/<uuid:key>/undo/", pairs.undo, name="undo"),
]
