"""The measures that the room offers, and that none of them tells on few people."""

from datetime import date
from decimal import Decimal

import pytest

from pallaq.following.actions.agreements import agree, mark_done
from pallaq.following.measures import MEASURES
from pallaq.following.tests.test_meetings import held, planned
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.tests.samples import spent
from pallaq.shared.measures import Cells

pytestmark = pytest.mark.django_db
YEAR = Period(2026)


def measured(name: str, made: Small, *by: str, period: Period = YEAR) -> Cells:
    measure = next(one for one in MEASURES if one.name == f"progress.{name}")
    return measure.compute(made.plan, period, by)


def test_meetings_count_when_they_were_held() -> None:
    made = small()
    held(made, "21")
    held(made, "21", held_on=date(2026, 5, 1))
    held(made, "")
    held(made, "04", held_on=date(2025, 12, 31))
    planned(made, "04")
    assert measured("meetings_held", made) == {"": 3}
    assert measured("meetings_held", made, "region") == {"": 3, "region=21": 2, "region=04": 0}
    assert measured("meetings_held", made, period=Period(2026, 1)) == {"": 2}


def test_people_are_counted_by_sex_and_region() -> None:
    made = small()
    held(made, "21", women=20, men=15)
    held(made, "21", women=10, men=10)
    held(made, "", women=40, men=50)
    assert measured("people_at_meetings", made) == {"": 145}
    assert measured("people_at_meetings", made, "sex") == {"": 145, "sex=women": 70, "sex=men": 75}
    found = measured("people_at_meetings", made, "region", "sex")
    assert found["region=21;sex=women"] == 30
    assert found["region=21"] == 55
    assert found["region=04;sex=men"] == 0
    assert set(found) == {
        *("", "region=04", "region=21", "sex=men", "sex=women"),
        *(f"region={region};sex={sex}" for region in ("04", "21") for sex in ("men", "women")),
    }


def test_few_people_are_hidden_and_whatever_would_give_them_away() -> None:
    made = small()
    held(made, "21", women=4, men=30)
    assert measured("people_at_meetings", made, "sex") == {"": 34, "sex=women": None, "sex=men": None}
    held(made, "04", women=20, men=25)
    found = measured("people_at_meetings", made, "region", "sex")
    assert found["region=21;sex=women"] is None
    assert found["region=21;sex=men"] is None
    shown = {cell for cell, count in found.items() if count is not None}
    assert found["region=21"] == 34 or found["region=21"] is None
    assert not {"sex=women", "region=04;sex=women"} <= shown  # one from the other is the four


def test_nobody_is_no_secret_and_nine_are() -> None:
    made = small()
    assert measured("people_at_meetings", made) == {"": 0}
    held(made, "21", women=9, men=0)
    assert measured("people_at_meetings", made) == {"": None}
    held(made, "21", women=1, men=0)
    assert measured("people_at_meetings", made) == {"": 10}


def test_agreements_are_made_in_one_period_and_kept_in_another() -> None:
    made = small()
    meeting = held(made, "21")
    dues = (date(2026, 6, 1), date(2026, 6, 2), date(2027, 1, 5))
    first, second, _third = (
        agree(meeting=meeting, words="x", responsible=made.health, due_on=due, by=made.planner) for due in dues
    )
    mark_done(agreement=first, done_on=date(2026, 6, 1), words="", by=made.planner)
    mark_done(agreement=second, done_on=date(2026, 6, 3), words="", by=made.planner)
    assert measured("agreements_made", made, "region") == {"": 3, "region=21": 3, "region=04": 0}
    assert measured("agreements_kept", made, "region") == {"": 50, "region=21": 50}
    assert measured("agreements_kept", made, period=Period(2025)) == {}
    assert measured("agreements_kept", made, period=Period(2027)) == {"": 0}


def test_money_of_a_year_is_that_of_its_quarters_too() -> None:
    made = small()
    assert measured("budget_spent", made) == {}
    spent(made, "1.1", 2026, 100)
    spent(made, "1.2", 2026, "20.5", quarter=1)
    spent(made, "1.2", 2026, 7, quarter=2)
    spent(made, "1.2.1", 2025, 1000)
    assert measured("budget_spent", made) == {"": Decimal("127.5")}
    assert measured("budget_spent", made, period=Period(2026, 1)) == {"": Decimal("20.5")}


def test_each_measure_has_its_own_name_and_says_what_it_means() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)
    assert all(str(measure.title) and str(measure.definition) and str(measure.unit) for measure in MEASURES)
