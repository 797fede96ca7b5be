"""Addresses of what became of a plan."""

from django.urls import URLPattern, path

from pallaq.progress.views import (
    board,
    evidence,
    periods,
    spending,
    values,
    work,
)

app_name = "progress"
urlpatterns: list[URLPattern] = [
    # values, evidence, spending, periods
    path("plans/<slug:plan>/reports/", work.work, name="work"),
    path("plans/<slug:plan>/indicators/<str:code>/values/", values.values, name="values"),
    path("plans/<slug:plan>/indicators/<str:code>/values/new/", values.value_new, name="value_new"),
    path("plans/<slug:plan>/values/<int:value>/correct/", values.value_correct, name="value_correct"),
    path("plans/<slug:plan>/items/<str:code>/evidence/", evidence.evidence, name="evidence"),
    path("plans/<slug:plan>/evidence/<uuid:key>/file/", evidence.evidence_file, name="evidence_file"),
    path("plans/<slug:plan>/evidence/<uuid:key>/remove/", evidence.evidence_remove, name="evidence_remove"),
    path("plans/<slug:plan>/items/<str:code>/spending/", spending.spending, name="spending"),
    path("plans/<slug:plan>/spending/<int:key>/correct/", spending.spending_correct, name="spending_correct"),
    path("plans/<slug:plan>/periods/", periods.periods, name="periods"),
    path("plans/<slug:plan>/periods/<str:period>/", periods.period, name="period"),
    # scoreboard
    path("plans/<slug:plan>/board/", board.board, name="board"),
    path("plans/<slug:plan>/board.csv", board.board_csv, name="board_csv"),
]
