"""Addresses of the pages that join rooms."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
