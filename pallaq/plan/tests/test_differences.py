"""Two versions side by side: what was added, removed and changed, also in indicators, baselines and targets."""

from decimal import Decimal

import pytest

from pallaq.plan.actions.indicators import add_indicator, edit_indicator, set_baseline, set_target
from pallaq.plan.actions.nodes import edit_node, remove_node
from pallaq.plan.actions.versions import open_amendment
from pallaq.plan.comparing import compare
from pallaq.plan.models import Version
from pallaq.plan.rules.differences import differences
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small

pytestmark = pytest.mark.django_db
KEY = ("action", "1.1")


def said(before: Version | None, after: Version) -> set[tuple[str, str, str, object, object]]:
    return {(one.change, one.code, one.field, one.before, one.after) for one in compare(before, after)}


@pytest.fixture
def made() -> Small:
    return small()


@pytest.fixture
def draft(made: Small) -> Version:
    return open_amendment(plan=made.plan, reason="Cambios", by=made.planner)


def test_the_same_twice_differs_in_nothing() -> None:
    assert differences({KEY: {"title": "A"}}, {KEY: {"title": "A"}}) == []
    assert differences({}, {}) == []


def test_a_field_that_only_one_of_the_two_has_is_a_change() -> None:
    [gone] = differences({KEY: {"title": "A", "target 2027": "60"}}, {KEY: {"title": "A"}})
    assert (gone.change, gone.field, gone.before, gone.after) == ("changed", "target 2027", "60", None)
    [new] = differences({KEY: {}}, {KEY: {"target 2027": "60"}})
    assert (new.before, new.after) == (None, "60")


def test_one_code_of_another_kind_is_another_row() -> None:
    found = differences({("action", "1"): {"title": "A"}}, {("result", "1"): {"title": "A"}})
    assert [(one.change, one.kind) for one in found] == [("added", "result"), ("removed", "action")]


def test_an_amendment_begins_without_any_difference(made: Small, draft: Version) -> None:
    assert compare(made.version, draft) == []


def test_a_first_version_is_all_new_and_says_its_titles(made: Small) -> None:
    found = compare(None, made.version)
    assert {one.change for one in found} == {"added"}
    assert {one.code: one.after for one in found}["I1"] == "Pallaqueras con equipo"
    assert len(found) == 7


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_title_that_changed_in_one_language_is_seen_by_readers_of_the_other(
    made: Small, draft: Version, language: str
) -> None:
    node = draft.nodes.get(item__code="1.1")
    title = {**node.title, language: "Distinto"}
    edit_node(node=node, edition=1, by=made.planner, title=title)
    [one] = compare(made.version, draft)
    assert (one.before, one.after) == (node.title[language], "Distinto")
    assert one.field.endswith(f"({language})")


def test_entities_places_and_money_are_said_in_words(made: Small, draft: Version) -> None:
    node = draft.nodes.get(item__code="1.2")
    parts = [(made.health, "funds"), (made.ministry, "responsible")]
    edit_node(node=node, edition=1, by=made.planner, parts=parts, places=["04"], budget=Decimal(1500))
    told = {one.after for one in compare(made.version, draft)}
    assert "1,500.00" in told
    assert "04" in told
    assert any("Diresa Puno" in str(text) and "Minem" in str(text) for text in told)


def test_what_changed_in_an_indicator_names_its_cell_and_period(made: Small, draft: Version) -> None:
    indicator = draft.indicators.get()
    edit_indicator(indicator=indicator, edition=1, by=made.planner, deadline_days=30)
    set_baseline(indicator=indicator, value=Decimal(35), year=2025, by=made.planner)
    set_target(indicator=indicator, period=Period(2027), value=None, by=made.planner)
    set_target(indicator=indicator, cell="region=21", period=Period(2027), value=Decimal(50), by=made.planner)
    found = {(one.before, one.after) for one in compare(made.version, draft)}
    assert found == {("60", "30"), ("33 (2025)", "35 (2025)"), ("60", None), (None, "50")}
    [cell] = [one.field for one in compare(made.version, draft) if one.after == "50"]
    assert "2027" in cell
    assert "Puno" in cell


def test_what_is_only_in_one_of_the_two_is_said_once(made: Small, draft: Version) -> None:
    remove_node(node=draft.nodes.get(item__code="1.2"), by=made.planner)
    where = draft.nodes.get(item__code="R1")
    add_indicator(node=where, code="I2", title={"es": "Nuevo"}, unit="number", by=made.planner)
    assert said(made.version, draft) == {
        ("added", "I2", "", None, "Nuevo"),
        ("removed", "1.2", "", "1.2 en castellano", None),
        ("removed", "1.2.1", "", "1.2.1 en castellano", None),
    }
