"""What is late names whom to ask, the oldest first; closed periods are not asked for, names are for planners."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest

from pallaq.accounts.tests.people import client_of, person
from pallaq.plan.actions.indicators import set_target
from pallaq.plan.actions.nodes import edit_node
from pallaq.plan.actions.versions import approve, open_amendment
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.lateness import late_of
from pallaq.progress.models import Agreement, ClosedPeriod, Spending, Value
from pallaq.progress.rules.lateness import Asked

pytestmark = pytest.mark.django_db
LATE = "/plans/small/late/"
ENGLISH = {"Accept-Language": "en"}
TODAY = date(2028, 6, 1)


def things(groups: list[Asked]) -> dict[str, list[str]]:
    """Return what each entity is late with: kind, code and region."""
    return {
        group.name: [" ".join(part for part in (one.kind, one.code, one.region) if part) for one in group.late]
        for group in groups
    }


def ended() -> Small:
    """Return the small plan, of which action 1.2 and its activity ended in January 2026."""
    made = small(approved=False)
    for code in ("1.2", "1.2.1"):
        edit_node(node=made.nodes[code], edition=1, by=made.planner, ends_on=date(2026, 1, 31))
    made.version = approve(version=made.version, by=made.planner)
    return made


def agreement(made: Small, **fields: Any) -> Agreement:
    """Return something that the health directorate should have done by 1 May 2026."""
    given = {"plan": made.plan, "responsible": made.health, "words": "Enviar la lista", "due_on": date(2026, 5, 1)}
    return Agreement.objects.create(made_by=made.planner, **given | fields)


def test_a_value_is_late_when_its_deadline_passed_and_not_on_the_day() -> None:
    made = small()
    assert late_of(made.plan, date(2027, 3, 1)) == []
    (group,) = late_of(made.plan, date(2027, 3, 2))
    (late,) = group.late
    assert (group.name, late.code, late.due_on, late.days) == ("Minem", "I1", date(2027, 3, 1), 1)
    assert late.periods == (Period(2026),)


def test_an_indicators_missing_periods_are_one_thing_the_oldest_first() -> None:
    made = small()
    (group,) = late_of(made.plan, TODAY)
    assert group.late[0].periods == (Period(2026), Period(2027))
    Value.objects.create(item=made.indicator.item, year=2026, value=Decimal(1), measured_on=TODAY)
    (group,) = late_of(made.plan, TODAY)
    assert group.late[0].periods == (Period(2027),)


def test_a_value_that_was_replaced_is_no_report() -> None:
    made = small()
    Value.objects.create(item=made.indicator.item, year=2026, value=Decimal(1), measured_on=TODAY, current=False)
    assert late_of(made.plan, date(2027, 4, 1))


def test_a_closed_period_is_not_asked_for() -> None:
    made = small()
    for year in (2026, 2027):
        ClosedPeriod.objects.create(plan=made.plan, year=year, closed_by=made.planner)
    assert late_of(made.plan, TODAY) == []


def test_a_region_with_a_target_is_asked_for_its_own_value() -> None:
    made = small(approved=False)
    set_target(indicator=made.indicator, cell="region=21", period=Period(2027), value=Decimal(9), by=None)
    approve(version=made.version, by=made.planner)
    assert things(late_of(made.plan, TODAY)) == {"Minem": ["value I1", "value I1 21"]}


def test_an_action_that_ended_is_late_until_something_is_reported_of_it_or_below() -> None:
    made = ended()
    assert things(late_of(made.plan, date(2026, 2, 1))) == {"Minem": ["action 1.2", "action 1.2.1"]}
    Spending.objects.create(item=made.nodes["1.2.1"].item, year=2026, amount=Decimal(5))
    assert late_of(made.plan, date(2026, 2, 1)) == []


def test_an_agreement_is_late_until_it_is_done() -> None:
    made = small()
    agreed = agreement(made)
    assert things(late_of(made.plan, date(2026, 5, 2))) == {"Diresa Puno": ["agreement"]}
    agreed.done_on, agreed.done_by = date(2026, 5, 2), made.planner
    agreed.save()
    assert late_of(made.plan, date(2026, 5, 3)) == []


def test_who_is_late_the_longest_comes_first() -> None:
    made = ended()
    agreement(made, due_on=date(2025, 1, 1))
    assert [group.name for group in late_of(made.plan, TODAY)] == ["Diresa Puno", "Minem"]


def test_where_nobody_is_responsible_nobody_is_named() -> None:
    made = small()
    amended = open_amendment(plan=made.plan, reason="Sin responsable", by=made.planner)
    edit_node(node=amended.nodes.get(item__code="SO1"), edition=1, by=made.planner, parts=[])
    approve(version=amended, by=made.planner)
    (group,) = late_of(made.plan, TODAY)
    assert (group.organisation, group.name, group.people) == (None, "", ())


def test_a_draft_is_late_with_nothing() -> None:
    made = small(approved=False)
    assert late_of(made.plan, TODAY) == []
    shown = client_of(made.planner).get(LATE, headers=ENGLISH).content.decode()
    assert "Nothing can be late yet" in shown


def test_a_reporter_sees_what_her_own_entity_is_late_with_and_no_names() -> None:
    made = ended()
    agreement(made)
    reporter = made.reporter()
    (group,) = late_of(made.plan, TODAY, reporter)
    assert (group.name, group.people) == ("Diresa Puno", ())
    assert late_of(made.plan, TODAY, person("Rosa")) == []


def test_a_regions_reporter_is_not_asked_about_another_region() -> None:
    made = small()
    agreement(made, region="04")
    assert late_of(made.plan, TODAY, made.reporter(region="21")) == []
    agreement(made, region="21")
    (group,) = late_of(made.plan, TODAY, made.reporter("Marta", region="21"))
    assert [one.region for one in group.late] == ["21"]


def test_a_planner_reads_whom_to_ask_and_a_reader_does_not() -> None:
    made = small()
    agreement(made)
    made.reporter("Julia", region="21")
    planners = client_of(made.planner).get(LATE, headers=ENGLISH).content.decode()
    assert "Julia (Puno)" in " ".join(planners.split())
    assert "Julia" not in client_of(made.reader()).get(LATE, headers=ENGLISH).content.decode()
    assert "Julia" not in client_of(made.reader("Olga")).get("/plans/small/late.csv").content.decode()


def test_the_csv_holds_everything_that_is_late() -> None:
    made = small()
    agreement(made, words="=2+2", due_on=date(2020, 5, 1))
    made.reporter("Julia")
    rows = list(csv.DictReader(StringIO(client_of(made.planner).get("/plans/small/late.csv").content.decode())))
    assert [(row["entity"], row["title"], row["people"]) for row in rows] == [("Diresa Puno", "'=2+2", "Julia")]


def test_nothing_late_says_so() -> None:
    assert "Nothing is late" in client_of(small().planner).get(LATE, headers=ENGLISH).content.decode()


@pytest.mark.parametrize("path", [LATE, "/plans/small/late.csv"])
def test_it_is_for_people_of_the_plan_and_only_read(path: str) -> None:
    made = small()
    assert client_of(None).get(path).status_code == 302
    assert client_of(person("Rosa")).get(path).status_code == 404
    assert client_of(made.reader()).get(path).status_code == 200
    assert client_of(made.planner).post(path).status_code == 405
