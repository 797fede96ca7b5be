"""Addresses of plans."""

from django.urls import URLPattern

app_name = "plan"
urlpatterns: list[URLPattern] = [
    # the chain, versions, entities and seats
    # indicators, baselines and targets
]
