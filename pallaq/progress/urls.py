"""Addresses of what became of a plan."""

from django.urls import URLPattern

app_name = "progress"
urlpatterns: list[URLPattern] = [
    # values, evidence, spending, periods
    # scoreboard, timeline, what is late
    # meetings, agreements, comments
]
