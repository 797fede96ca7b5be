"""Every address of the site, room by room."""

from django.urls import include, path

urlpatterns = [
    path("", include("pallaq.web.urls")),
    path("", include("pallaq.figures.urls")),
    path("", include("pallaq.rights.urls")),
    path("", include("pallaq.credentials.urls")),
    path("", include("pallaq.permits.urls")),
    path("", include("pallaq.associations.urls")),
    path("", include("pallaq.rolls.urls")),
    path("", include("pallaq.matching.urls")),
    path("", include("pallaq.desks.urls")),
    path("", include("pallaq.exchange.urls")),
    path("", include("pallaq.following.urls")),
    path("", include("pallaq.progress.urls")),
    path("", include("pallaq.baselines.urls")),
    path("", include("pallaq.plan.urls")),
    path("", include("pallaq.diagnosis.urls")),
    path("", include("pallaq.study.urls")),
    path("", include("pallaq.registry.urls")),
    path("", include("pallaq.accounts.urls")),
]
