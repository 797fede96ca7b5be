"""The whole registry searched for pairs, resumable."""

from datetime import date
from unittest.mock import patch

import pytest

from pallaq.accounts.tests.people import refused
from pallaq.matching import tasks
from pallaq.matching.actions import scans
from pallaq.matching.actions.scans import run_scan, start_scan
from pallaq.matching.models import Pair, Scan
from pallaq.registry.models import Person
from pallaq.registry.tests.samples import desks, selector
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db


def a_few() -> tuple[set[frozenset[Person]], list[Person]]:
    """Register three pairs that are one person each, and people who are nobody else."""
    one, two = selector("40123456"), selector("", paternal_surname="Mamany", maternal_surname="Qispi", phone="")
    other = {"given_names": "Pedro", "sex": "male", "paternal_surname": "Ccori", "maternal_surname": "Luque"}
    three = selector("29111111", **other, birth_on=date(1970, 1, 2), phone="900000001")
    four = selector("29111111", **{**other, "given_names": "Teodoro"}, birth_on=None, phone="")
    more = {"given_names": "Luz Marina", "paternal_surname": "Zea", "maternal_surname": "Apaza", "phone": "900000002"}
    five = selector("", **more, birth_on=date(1990, 12, 11))
    six = selector("", **{**more, "maternal_surname": "Apassa"}, birth_on=date(1990, 11, 12))
    seven = selector("", given_names="Elsa", paternal_surname="Zea", maternal_surname="Flores", phone="900000003")
    return {frozenset({one, two}), frozenset({three, four}), frozenset({five, six})}, [seven]


def found() -> set[frozenset[Person]]:
    return {frozenset({pair.first, pair.second}) for pair in Pair.objects.select_related("first", "second")}


def test_it_finds_the_pairs_and_nobody_else() -> None:
    made = desks()
    pairs, _others = a_few()
    scan = start_scan(by=made.officer)
    run_scan(scan)
    assert found() == pairs
    scan.refresh_from_db()
    assert (scan.found, scan.percent(), scan.done == scan.slices) == (3, 100, True)
    assert list(AuditEvent.objects.filter(action__startswith="scan").values_list("action", flat=True)) == [
        "scan.end",
        "scan.start",
    ]


def test_a_second_search_finds_nothing_new_and_leaves_decisions() -> None:
    desks()
    a_few()
    run_scan(start_scan(by=None))
    Pair.objects.update(state="different", decided_at="2026-01-01T00:00Z", why="cousins")
    again = start_scan(by=None)
    run_scan(again)
    assert again.found == 0
    assert set(Pair.objects.values_list("state", "why")) == {("different", "cousins")}


def test_it_goes_on_where_it_was_cut_off() -> None:
    desks()
    pairs, _others = a_few()
    with patch.object(scans, "PEOPLE_A_SLICE", 1):
        scan = start_scan(by=None)
    assert scan.slices > 5
    work = scans.hopeful_pairs
    with (
        patch.object(scans, "hopeful_pairs", side_effect=[*(work(n, scan.slices - 1) for n in range(3)), OSError]),
        pytest.raises(OSError),
    ):
        tasks.scan_registry.func(str(scan.pk))
    left = Scan.objects.get()
    assert (left.done, left.failure, left.ended_at) == (4, "OSError", None)
    assert start_scan(by=None) == left
    with patch.object(scans, "hopeful_pairs", side_effect=work) as asked:
        tasks.scan_registry.func(str(scan.pk))
    assert [call.args[0] for call in asked.call_args_list] == list(range(3, scan.slices - 1))
    assert found() == pairs
    tasks.scan_registry.func(str(scan.pk))  # harmless when it is done
    assert Scan.objects.get().ended_at


def test_one_search_runs_at_a_time_and_what_a_crash_left_is_handed_on() -> None:
    desks()
    scan = start_scan(by=None)
    with refused("scan-running"):
        start_scan(by=None)
    with patch.object(tasks.scan_registry.__class__, "enqueue") as enqueued:
        tasks.resume()
    enqueued.assert_called_once_with(str(scan.pk))


def test_a_phone_that_a_few_share_makes_pairs_and_one_that_many_share_makes_none() -> None:
    desks()
    for number in range(3):
        selector("", given_names=f"Nombre{number}")
    assert len(scans.shared_pairs()) == 3
    for number in range(9):
        selector("", given_names=f"Otro{number}")
    assert scans.shared_pairs() == set()


def test_nothing_begins_if_the_audit_fails() -> None:
    desks()
    with patch("pallaq.matching.actions.scans.record", side_effect=OSError), pytest.raises(OSError):
        start_scan(by=None)
    assert not Scan.objects.exists()
