"""Addresses of the room."""

from django.urls import URLPattern

app_name = "associations"
urlpatterns: list[URLPattern] = []
