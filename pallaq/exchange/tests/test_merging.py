"""What a file changes, what others changed, and where both did: rules alone, without a database."""

from decimal import Decimal

import pytest

from pallaq.exchange.rules.merging import changes, chosen, digest, marks_of, merged
from pallaq.exchange.rules.plan_file import Row, Sheets


def target(value: int | str, period: str = "2027", number: int = 0) -> Row:
    """Return a target of one indicator."""
    return Row("targets", number, {"indicator": "I1", "cell": "", "period": period, "value": Decimal(value)})


def sheet(*rows: Row) -> Sheets:
    """Return a plan of targets alone."""
    return {"targets": list(rows)}


GIVEN = sheet(target(40))


@pytest.mark.parametrize(
    ("theirs", "mine", "expected"),
    [
        (sheet(target(40)), sheet(target("40.00")), []),  # nobody did anything
        (sheet(target(40)), sheet(target(50)), [("changed", False)]),
        (sheet(target(45)), sheet(target(40)), []),  # theirs stays
        (sheet(target(45)), sheet(target(45)), []),  # both did the same
        (sheet(target(45)), sheet(target(50)), [("changed", True)]),
        (sheet(target(40)), sheet(), [("removed", False)]),
        (sheet(target(45)), sheet(), [("removed", True)]),
        (sheet(), sheet(target(40)), []),  # removed by them, left as it was by me
        (sheet(), sheet(target(50)), [("added", True)]),
        (sheet(), sheet(), []),
        (sheet(target(40)), sheet(target(40), target(60, "2028")), [("added", False)]),
        (sheet(target(40), target(55, "2028")), sheet(target(40), target(60, "2028")), [("changed", True)]),
        (sheet(target(40), target(55, "2028")), sheet(target(40)), []),  # added by them
        (sheet(target(40)), {}, []),  # a sheet that the file does not have
    ],
)
def test_a_row_is_compared_with_what_was_given_out(
    theirs: Sheets, mine: Sheets, expected: list[tuple[str, bool]]
) -> None:
    found = changes(marks_of(GIVEN), theirs, mine)
    assert [(change.what, change.conflict) for change in found] == expected


def test_a_conflict_is_made_only_if_she_takes_her_own() -> None:
    theirs = sheet(target(45))
    found = changes(marks_of(GIVEN), theirs, sheet(target(50, number=7), target(60, "2028", 8)))
    assert merged(theirs, chosen(found, ()))["targets"] == [target(45), target(60, "2028", 8)]
    assert merged(theirs, chosen(found, {found[0].name}))["targets"] == [target(50, number=7), target(60, "2028", 8)]
    assert found[0].fields() == [("value", "45", "50")]


def test_the_digest_sees_that_somebody_changed_a_row_in_between() -> None:
    mine = sheet(target(50))
    before = digest(changes(marks_of(GIVEN), sheet(target(40)), mine))
    assert before == digest(changes(marks_of(GIVEN), sheet(target(40)), mine))
    assert before != digest(changes(marks_of(GIVEN), sheet(target(45)), mine))
    assert before != digest(changes(marks_of(GIVEN), sheet(), mine))
