"""Addresses of plans."""

from django.urls import URLPattern, path

from pallaq.plan.views import indicators, nodes, plans, seats, versions

app_name = "plan"
urlpatterns: list[URLPattern] = [
    # the chain, versions, entities and seats
    path("plans/", plans.plans, name="list"),
    path("plans/<slug:plan>/", plans.plan, name="plan"),
    path("plans/<slug:plan>/add/", nodes.add, name="node_add"),
    path("plans/<slug:plan>/items/<str:code>/", plans.node, name="node"),
    path("plans/<slug:plan>/items/<str:code>/edit/", nodes.edit, name="node_edit"),
    path("plans/<slug:plan>/items/<str:code>/remove/", nodes.remove, name="node_remove"),
    path("plans/<slug:plan>/items/<str:code>/move/", nodes.move, name="node_move"),
    path("plans/<slug:plan>/versions/", versions.versions, name="versions"),
    path("plans/<slug:plan>/versions/<int:number>/", versions.changes, name="changes"),
    path("plans/<slug:plan>/approve/", versions.approve, name="approve"),
    path("plans/<slug:plan>/discard/", versions.discard, name="discard"),
    path("plans/<slug:plan>/seats/", seats.seats, name="seats"),
    path("plans/<slug:plan>/seats/<int:seat_id>/take/", seats.take, name="seat_take"),
    path("organisations/", seats.organisations, name="organisations"),
    path("organisations/add/", seats.organisation, name="organisation_add"),
    path("organisations/<uuid:key>/", seats.organisation, name="organisation"),
    # indicators, baselines and targets
    path("plans/<slug:plan>/indicators/", indicators.indicators, name="indicators"),
    path("plans/<slug:plan>/add-indicator/", indicators.add, name="indicator_add"),
    path("plans/<slug:plan>/indicators/<str:code>/", indicators.indicator, name="indicator"),
    path("plans/<slug:plan>/indicators/<str:code>/edit/", indicators.edit, name="indicator_edit"),
    path("plans/<slug:plan>/indicators/<str:code>/remove/", indicators.remove, name="indicator_remove"),
    path("plans/<slug:plan>/indicators/<str:code>/targets/", indicators.targets, name="targets"),
    path("plans/<slug:plan>/indicators/<str:code>/baselines/", indicators.baselines, name="baselines"),
]
