"""Addresses of the room."""

from django.urls import URLPattern, path

from pallaq.registry.views import editing, people, photos, registrations

app_name = "registry"
urlpatterns: list[URLPattern] = [
    # --- people: look up, register, file, edit, identifiers, activities, photo ---
    path("registry/people/", people.people, name="people"),
    path("registry/people/<uuid:key>/", people.person, name="person"),
    path("registry/people/<uuid:key>/numbers/", people.numbers, name="numbers"),
    path("registry/people/<uuid:key>/edit/", editing.edit, name="person_edit"),
    path("registry/people/<uuid:key>/documents/new/", editing.identifier_add, name="identifier_add"),
    path("registry/people/<uuid:key>/documents/<uuid:identifier>/end/", editing.identifier_end, name="identifier_end"),
    path("registry/people/<uuid:key>/activities/new/", editing.activity, name="activity_add"),
    path("registry/people/<uuid:key>/activities/<uuid:activity>/", editing.activity, name="activity_edit"),
    path("registry/people/<uuid:key>/photo/", photos.photo_edit, name="photo_edit"),
    path("registry/people/<uuid:key>/photo/image/", photos.photo, name="photo"),
    path("registry/people/<uuid:key>/photo/remove/", photos.photo_remove, name="photo_remove"),
    # --- registrations ---
    path("registry/people/<uuid:key>/registrations/", registrations.of_person, name="person_registrations"),
    path("registry/people/<uuid:key>/registrations/open/", registrations.open_one, name="registration_open"),
    path("registry/registrations/", registrations.listed, name="registrations"),
    path("registry/registrations/<uuid:key>/change/", registrations.change, name="registration_change"),
]
