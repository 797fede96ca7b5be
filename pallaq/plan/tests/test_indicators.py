"""Indicators: listed, searched, read as a sheet, edited in a draft; nothing is overwritten, nothing half saved."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import client_of, person, refused
from pallaq.plan.actions import indicators as actions
from pallaq.plan.actions.versions import approve, open_amendment
from pallaq.plan.models import Indicator
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import DIMENSIONS, Small, small
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
LIST = "/plans/small/indicators/"
SHEET = f"{LIST}I1/"
DRAFT_ONLY = [
    "/plans/small/add-indicator/",
    *(f"{SHEET}{page}/" for page in ("edit", "remove", "targets", "baselines")),
]
ANSWERS: dict[str, Any] = {
    "edition": "1",
    "code": "I2",
    "node": "R1",
    "title_es": "Personas capacitadas",
    "title_en": "People trained",
    "unit": "number",
    "disaggregation": ["sex"],
    "frequency": "yearly",
    "deadline_days": "60",
    "sense": "",
}


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def english(user: User | None) -> Client:
    client = client_of(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def grid(made: Small, **fields: str) -> dict[str, str]:
    made.indicator.refresh_from_db()
    return {"edition": str(made.indicator.edition), "do": "save", **fields}


def test_the_list_shows_baseline_and_next_target() -> None:
    made = small()
    shown = page(english(made.reader()), LIST)
    assert "I1" in shown
    assert "33\N{NO-BREAK SPACE}%" in shown
    assert "(2025)" in shown
    assert "1 indicator" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("words=equipment", True),
        ("words=equipo", True),
        ("words=i1", True),
        ("words=nothing", False),
        ("node=SO1", True),
        ("node=R1", True),
        ("node=1.1", False),
        ("unit=percentage", True),
        ("unit=ratio", False),
        ("without=baselines", False),
        ("without=targets", False),
        ("unit=no-such-unit", True),
        ("page=99", True),
    ],
)
def test_the_list_is_searched_and_filtered(query: str, found: bool) -> None:
    made = small()
    shown = page(english(made.reader()), f"{LIST}?{query}")
    assert ("Selectors with equipment" in shown) is found
    assert ("No indicator matches" in shown) is not found


def test_it_lists_what_lacks_a_baseline_or_a_target() -> None:
    made = small(approved=False)
    actions.add_indicator(node=made.nodes["1.1"], code="I9", title={"en": "Bare"}, unit="number", by=made.planner)
    for lacking in ("baselines", "targets"):
        shown = page(english(made.planner), f"{LIST}?without={lacking}")
        assert "Bare" in shown
        assert "Selectors with equipment" not in shown


def test_an_empty_plan_says_how_indicators_come_into_it() -> None:
    made = small(approved=False)
    actions.remove_indicator(indicator=made.indicator, by=made.planner)
    assert "has no indicators yet" in page(english(made.planner), LIST)


def test_the_sheet_has_ten_fields_and_a_grid() -> None:
    made = small(approved=False)
    actions.set_baseline(indicator=made.indicator, cell="profile=men", value=Decimal(94), year=2025, by=None)
    approve(version=made.version, by=made.planner)
    shown = page(english(made.reader()), SHEET)
    for number in range(1, 11):
        assert f"<dt>{number}. " in shown
    assert "rising" in shown
    assert "as the targets say" in shown
    assert "2026" in shown
    assert "Set targets" not in shown


def test_targets_that_go_up_and_down_ask_for_a_sense() -> None:
    made = small(approved=False)
    actions.set_target(indicator=made.indicator, period=Period(2028), value=Decimal(50), by=made.planner)
    assert "Declare the sense" in page(english(made.planner), SHEET)
    actions.edit_indicator(indicator=made.indicator, edition=1, by=made.planner, sense="rising")
    assert "Declare the sense" not in page(english(made.planner), SHEET)


def test_an_unknown_indicator_is_refused_in_words() -> None:
    made = small()
    assert "no indicator “I7”" in page(english(made.reader()), f"{LIST}I7/", 404)


@pytest.mark.parametrize("path", [LIST, SHEET, f"{SHEET}followup/"])
def test_pages_are_for_people_of_the_plan(path: str) -> None:
    made = small()
    assert client_of(None).get(path).status_code == 302
    assert client_of(person("Eva")).get(path).status_code == 404
    for user in (made.reader(), made.reporter(), made.planner):
        assert client_of(user).get(path).status_code == 200
    assert client_of(made.planner).post(path).status_code == 405


@pytest.mark.parametrize("path", DRAFT_ONLY)
def test_only_planners_edit_and_only_a_draft(path: str) -> None:
    made = small()
    assert client_of(None).get(path).status_code == 302
    assert client_of(person("Eva")).post(path).status_code == 404
    assert client_of(made.reader()).post(path).status_code == 403
    assert client_of(made.reporter()).get(path).status_code == 403
    assert "has no draft" in page(english(made.planner), path, 409)
    open_amendment(plan=made.plan, reason="Cambios", by=made.planner)
    assert client_of(made.planner).get(path).status_code == 200
    assert client_of(made.planner).put(path).status_code == 405


def test_a_planner_adds_an_indicator() -> None:
    made = small(approved=False)
    response = english(made.planner).post("/plans/small/add-indicator/", ANSWERS)
    assert response.url == f"{LIST}I2/?version=1"
    added = Indicator.objects.get(item__code="I2")
    assert added.title == {"es": "Personas capacitadas", "en": "People trained"}
    assert (added.unit, added.disaggregation, added.node) == ("number", ["sex"], made.nodes["R1"])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "I1"}, "is in this plan already"),
        ({"code": "R1"}, "stands for something else"),
        ({"code": "a/b"}, "cannot be a code"),
        ({"title_es": "", "title_en": ""}, "has no title"),
        ({"unit": "litres"}, "litres"),
        ({"node": "1.2.1"}, "Select a valid choice"),
        ({"disaggregation": ["age"]}, "age"),
        ({"deadline_days": "-1"}, "greater than or equal to 0"),
    ],
)
def test_it_says_what_is_wrong_with_a_sheet(wrong: dict[str, Any], words: str) -> None:
    made = small(approved=False)
    response = english(made.planner).post("/plans/small/add-indicator/", {**ANSWERS, **wrong})
    assert words in response.content.decode()
    assert made.version.indicators.count() == 1


def test_an_edit_keeps_words_in_other_languages() -> None:
    made = small(approved=False)
    Indicator.objects.filter(pk=made.indicator.pk).update(title={"es": "Uno", "qu": "Huk"})
    english(made.planner).post(
        f"{SHEET}edit/", ANSWERS | {"unit": "percentage", "disaggregation": ["profile", "region"]}
    )
    made.indicator.refresh_from_db()
    assert made.indicator.title == {"es": "Personas capacitadas", "en": "People trained", "qu": "Huk"}
    assert made.indicator.edition == 2


def test_two_people_who_edit_one_sheet_see_both_side_by_side() -> None:
    made = small(approved=False)
    actions.edit_indicator(indicator=made.indicator, edition=1, by=made.planner, definition={"en": "Saved by Eva"})
    answers = ANSWERS | {
        "unit": "percentage",
        "disaggregation": ["profile", "region"],
        "definition_en": "Typed by Paula",
    }
    client = english(made.planner)
    response = client.post(f"{SHEET}edit/", answers)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else changed I1" in shown
    assert "Saved by Eva" in shown
    assert "Typed by Paula" in shown
    assert 'name="edition" value="2"' in shown
    made.indicator.refresh_from_db()
    assert made.indicator.definition == {"en": "Saved by Eva"}
    client.post(f"{SHEET}edit/", answers | {"edition": "2"})
    made.indicator.refresh_from_db()
    assert made.indicator.definition == {"en": "Typed by Paula"}


def test_an_edit_that_leaves_its_targets_behind_is_refused() -> None:
    made = small(approved=False)
    for fields, code in [
        ({"frequency": "quarterly"}, "period-overlaps"),
        ({"unit": "variation_rate"}, ""),
    ]:
        if code:
            with refused(code):
                actions.edit_indicator(indicator=made.indicator, edition=1, by=made.planner, **fields)
    actions.set_baseline(indicator=made.indicator, cell="profile=men", value=Decimal(1), year=2025, by=made.planner)
    with refused("cell-unknown"):
        actions.edit_indicator(indicator=made.indicator, edition=1, by=made.planner, disaggregation=["region"])
    actions.set_target(indicator=made.indicator, period=Period(2026), value=Decimal("40.5"), by=made.planner)
    with refused("value-whole"):
        actions.edit_indicator(indicator=made.indicator, edition=1, by=made.planner, unit="number")


def test_an_indicator_is_removed_after_a_question() -> None:
    made = small(approved=False)
    client = english(made.planner)
    assert "Remove I1 from the draft?" in page(client, f"{SHEET}remove/")
    assert made.version.indicators.exists()
    assert client.post(f"{SHEET}remove/").status_code == 302
    assert not made.version.indicators.exists()
    assert AuditEvent.objects.filter(action="indicator.remove").exists()


def test_the_grid_saves_targets_of_all_cells_at_once() -> None:
    made = small(approved=False)
    client = english(made.planner)
    shown = page(client, f"{SHEET}targets/?by=profile&first=2026&last=2027")
    assert 'value="40"' in shown
    assert 'aria-label="Selectors, 2027"' in shown
    fields = grid(made, **{"t0-0": "40", "t0-1": "", "t2-0": "45 %", "t2-1": "55.5"})
    client.post(f"{SHEET}targets/?by=profile&first=2026&last=2027", fields)
    saved = {(target.cell, target.year): target.value for target in made.indicator.targets.all()}
    assert saved == {("", 2026): 40, ("profile=pallaqueras", 2026): 45, ("profile=pallaqueras", 2027): Decimal("55.5")}
    made.indicator.refresh_from_db()
    assert made.indicator.edition == 2


def test_all_problems_of_a_grid_are_told_at_once_and_nothing_is_saved() -> None:
    made = small(approved=False)
    fields = grid(made, **{"t0-0": "30", "t0-1": "many", "t1-1": "101", "t2-1": "33,5"})
    response = english(made.planner).post(f"{SHEET}targets/?by=profile&first=2024&last=2026", fields)
    shown = response.content.decode()
    assert "a target for 2024 lies before its baseline of 2025" in shown
    assert "“many” is not a number" in shown
    assert "101 is more than 100 %" in shown
    assert "“33,5” is not a number" in shown
    assert sorted(made.indicator.targets.values_list("year", "value")) == [(2026, 40), (2027, 60)]


def test_a_grid_that_somebody_else_changed_is_not_saved() -> None:
    made = small(approved=False)
    fields = grid(made, **{"t0-0": "41"})
    actions.set_targets(indicator=made.indicator, edition=1, targets={("", Period(2026)): Decimal(42)}, by=made.planner)
    response = english(made.planner).post(f"{SHEET}targets/?by=&first=2026&last=2026", fields)
    assert response.status_code == 409
    assert "Somebody else changed I1" in response.content.decode()
    assert made.indicator.targets.get(year=2026).value == 42


def test_a_block_of_a_spreadsheet_fills_the_grid_and_saves_nothing() -> None:
    made = small(approved=False)
    block = "\t2026\t2027\nTotal\t41\t61\nMen miners\t50\t70\nSelectors\t1,000\t80\n"
    fields = grid(made, block=block) | {"do": "paste"}
    shown = english(made.planner).post(f"{SHEET}targets/?by=profile&first=2026&last=2027", fields).content.decode()
    for value in ("41", "61", "50", "70", "80"):
        assert f'value="{value}"' in shown
    assert "1000 is more than 100 %" in shown
    assert made.indicator.targets.count() == 2


def test_a_grid_too_large_for_one_page_is_refused() -> None:
    made = small(approved=False)
    client = english(made.planner)
    assert "more than one page holds" in page(client, f"{SHEET}targets/?by=profile,region&first=1900&last=2199")
    assert "before the first" in page(client, f"{SHEET}targets/?first=2027&last=2026")


def test_baselines_are_set_and_taken_away_in_rows() -> None:
    made = small(approved=False)
    client = english(made.planner)
    rows = {"v0": "33", "y0": "2025", "s0": "", "v2": "30.5", "y2": "2025", "s2": "Count", "v1": ""}
    client.post(f"{SHEET}baselines/?by=profile", grid(made, **rows))
    added = made.indicator.baselines.get(cell="profile=pallaqueras")
    assert (added.value, added.year, added.source, added.origin) == (
        Decimal("30.5"),
        2025,
        "Count",
        "typed",
    )
    client.post(f"{SHEET}baselines/?by=profile", grid(made, **rows | {"v2": ""}))
    assert made.indicator.baselines.get().cell == ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"v0": "101"}, "more than 100 %"),
        ({"v0": "x"}, "is not a number"),
        ({"y0": ""}, "Write the year"),
        ({"y0": "2027"}, "There is a target for 2026"),
        ({"v0": "0.1234567"}, "six decimals"),
    ],
)
def test_it_says_what_is_wrong_with_a_baseline(wrong: dict[str, str], words: str) -> None:
    made = small(approved=False)
    fields = grid(made, **{"v0": "34", "y0": "2025", "s0": ""} | wrong)
    assert words in english(made.planner).post(f"{SHEET}baselines/?by=", fields).content.decode()
    assert made.indicator.baselines.get().value == 33


REFUSALS: list[tuple[str, str, dict[str, Any]]] = [
    ("target-before-baseline", "set_target", {"period": Period(2024), "value": Decimal(20)}),
    ("target-before-baseline", "set_baseline", {"year": 2027, "value": Decimal(20)}),
    ("value-above", "set_target", {"period": Period(2026), "value": Decimal(101)}),
    ("value-above", "set_baseline", {"year": 2025, "value": Decimal(101)}),
    ("value-below", "set_baseline", {"year": 2025, "value": Decimal(-1)}),
    ("value-unstorable", "set_baseline", {"year": 2025, "value": Decimal("NaN")}),
    ("value-unstorable", "set_target", {"period": Period(2026), "value": Decimal("1e30")}),
    ("year-unknown", "set_baseline", {"year": 99999, "value": Decimal(1)}),
    ("cell-unknown", "set_target", {"cell": "sex=women", "period": Period(2026), "value": Decimal(1)}),
    ("cell-unknown", "set_baseline", {"cell": "profile=nobody", "year": 2025, "value": Decimal(1)}),
    ("period-overlaps", "set_target", {"period": Period(2026, 2), "value": Decimal(1)}),
]


@pytest.mark.parametrize(("code", "verb", "given"), REFUSALS)
def test_what_an_indicator_does_not_allow_is_refused(code: str, verb: str, given: dict[str, Any]) -> None:
    made = small(approved=False)
    with refused(code):
        getattr(actions, verb)(indicator=made.indicator, by=made.planner, **given)


def test_a_year_is_refused_where_quarters_are_counted() -> None:
    made = small(approved=False)
    quarterly = actions.add_indicator(
        node=made.nodes["1.1"], code="I3", title={"en": "T"}, unit="number", frequency="quarterly", by=made.planner
    )
    with refused("period-overlaps"):
        actions.set_target(indicator=quarterly, period=Period(2026), value=Decimal(1), by=made.planner)
    actions.set_target(indicator=quarterly, period=Period(2026, 1), value=Decimal(1), by=made.planner)


def test_indicators_stand_beside_objectives_results_and_actions_only() -> None:
    made = small(approved=False)
    for code in ("national", "1.2.1"):
        with refused("not-measured-here"):
            actions.add_indicator(node=made.nodes[code], code="I4", title={"en": "T"}, unit="number", by=made.planner)
    with refused("unit-unknown"):
        actions.add_indicator(node=made.nodes["R1"], code="I4", title={"en": "T"}, unit="litre", by=made.planner)
    with refused("dimension-unknown"):
        actions.add_indicator(
            node=made.nodes["R1"], code="I4", title={"en": "T"}, unit="number", disaggregation=["age"], by=made.planner
        )
    assert "age" not in DIMENSIONS


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("edit_indicator", {"edition": 1, "sense": "rising"}),
    ("remove_indicator", {}),
    ("set_baseline", {"value": Decimal(1), "year": 2025}),
    ("set_target", {"period": Period(2026), "value": Decimal(1)}),
    ("set_targets", {"edition": 1, "targets": {("", Period(2026)): None}}),
    ("set_baselines", {"edition": 1, "baselines": {"": None}}),
]


@pytest.mark.parametrize(("verb", "given"), CHANGES)
def test_nothing_is_saved_if_the_audit_fails(verb: str, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    made = small(approved=False)

    def broken(**_details: object) -> None:
        raise OSError("no room on the disk")

    monkeypatch.setattr(actions, "record", broken)
    with pytest.raises(OSError, match="no room"):
        getattr(actions, verb)(indicator=made.indicator, by=made.planner, **given)
    kept = Indicator.objects.get(item__code="I1")
    assert (kept.sense, kept.edition) == ("", 1)
    assert kept.baselines.get().value == 33
    assert [target.value for target in kept.targets.all()] == [40, 60]
