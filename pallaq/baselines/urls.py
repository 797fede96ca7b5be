"""Addresses of the way from a gap to a baseline, and of what a follow-up survey says."""

from django.urls import URLPattern, path

from pallaq.baselines.views import gaps

app_name = "baselines"
urlpatterns: list[URLPattern] = [
    path("plans/<slug:plan>/indicators/<str:code>/followup/", gaps.followup, name="followup"),
    path("plans/<slug:plan>/from-gap/<slug:study>/<str:indicator>/", gaps.from_gap, name="from_gap"),
]
