"""Addresses of the room."""

from django.urls import URLPattern

app_name = "registry"
urlpatterns: list[URLPattern] = [
    # --- people: look up, register, file, edit, identifiers, activities, photo ---
    # --- registrations, law, seats, log, export ---
]
