"""The timeline draws what has dates in a year, and says in words what it draws."""

from datetime import date

import pytest

from pallaq.accounts.tests.people import client_of, person
from pallaq.following.rules.timeline import Bar, Span, bar, deadlines
from pallaq.plan.actions.nodes import edit_node
from pallaq.plan.actions.versions import approve
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import Agreement, Meeting

TIMELINE = "/plans/small/timeline/"
ENGLISH = {"Accept-Language": "en"}
YEAR = Span.of_year(2026)


def dated() -> Small:
    """Return the small plan with dates for two actions, a meeting and an agreement in 2026."""
    made = small(approved=False)
    edit_node(node=made.nodes["1.1"], edition=1, by=made.planner, starts_on=date(2025, 7, 1), ends_on=date(2026, 6, 30))
    edit_node(node=made.nodes["1.2"], edition=1, by=made.planner, starts_on=date(2026, 10, 1))
    made.version = approve(version=made.version, by=made.planner)
    given = {"plan": made.plan, "made_by": made.planner}
    Meeting.objects.create(item=made.nodes["1.1"].item, held_on=date(2026, 4, 2), place="Juliaca", **given)
    agreed = {"words": "Enviar la lista", "due_on": date(2026, 5, 9), "responsible": made.health}
    Agreement.objects.create(**agreed, **given)
    return made


def page(made: Small, asked: str = "", user: object = None) -> str:
    response = client_of(user or made.planner).get(f"{TIMELINE}?year=2026{asked}", headers=ENGLISH)  # type: ignore[arg-type]
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "drawn"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), Bar(0.0, 100.0, "running")),
        (date(2020, 1, 1), date(2026, 3, 14), Bar(0.0, 20.0, "over")),
        (date(2026, 10, 20), None, Bar(80.0, 20.0, "to come")),
        (date(2026, 12, 31), date(2026, 12, 31), Bar(99.5, 0.5, "to come")),
    ],
)
def test_a_bar_is_cut_to_the_year(starts_on: date, ends_on: date | None, drawn: Bar) -> None:
    assert bar(YEAR, starts_on, ends_on, date(2026, 6, 1)) == drawn


def test_a_year_has_its_quarters_and_several_years_theirs() -> None:
    assert [name for _at, name in YEAR.ticks()] == ["Q1", "Q2", "Q3", "Q4"]
    assert [name for _at, name in Span(date(2026, 1, 1), date(2028, 12, 31)).ticks()] == ["2026", "2027", "2028"]


def test_something_without_an_end_goes_on() -> None:
    assert YEAR.touches(date(2020, 1, 1), None)
    assert YEAR.touches(None, date(2030, 1, 1))
    assert not YEAR.touches(date(2027, 1, 1), None)


def test_reports_fall_due_after_their_period_perhaps_in_the_next_year() -> None:
    found = deadlines(YEAR, [("yearly", 60, 3), ("yearly", 60, 2), ("quarterly", 30, 1)])
    assert found[date(2026, 3, 1), Period(2025)] == 5
    assert [str(period) for _on, period in sorted(found) if period.quarter] == [
        *("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
    ]


@pytest.mark.django_db
def test_it_shows_bars_with_their_dates_in_words_and_what_happens() -> None:
    shown = page(dated())
    assert "2 parts of the plan have their dates in 2026" in shown
    assert "01/07/2025" in shown
    assert "30/06/2026" in shown
    assert "no end" in shown
    assert "Juliaca" in shown
    assert "Enviar la lista" in shown
    assert "Values of 2025 are due: 1 indicator" in shown


@pytest.mark.django_db
def test_another_year_shows_its_own() -> None:
    made = dated()
    shown = " ".join(client_of(made.planner).get(f"{TIMELINE}?year=2025", headers=ENGLISH).content.decode().split())
    assert "1 part of the plan has its dates in 2025" in shown
    assert "Juliaca" not in shown


@pytest.mark.django_db
def test_an_entity_shows_what_it_has_a_part_in() -> None:
    made = dated()
    shown = page(made, f"&entity={made.health.pk}")
    assert "1.2 in English" in shown
    assert "1.1 in English" not in shown
    assert "Juliaca" not in shown
    assert "Enviar la lista" in shown


@pytest.mark.django_db
def test_a_reporter_sees_her_entitys_nodes_only() -> None:
    made = dated()
    shown = page(made, "", made.reporter())
    assert "1.2 in English" in shown
    assert "1.1 in English" not in shown


@pytest.mark.django_db
def test_a_year_without_dates_says_what_to_do() -> None:
    made = small()
    shown = client_of(made.planner).get(f"{TIMELINE}?year=abc", headers=ENGLISH).content.decode()
    assert "Nothing has dates in this year" in shown


@pytest.mark.django_db
def test_it_is_for_people_of_the_plan_and_only_read() -> None:
    made = small()
    assert client_of(None).get(TIMELINE).status_code == 302
    assert client_of(person("Rosa")).get(TIMELINE).status_code == 404
    assert client_of(made.reader()).get(TIMELINE).status_code == 200
    assert client_of(made.planner).post(TIMELINE).status_code == 405
