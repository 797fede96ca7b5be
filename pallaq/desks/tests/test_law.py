"""The law as data: what is in force on a day, and how it changes without rewriting what was."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from pallaq.accounts.tests.people import administrator, refused
from pallaq.desks.actions.law import add_kind, add_norm, end_record, reading, save_scheme
from pallaq.registry.actions.law import load_law
from pallaq.registry.law import months_later, norm
from pallaq.registry.models import IdentifierKind, Norm, Scheme
from pallaq.registry.tests.threads import at_once
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
TODAY = date(2026, 1, 10)


def test_a_norm_holds_from_a_day_to_another() -> None:
    load_law()
    puno = Scheme.objects.get(pk="selectors-puno")
    assert norm("quota-grams-month", date(2018, 6, 30), puno) is None
    found = norm("quota-grams-month", date(2018, 7, 1), puno)
    assert found is not None
    assert found.value == Decimal(66)


def test_a_scheme_s_own_norm_goes_before_the_one_for_all_and_none_leaks_from_another() -> None:
    load_law()
    puno, arequipa = Scheme.objects.get(pk="selectors-puno"), Scheme.objects.get(pk="grem-arequipa")
    day = date(2026, 1, 1)
    Norm.objects.create(code="quota-grams-month", title={"es": "Todas"}, value=50, valid_from=date(2020, 1, 1))
    assert [norm("quota-grams-month", day, scheme).value for scheme in (puno, arequipa, None)] == [66, 50, 50]  # type: ignore[union-attr]


def test_the_newest_of_two_in_force_is_taken_and_a_dated_one_before_an_undated() -> None:
    for day, value in ((None, 1), (date(2020, 1, 1), 2), (date(2022, 1, 1), 3)):
        Norm.objects.create(code="x", title={"es": "X"}, value=value, valid_from=day)
    assert [norm("x", date(year, 6, 1)).value for year in (2019, 2021, 2023)] == [1, 2, 3]  # type: ignore[union-attr]


def test_a_norm_that_is_not_known_is_none_and_not_zero() -> None:
    load_law()
    found = norm("authorisation-term-months", date(2026, 1, 1))
    assert found is not None
    assert found.value is None
    assert norm("nothing-of-this-name", date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 3, 31), 24, date(2026, 3, 31)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 5, 1), 0, date(2024, 5, 1)),
    ],
)
def test_months_later_is_the_same_day_or_the_month_s_last(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def norm_fields(**more: Any) -> dict[str, Any]:
    fields = {
        "code": "quota-grams-month",
        "title": {"es": "Oro al mes"},
        "scheme": Scheme.objects.get(pk="selectors-puno"),
        "value": Decimal(80),
        "unit": "g",
        "norm": "DS 001-2027-EM",
        "certainty": "verified",
        "valid_from": date(2027, 1, 1),
    }
    return {**fields, **more}


def test_a_new_value_is_a_new_row_and_the_old_ends_the_day_before() -> None:
    load_law()
    ana = administrator()
    new = add_norm(fields=norm_fields(), by=ana)
    old, now = Norm.objects.filter(code="quota-grams-month").order_by("valid_from")
    assert (old.value, old.valid_to, old.norm) == (66, date(2026, 12, 31), "DS 018-2018-EM")
    assert (now.value, now.valid_to) == (80, None)
    puno = Scheme.objects.get(pk="selectors-puno")
    found = [norm("quota-grams-month", day, puno) for day in (date(2026, 12, 31), date(2027, 1, 1))]
    assert found == [old, now]
    event = AuditEvent.objects.get(action="law.norm")
    assert (event.by, event.about) == (ana, "norm quota-grams-month")
    assert event.details["ended"] == [str(old.pk)]
    assert event.details["key"] == str(new.pk)


def test_an_unknown_first_day_ends_before_a_known_one() -> None:
    load_law()
    add_norm(fields=norm_fields(code="registration-term-months", value=Decimal(12)), by=None)
    assert Norm.objects.get(code="registration-term-months", value=None).valid_to == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"valid_from": date(2018, 7, 1)}, "norm-overlap"),  # the same day
        ({"valid_from": date(2010, 1, 1)}, "norm-overlap"),  # it would reach into the newer one
        ({"valid_from": None}, "norm-overlap"),
        ({"valid_to": date(2026, 1, 1)}, "record-dates"),
    ],
)
def test_it_refuses_a_norm_that_would_rewrite_or_contradict(fields: dict[str, Any], code: str) -> None:
    load_law()
    with refused(code):
        add_norm(fields=norm_fields(**fields), by=None)
    assert Norm.objects.get(code="quota-grams-month").valid_to is None


def test_what_held_before_may_be_written_down_later_with_its_last_day() -> None:
    load_law()
    span = {"valid_from": date(2012, 1, 1), "valid_to": date(2018, 6, 30)}
    add_norm(fields=norm_fields(**span, value=None), by=None)
    assert Norm.objects.filter(code="quota-grams-month").count() == 2


def test_the_same_norm_of_another_scheme_is_another_matter() -> None:
    load_law()
    add_norm(fields=norm_fields(scheme=None), by=None)
    assert Norm.objects.get(code="quota-grams-month", value=66).valid_to is None


def test_a_record_ends_once_and_what_is_past_stays() -> None:
    load_law()
    found, today = Norm.objects.get(code="quota-grams-month"), timezone.localdate()
    with refused("record-dates"):
        end_record(row=found, on=date(2018, 6, 30), by=None)
    end_record(row=found, on=today + timedelta(days=30), by=None)
    end_record(row=found, on=today - timedelta(days=1), by=None)  # it was still to come: it may come earlier
    with refused("record-over"):
        end_record(row=found, on=today, by=None)
    assert Norm.objects.get(pk=found.pk).valid_to == today - timedelta(days=1)
    details = [event.details for event in AuditEvent.objects.filter(action="law.end")]
    assert [one["after"] for one in details][-1] == (today + timedelta(days=30)).isoformat()


def scheme_fields(**more: Any) -> dict[str, Any]:
    fields = {"code": "rifpepm", "title": {"es": "RIFPePM"}, "authority": "Minem", "certainty": "unknown", "note": {}}
    return {**fields, "places": [], "transitions": {"": ["applied"], "applied": ["ended"]}, **more}


def test_a_scheme_is_added_and_changed_and_the_trail_keeps_what_it_said() -> None:
    load_law()
    made = save_scheme(scheme=None, fields=scheme_fields(), by=None)
    with refused("code-taken"):
        save_scheme(scheme=None, fields=scheme_fields(), by=None)
    mark = reading(made)
    save_scheme(scheme=made, fields={"places": ["21", "0403", "211002"], "valid_to": TODAY}, read=mark, by=None)
    with refused("scheme-edited-meanwhile"):
        save_scheme(scheme=made, fields={"authority": "Otra"}, read=mark, by=None)
    event = AuditEvent.objects.filter(action="law.scheme").latest("pk")
    assert event.details["changes"] == {"places": [[], ["21", "0403", "211002"]], "valid_to": [None, "2026-01-10"]}
    assert Scheme.objects.get(pk="rifpepm").authority == "Minem"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"places": ["99"]}, "place-unknown"),
        ({"places": ["2199"]}, "place-unknown"),
        ({"places": ["201104"]}, "place-unknown"),
        ({"valid_from": TODAY, "valid_to": date(2020, 1, 1)}, "record-dates"),
        ({"transitions": {"": []}}, "scheme-transitions"),
        ({"transitions": {"": ["applied"], "applied": ["applied"]}}, "scheme-transitions"),
        ({"transitions": {"": ["applied"], "applied": ["forgotten"]}}, "scheme-transitions"),
    ],
)
def test_it_refuses_a_scheme_that_cannot_be(fields: dict[str, Any], code: str) -> None:
    with refused(code):
        save_scheme(scheme=None, fields=scheme_fields(**fields), by=None)
    assert not Scheme.objects.exists()


def test_a_kind_of_identifier_is_added_once() -> None:
    load_law()
    fields = {"code": "dnie", "title": {"es": "DNI electrónico"}, "pattern": r"\d{8}", "certainty": "assumed"}
    add_kind(fields=fields, by=None)
    with refused("code-taken"):
        add_kind(fields=fields, by=None)
    end_record(row=IdentifierKind.objects.get(pk="dnie"), on=TODAY, by=None)
    assert IdentifierKind.objects.get(pk="dnie").valid_to == TODAY


VERBS: dict[str, Callable[[], object]] = {
    "norm": lambda: add_norm(fields=norm_fields(), by=None),
    "end": lambda: end_record(row=Norm.objects.get(code="quota-grams-month"), on=TODAY, by=None),
    "scheme": lambda: save_scheme(scheme=None, fields=scheme_fields(), by=None),
    "kind": lambda: add_kind(fields={"code": "x", "title": {"es": "X"}}, by=None),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_nothing_is_saved_if_the_audit_fails(verb: Callable[[], object]) -> None:
    load_law()

    def everything() -> list[object]:
        return [list(model.objects.order_by("pk").values()) for model in (Norm, Scheme, IdentifierKind)]

    was = everything()
    with patch("pallaq.desks.actions.law.record", side_effect=OSError), pytest.raises(OSError):
        verb()
    assert everything() == was


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_add_one_norm_at_once_leave_one() -> None:
    load_law()
    Norm.objects.filter(code="quota-grams-month").delete()
    done = at_once(*[lambda: str(add_norm(fields=norm_fields(), by=None).pk) for _one in range(2)])
    assert done.count("norm-overlap") == 1
    assert Norm.objects.filter(code="quota-grams-month").count() == 1
