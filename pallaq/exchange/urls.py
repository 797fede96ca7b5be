"""Addresses of plans as files, and of a plan's public page."""

from django.urls import URLPattern

app_name = "exchange"
urlpatterns: list[URLPattern] = [
    # files in, and workbooks read back
    # files out, and the public page
]
