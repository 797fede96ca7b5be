"""Values are checked, kept, and corrected by a new row; nothing is overwritten and nothing is kept twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from pallaq.accounts.tests.people import person, refused
from pallaq.plan.actions.indicators import add_indicator, edit_indicator, remove_indicator
from pallaq.plan.actions.versions import approve, open_amendment
from pallaq.plan.models.indicators import Origin
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.actions import values
from pallaq.progress.actions.values import (
    Report,
    accept_measure,
    accept_study_value,
    correct_value,
    record_value,
    report_values,
)
from pallaq.progress.models import Value
from pallaq.progress.tests.samples import closed, reported
from pallaq.shared.errors import Problems
from pallaq.shared.models import AuditEvent
from pallaq.study.models import Release
from pallaq.study.tests.samples import gold

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
FROZEN = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values.timezone, "localdate", lambda moment=None: moment.date() if moment else TODAY)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def plan() -> Small:
    return small()


def recorded(plan: Small, value: str = "43", **more: Any) -> Value:
    facts = {"period": Period(2026), "measured_on": date(2026, 11, 3), "source": "Padrón de la Diresa", **more}
    return record_value(**{"indicator": plan.indicator, "value": Decimal(value), "by": plan.planner, **facts})


def test_it_keeps_a_value_with_its_day_source_author_and_trail(plan: Small) -> None:
    value = recorded(plan, cell="profile=pallaqueras;region=21")
    value.refresh_from_db()
    assert (value.value, value.period(), value.current, value.origin) == (43, Period(2026), True, Origin.TYPED)
    assert (value.measured_on, value.source, value.by) == (date(2026, 11, 3), "Padrón de la Diresa", plan.planner)
    event = AuditEvent.objects.get(action="value.record")
    assert (event.scope, event.about, event.details["period"]) == ("plan/small", "indicator I1", "2026")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"value": "101"}, "value-above"),
        ({"value": "-1"}, "value-below"),
        ({"value": "NaN"}, "value-unstorable"),
        ({"value": "1e30"}, "value-unstorable"),
        ({"cell": "sex=women"}, "cell-unknown"),
        ({"cell": "region=99"}, "cell-unknown"),
        ({"period": Period(2026, 1)}, "period-overlaps"),
        ({"period": Period(2027)}, "period-not-begun"),
        ({"measured_on": date(2026, 11, 25)}, "measured-in-the-future"),
    ],
)
def test_it_refuses_what_the_sheet_or_the_calendar_does_not_allow(plan: Small, fields: Any, code: str) -> None:
    with refused(code):
        recorded(plan, **fields)
    assert not Value.objects.exists()


def test_it_refuses_a_second_value_and_says_what_stands_there(plan: Small) -> None:
    recorded(plan)
    with pytest.raises(values.Refusal, match=r"2026 already: 43 \(measured on 03/11/2026, recorded by Paula") as caught:
        recorded(plan, "44")
    assert (caught.value.code, caught.value.status) == ("value-known", 409)
    assert recorded(plan, "44", cell="region=21").value == 44


def test_a_plan_in_draft_has_no_values() -> None:
    with refused("not-in-force"):
        recorded(small(approved=False))


def test_it_checks_against_the_version_in_force_whatever_row_it_is_given(plan: Small) -> None:
    draft = open_amendment(plan=plan.plan, reason="Conteo", by=plan.planner)
    again = draft.indicators.get(item=plan.indicator.item)
    edit_indicator(indicator=again, edition=1, by=plan.planner, unit="number")
    assert recorded(plan, "12.5", indicator=again).value == Decimal("12.5")
    approve(version=draft, by=plan.planner)
    with refused("value-whole"):
        recorded(plan, "12.5", cell="region=21")


def test_an_indicator_that_left_the_plan_is_not_reported(plan: Small) -> None:
    value = recorded(plan)
    draft = open_amendment(plan=plan.plan, reason="Fuera", by=plan.planner)
    remove_indicator(indicator=draft.indicators.get(), by=plan.planner)
    approve(version=draft, by=plan.planner)
    for verb in (lambda: recorded(plan, cell="region=21"), lambda: corrected(plan, value)):
        with refused("not-in-force"):
            verb()


@pytest.mark.parametrize(("shut", "locked"), [((2026, 0), True), ((2026, 2), True), ((2026, 3), False)])
def test_a_closed_year_locks_its_quarters_and_a_closed_quarter_itself(
    plan: Small, shut: tuple[int, int], locked: bool
) -> None:
    draft = open_amendment(plan=plan.plan, reason="Trimestral", by=plan.planner)
    fields = {"title": {"es": "Talleres"}, "unit": "number", "frequency": "quarterly"}
    draft_node = draft.nodes.get(item=plan.nodes["1.2"].item)
    quarterly = add_indicator(node=draft_node, code="I2", by=plan.planner, **fields)
    approve(version=draft, by=plan.planner)
    closed(plan, *shut)
    if locked:
        with refused("period-closed"):
            recorded(plan, indicator=quarterly, period=Period(2026, 2))
    else:
        assert recorded(plan, indicator=quarterly, period=Period(2026, 2))


def test_a_closed_quarter_leaves_the_year_open(plan: Small) -> None:
    closed(plan, 2026, 4)
    value = recorded(plan)
    closed(plan, 2026)
    with refused("period-closed"):
        corrected(plan, value)


def corrected(plan: Small, value: Value, amount: str = "45", **more: Any) -> Value:
    fields = {"note": "Se contó dos veces", "by": plan.planner, **more}
    return correct_value(value_row=value, value=Decimal(amount), **fields)


def test_a_correction_is_a_new_row_and_the_old_one_stays(plan: Small) -> None:
    old = recorded(plan)
    new = corrected(plan, old)
    old.refresh_from_db()
    assert (old.current, old.value, new.current, new.value, new.replaces) == (False, 43, True, 45, old)
    assert (new.measured_on, new.source, new.note) == (old.measured_on, old.source, "Se contó dos veces")
    assert AuditEvent.objects.get(action="value.correct").details["before"] == "43.000000"


def test_the_second_of_two_corrections_is_refused_with_both(plan: Small) -> None:
    old = recorded(plan)
    corrected(plan, Value.objects.get(pk=old.pk), "45", by=person("Rosa"))
    with pytest.raises(values.Refusal, match=r"it is 45 .*by Rosa.* Yours, 46,") as caught:
        corrected(plan, old, "46")
    assert (caught.value.code, caught.value.status) == ("value-corrected-meanwhile", 409)
    assert Value.objects.count() == 2


@pytest.mark.parametrize(
    ("amount", "fields", "code"),
    [
        ("45", {"note": "  "}, "reason-missing"),
        ("101", {}, "value-above"),
        ("45", {"measured_on": date(2027, 1, 1)}, "measured-in-the-future"),
    ],
)
def test_a_correction_obeys_the_same_rules(plan: Small, amount: str, fields: Any, code: str) -> None:
    old = recorded(plan)
    with refused(code):
        corrected(plan, old, amount, **fields)
    old.refresh_from_db()
    assert old.current


def test_it_reports_several_cells_at_once(plan: Small) -> None:
    amounts = {"": Decimal(43), "region=21": Decimal(50), "profile=men": Decimal(90)}
    fields = {"measured_on": TODAY, "source": "Padrón"}
    made = report_values(indicator=plan.indicator, report=Report(Period(2026), amounts, fields), by=plan.planner)
    assert {row.cell: row.value for row in made} == amounts


def test_it_says_everything_that_is_wrong_and_keeps_nothing(plan: Small) -> None:
    reported(plan, 2026, 40)
    amounts = {"": Decimal(43), "region=21": Decimal(101), "region=04": Decimal(50)}
    fields = {"measured_on": TODAY, "source": "Padrón"}
    with pytest.raises(Problems) as caught:
        report_values(indicator=plan.indicator, report=Report(Period(2026), amounts, fields), by=plan.planner)
    assert [(one.code, one.column) for one in caught.value.problems] == [
        ("value-known", ""),
        ("value-above", "region=21"),
    ]
    assert Value.objects.count() == 1


@dataclass
class Proposed:
    """What a study proposes."""

    release: Release
    value: float = 33.123456789
    n: int = 281
    low: float = 27.9
    high: float = 38.9
    se: float = 2.8123456789012
    df: int | None = None
    sha256: str = "a" * 64
    estimate: str = "enough_ppe:yes:pallaqueras"
    words: str = "Share with enough equipment"


def test_it_keeps_an_estimate_with_how_sure_it_is(plan: Small) -> None:
    facts = {"sha256": "a" * 64, "file_name": "a.csv", "rows": 1, "synthetic": True, "frozen_at": FROZEN}
    release = Release.objects.create(study=gold(), number=1, **facts)
    proposal = Proposed(release)
    value = accept_study_value(indicator=plan.indicator, period=Period(2026), proposal=proposal, by=plan.planner)
    value.refresh_from_db()
    assert (value.origin, value.value, value.n, value.release) == (Origin.STUDY, Decimal("33.123457"), 281, release)
    assert (value.estimate, value.low, value.high) == (proposal.estimate, Decimal("27.9"), Decimal("38.9"))
    assert value.measured_on == FROZEN.date()


def test_it_keeps_a_measure_with_what_it_meant_that_day(plan: Small) -> None:
    fields = {"measure": "training.people", "definition": "People who ended a course"}
    at = {"indicator": plan.indicator, "period": Period(2026), "by": plan.planner}
    value = accept_measure(**at, value=Decimal(12), **fields)
    assert (value.origin, value.measure, value.measured_on) == (Origin.MEASURE, "training.people", TODAY)
    with refused("measure-unnamed"):
        accept_measure(**at, cell="region=21", value=Decimal(12), measure="training.people")


def test_nothing_is_kept_if_the_audit_fails(plan: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    old = recorded(plan, cell="region=21")

    def broken(**_facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(values, "record", broken)
    for verb in (lambda: recorded(plan), lambda: corrected(plan, old)):
        with pytest.raises(RuntimeError):
            verb()
    assert [row.pk for row in Value.objects.current()] == [old.pk]
