"""The scoreboard says first how a plan stands; its figures are the database's, its groups lose nobody."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.urls import reverse

from pallaq.accounts.tests.people import client_of, person
from pallaq.plan.actions.indicators import add_indicator, set_target
from pallaq.plan.actions.versions import approve
from pallaq.plan.models import Indicator
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import Value
from pallaq.progress.scoreboard import Board, Choice, board_of, lines_of

pytestmark = pytest.mark.django_db
BOARD = "/plans/small/board/"
ENGLISH = {"Accept-Language": "en"}
TODAY = date(2027, 3, 1)


def value(made: Small, number: str, year: int = 2026, **fields: Any) -> Value:
    """Return a value of the small plan's indicator, reported."""
    given = {"item": made.indicator.item, "year": year, "value": Decimal(number), "measured_on": date(year, 12, 31)}
    return Value.objects.create(**given | fields)


def wide() -> Small:
    """Return the small plan with an indicator of action 1.2 as well, quarterly, of Puno and falling."""
    made = small(approved=False)
    indicator = add_indicator(
        node=made.nodes["1.2"],
        code="I2",
        title={"es": "Enfermas", "en": "Ill people"},
        unit="number",
        frequency="quarterly",
        disaggregation=["region"],
        responsible=made.health,
        by=None,
    )
    for quarter, target in ((3, 40), (4, 30)):
        period = Period(2026, quarter)
        set_target(indicator=indicator, period=period, value=Decimal(target), by=None)
        set_target(indicator=indicator, cell="region=21", period=period, value=Decimal(target // 2), by=None)
    made.version = approve(version=made.version, by=made.planner)
    return made


def board(made: Small, **choice: Any) -> Board:
    return board_of(made.version, Choice(**{"period": Period(2026)} | choice))


def page(made: Small, asked: str = "", user: Any = None) -> str:
    response = client_of(user or made.planner).get(f"{BOARD}?period=2026{asked}", headers=ENGLISH)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_answers_first_how_many_are_on_track() -> None:
    made = wide()
    value(made, "39.5")
    shown = page(made)
    assert "1 of 2 indicators on track; 1 without data for 2026" in shown
    assert "1 of 2 with a target" in shown
    assert "39.5 %" in shown
    assert "93 %" in shown  # compliance: 6.5 of 7 points
    assert "no data for 2026-Q4" in shown


def test_no_data_is_grey_and_the_last_known_value_says_its_age() -> None:
    made = small()
    value(made, "35", 2025)
    found = board(made)
    assert (found.counts.grey, found.counts.no_data, found.counts.red) == (1, 1, 0)
    (line,) = lines_of(found.rows, Period(2026), TODAY)
    assert line.value is None
    assert line.before is not None
    assert (line.before.value, line.age, line.trend) == (35, 14, "")
    assert "last known 35 %, 2025" in page(made)


def test_a_period_before_the_first_target_has_no_target() -> None:
    made = small()
    value(made, "33", 2025)
    counts = board(made, period=Period(2025)).counts
    assert (counts.no_target, counts.due, counts.share_reported) == (1, 0, None)


def test_a_target_that_was_due_earlier_still_holds() -> None:
    made = small()
    value(made, "60", 2029)
    (line,) = lines_of(board(made, period=Period(2029)).rows, Period(2029), TODAY)
    assert (line.scored.score.light, line.due_period) == ("green", Period(2027))


def test_a_quarter_looks_at_the_year_before_for_a_yearly_indicator() -> None:
    made = wide()
    value(made, "40")
    assert board(made, period=Period(2027, 2)).counts.green == 1
    assert board(made, period=Period(2026, 3)).counts.green == 0


def test_a_correction_counts_and_what_it_replaced_does_not() -> None:
    made = small()
    old = value(made, "90", current=False)
    value(made, "34", replaces=old)
    assert board(made).counts.red == 1


def test_a_trend_is_said_in_the_indicators_own_sense() -> None:
    made = wide()
    falling = Indicator.objects.get(item__code="I2").item
    value(made, "38")
    value(made, "35", 2025)
    value(made, "33", item=falling, quarter=4)
    value(made, "50", item=falling, quarter=2)
    lines = lines_of(board(made).rows, Period(2026), TODAY)
    assert {line.indicator.item.code: line.trend for line in lines} == {"I1": "better", "I2": "better"}


def test_an_estimate_shows_its_n_and_interval() -> None:
    made = small()
    value(made, "41", n=281, low=Decimal("35.5"), high=Decimal("46.9"))
    shown = page(made)
    assert "(35.5–46.9)" in shown
    assert "n = 281" in shown


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("level", {"national": 2}),
        ("objective", {"SO1": 2}),
        ("entity", {"Diresa Puno": 1, "Minem": 2}),
    ],
)
def test_each_group_counts_what_is_below_it(by: str, groups: dict[str, int]) -> None:
    found = board(wide(), by=by)
    assert {group.code or group.name: group.counts.total for group in found.groups} == groups
    assert found.counts.total == 2


def test_by_region_each_region_counts_its_own_cell_and_grey_is_not_lost() -> None:
    made = wide()
    value(made, "14", item=Indicator.objects.get(item__code="I2").item, cell="region=21", quarter=4)
    groups = {group.name: group.counts for group in board(made, by="region").groups}
    assert (groups["Puno"].green, groups["Puno"].no_target, groups["Puno"].total) == (1, 1, 2)
    assert (groups["Arequipa"].no_target, groups["Arequipa"].total) == (2, 2)
    assert "?period=2026&amp;region=21" in page(made, "&by=region")


def test_one_region_shows_its_cells_and_not_the_total() -> None:
    made = wide()
    value(made, "40")
    found = board(made, region="21")
    assert (found.counts.green, found.counts.no_data, found.counts.no_target) == (0, 1, 1)


def test_a_light_filters_the_list_and_leaves_the_counts_whole() -> None:
    made = wide()
    value(made, "40")
    found = board(made, light="green")
    assert [one.row.item for one in found.rows] == [made.indicator.item_id]
    assert found.counts.total == 2
    assert found.groups[0].counts.total == 2
    assert "Ill people" not in page(made, "&light=green")
    assert "No indicator is like that" in page(made, "&light=amber")


def test_an_entity_sees_on_its_board_what_it_has_a_part_in() -> None:
    made = wide()
    asked = f"&entity={made.health.pk}"
    assert "0 of 1 indicator on track" in page(made, asked)
    reporter = made.reporter()
    shown = page(made, "", reporter)
    assert "Ill people" in shown
    assert "Selectors with equipment" not in shown


def test_a_regions_reporter_sees_her_region_only() -> None:
    made = wide()
    value(made, "1", item=Indicator.objects.get(item__code="I2").item, quarter=4)
    value(made, "19", item=Indicator.objects.get(item__code="I2").item, quarter=4, cell="region=21")
    for asked in ("", "&region=04", "&by=region"):
        shown = page(made, asked, made.reporter(f"Julia{asked[1:3]}", region="21"))
        assert ">19" in shown.replace("> 19", ">19")
        assert "the whole country" not in shown


def test_the_csv_holds_what_is_shown() -> None:
    made = wide()
    value(made, "39.5", n=50)
    response = client_of(made.planner).get("/plans/small/board.csv?period=2026", headers=ENGLISH)
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    first, second = sorted(rows, key=lambda row: row["code"])
    assert response["Content-Disposition"] == 'attachment; filename="small-2026.csv"'
    assert (first["code"], first["value"], first["n"], first["light"]) == ("I1", "39.5", "50", "green")
    assert (first["target"], first["baseline"]) == ("40.0", "33.0")
    assert (second["code"], second["period"], second["value"], second["why"]) == ("I2", "2026-Q4", "", "no data")


def test_the_csv_of_regions_names_each_region() -> None:
    made = wide()
    text = client_of(made.planner).get("/plans/small/board.csv?period=2026&by=region").content.decode()
    assert [row["region"] for row in csv.DictReader(StringIO(text))] == ["21"]


def test_a_plan_without_indicators_says_so() -> None:
    made = small(approved=False)
    made.indicator.delete()
    assert "You see no indicator of this plan yet" in page(made)


def test_it_refuses_a_period_that_does_not_exist() -> None:
    made = small()
    response = client_of(made.planner).get(f"{BOARD}?period=2026-Q7", headers=ENGLISH)
    assert response.status_code == 404
    assert "Write a year or a quarter" in response.content.decode()


def test_without_a_period_it_shows_the_last_year_that_ended_of_the_plan() -> None:
    made = small()
    made.plan.starts_on, made.plan.ends_on = date(2020, 1, 1), date(2021, 12, 31)
    made.plan.save()
    assert "in 2021" in " ".join(client_of(made.planner).get(BOARD, headers=ENGLISH).content.decode().split())


@pytest.mark.parametrize("path", [BOARD, "/plans/small/board.csv"])
def test_it_is_for_people_of_the_plan_and_only_read(path: str) -> None:
    made = small()
    assert client_of(None).get(path).status_code == 302
    assert client_of(person("Rosa")).get(path).status_code == 404
    assert client_of(made.reader()).get(path).status_code == 200
    assert client_of(made.planner).post(path).status_code == 405


def test_many_indicators_stay_closed_and_one_group_opens_at_a_time() -> None:
    made = small(approved=False)
    for number in range(70):
        title = {"en": f"Number {number}"}
        add_indicator(node=made.nodes["R1"], code=f"X{number}", title=title, unit="number", by=None)
    assert "Number 3" not in page(made)
    opened = page(made, "&group=SO1")
    assert "Number 3" in opened
    assert "Page 1 of 3" in opened
    assert "Number 69" in page(made, "&group=SO1&page=3")


def test_a_draft_that_was_never_approved_is_its_planners() -> None:
    made = small(approved=False)
    address = reverse("progress:board", args=[made.plan.code])
    assert client_of(made.planner).get(address).status_code == 200
    for user in (made.reporter(), made.reader()):
        assert client_of(user).get(address).status_code == 404
