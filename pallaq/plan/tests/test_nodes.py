"""Nodes of a draft are added, edited, moved and removed; each refusal says what and where, and nothing is half done."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pallaq.accounts.tests.people import refused
from pallaq.plan.actions.nodes import add_node, edit_node, move_node, remove_node
from pallaq.plan.actions.versions import open_amendment
from pallaq.plan.models import Item, Node
from pallaq.plan.tests.samples import Small, small
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
TITLE = {"es": "Nuevo"}


@pytest.fixture
def made() -> Small:
    return small(approved=False)


def add(made: Small, code: str, kind: str = "action", parent: str = "R1", **fields: Any) -> Node:
    above = made.nodes[parent] if parent else None
    values = {"title": TITLE, **fields}
    return add_node(version=made.version, kind=kind, code=code, parent=above, by=made.planner, **values)


def test_a_new_node_comes_last_and_leaves_a_trace(made: Small) -> None:
    node = add(made, "1.3", parts=[(made.health, "funds"), (made.health, "funds")], places=["21", "211002", "21"])
    assert node.position == 3
    assert [(part.organisation, part.role) for part in node.parts.all()] == [(made.health, "funds")]
    assert [place.place for place in node.places.all()] == ["21", "211002"]
    event = AuditEvent.objects.get(action="plan.add", by=made.planner)
    assert (event.scope, event.about) == (made.plan.scope, "action 1.3")


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("code-missing", {"code": " "}),
        ("code-form", {"code": "uno/dos"}),
        ("code-form", {"code": ".."}),
        ("code-form", {"code": "uno dos"}),
        ("code-taken", {"code": "I1"}),
        ("code-taken", {"code": "R1"}),
        ("node-known", {"code": "1.1"}),
        ("wrong-parent", {"code": "1.3", "parent": "SO1"}),
        ("wrong-parent", {"code": "1.3", "parent": ""}),
        ("wrong-parent", {"code": "L2", "kind": "level", "parent": "national"}),
        ("title-missing", {"code": "1.3", "title": {"es": " "}}),
        ("dates-reversed", {"code": "1.3", "starts_on": date(2027, 1, 2), "ends_on": date(2027, 1, 1)}),
        ("budget-negative", {"code": "1.3", "budget": Decimal(-1)}),
        ("marker-unknown", {"code": "1.3", "gender_marker": 3}),
        ("place-unknown", {"code": "1.3", "places": ["999999"]}),
    ],
)
def test_it_refuses_a_node_that_cannot_be(made: Small, code: str, given: dict[str, Any]) -> None:
    with refused(code):
        add(made, **given)
    assert made.version.nodes.count() == 6
    assert not Item.objects.filter(code="1.3").exists()


def test_a_node_hangs_under_one_of_its_own_version(made: Small) -> None:
    before = small_approved(made)
    draft = open_amendment(plan=made.plan, reason="Cambios", by=made.planner)
    with refused("wrong-parent"):
        add_node(version=draft, kind="action", code="1.3", parent=before["R1"], by=made.planner, title=TITLE)


def small_approved(made: Small) -> dict[str, Node]:
    type(made.version).objects.filter(pk=made.version.pk).update(state="approved", approved_at=made.version.made_at)
    return made.nodes


def test_an_edit_changes_what_it_names_and_counts(made: Small) -> None:
    node = edit_node(node=made.nodes["1.2"], edition=1, by=made.planner, title=TITLE, places=[])
    assert (node.title, node.edition, node.places.count()) == (TITLE, 2, 0)
    assert [part.organisation for part in node.parts.all()] == [made.health]
    assert AuditEvent.objects.get(action="plan.edit").details == {"fields": ["title"]}


def test_an_edit_never_hangs_a_node_under_itself_or_what_is_below_it(made: Small) -> None:
    for below in ("R1", "1.1", "1.2.1"):
        with refused("wrong-parent"):
            edit_node(node=made.nodes["R1"], edition=1, by=made.planner, parent=made.nodes[below])


def test_an_edit_that_was_read_before_another_is_refused(made: Small) -> None:
    edit_node(node=made.nodes["1.1"], edition=1, by=made.planner, title=TITLE)
    with refused("plan-edited-meanwhile"):
        edit_node(node=made.nodes["1.1"], edition=1, by=made.planner, budget=Decimal(5))
    assert Node.objects.get(pk=made.nodes["1.1"].pk).budget == 1000


def test_a_node_moves_among_its_siblings_and_stops_at_the_ends(made: Small) -> None:
    def order() -> list[str]:
        return [node.item.code for node in Node.objects.filter(parent=made.nodes["R1"]).order_by("position")]

    add(made, "1.3")
    for up, expected in ((True, ["1.2", "1.1", "1.3"]), (True, ["1.2", "1.1", "1.3"]), (False, ["1.1", "1.2", "1.3"])):
        move_node(node=made.nodes["1.2"], up=up, by=made.planner)
        assert order() == expected


def test_a_removed_node_takes_what_hangs_under_it_and_leaves_what_its_codes_stand_for(made: Small) -> None:
    remove_node(node=made.nodes["R1"], by=made.planner)
    assert sorted(node.item.code for node in made.version.nodes.all()) == ["SO1", "national"]
    assert made.version.indicators.count() == 0
    assert Item.objects.filter(code__in=["1.2", "I1"]).count() == 2


VERBS: dict[str, Callable[[Small], object]] = {
    "add": lambda made: add(made, "1.3"),
    "edit": lambda made: edit_node(node=made.nodes["1.1"], edition=1, by=made.planner, title=TITLE),
    "move": lambda made: move_node(node=made.nodes["1.2"], up=True, by=made.planner),
    "remove": lambda made: remove_node(node=made.nodes["R1"], by=made.planner),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_an_approved_version_refuses_every_verb(verb: Callable[[Small], object]) -> None:
    with refused("plan-not-a-draft"):
        verb(small())


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_nothing_is_saved_if_the_audit_fails(
    made: Small, verb: Callable[[Small], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_facts: object) -> None:
        raise RuntimeError

    def stored() -> list[tuple[Any, ...]]:
        return list(Node.objects.order_by("pk").values_list("pk", "title", "position", "edition"))

    monkeypatch.setattr("pallaq.plan.actions.nodes.record", broken)
    before = stored()
    with pytest.raises(RuntimeError):
        verb(made)
    assert stored() == before
