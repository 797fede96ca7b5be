"""A draft is edited, an approved version is amended with a reason, and nothing is lost on the way."""

from collections.abc import Callable

import pytest

from pallaq.accounts.tests.people import person, refused
from pallaq.plan.actions.nodes import edit_node
from pallaq.plan.actions.versions import approve, discard_draft, make_plan, open_amendment
from pallaq.plan.models import Node, Plan, VersionState
from pallaq.plan.tests.samples import small
from pallaq.shared.errors import Refusal

pytestmark = pytest.mark.django_db


def test_an_approved_version_does_not_change() -> None:
    made = small()
    with pytest.raises(Refusal) as caught:
        edit_node(node=made.nodes["1.1"], edition=1, by=made.planner, title={"es": "Otra"})
    assert caught.value.code == "plan-not-a-draft"


def test_an_amendment_is_a_whole_copy_with_a_reason() -> None:
    made = small()
    draft = open_amendment(plan=made.plan, reason="El presupuesto cambió", by=made.planner)
    assert [node.item.code for node in draft.nodes.order_by("item__code")] == [
        node.item.code for node in made.version.nodes.order_by("item__code")
    ]
    copied = draft.nodes.get(item__code="1.2")
    assert copied.parent.item.code == "R1"
    assert copied.parent.version_id == draft.pk
    assert [(part.organisation.name, part.role) for part in copied.parts.all()] == [("Diresa Puno", "takes_part")]
    assert [place.place for place in copied.places.all()] == ["21"]
    indicator = draft.indicators.get()
    assert indicator.item_id == made.indicator.item_id
    assert indicator.pk != made.indicator.pk
    assert indicator.baselines.get().value == 33
    assert [target.value for target in indicator.targets.all()] == [40, 60]


def test_approving_an_amendment_keeps_the_version_before_it() -> None:
    made = small()
    draft = open_amendment(plan=made.plan, reason="Cambios", by=made.planner)
    edit_node(node=draft.nodes.get(item__code="1.1"), edition=1, by=made.planner, title={"es": "Nuevo"})
    approve(version=draft, by=made.planner)
    made.version.refresh_from_db()
    assert made.version.state == VersionState.SUPERSEDED
    assert made.plan.approved() == draft
    assert made.version.nodes.get(item__code="1.1").title["es"] == "1.1 en castellano"


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_refuses_to_amend_without_a_reason(reason: str) -> None:
    made = small()
    with pytest.raises(Refusal) as caught:
        open_amendment(plan=made.plan, reason=reason, by=made.planner)
    assert caught.value.code == "amend-without-reason"
    assert made.plan.draft() is None


def test_it_refuses_a_second_draft() -> None:
    made = small()
    open_amendment(plan=made.plan, reason="Uno", by=made.planner)
    with pytest.raises(Refusal) as caught:
        open_amendment(plan=made.plan, reason="Dos", by=made.planner)
    assert caught.value.code == "plan-has-draft"


def test_two_people_editing_one_row_see_each_other() -> None:
    made = small(approved=False)
    node = made.nodes["1.1"]
    edit_node(node=node, edition=1, by=made.planner, title={"es": "Una"})
    with pytest.raises(Refusal) as caught:
        edit_node(node=node, edition=1, by=made.planner, title={"es": "Otra"})
    assert caught.value.code == "plan-edited-meanwhile"
    node.refresh_from_db()
    assert node.title == {"es": "Una"}


def test_a_discarded_first_draft_takes_its_plan_with_it() -> None:
    made = small(approved=False)
    discard_draft(version=made.version, by=made.planner)
    assert not Plan.objects.exists()


def test_it_refuses_to_approve_an_empty_draft() -> None:
    version = make_plan(code="empty", title={"es": "Vacío"}, by=None)
    with refused("plan-empty"):
        approve(version=version, by=person("Paula"))
    assert version.plan.approved() is None


def test_it_refuses_a_second_plan_of_one_code() -> None:
    small()
    with refused("plan-known"):
        make_plan(code="small", title={"es": "Otro"}, by=None)


@pytest.mark.parametrize("verb", ["open_amendment", "approve", "discard_draft"])
def test_nothing_is_saved_if_the_audit_fails(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_facts: object) -> None:
        raise RuntimeError

    made = small(approved=verb == "open_amendment")
    verbs: dict[str, Callable[[], object]] = {
        "open_amendment": lambda: open_amendment(plan=made.plan, reason="Cambios", by=made.planner),
        "approve": lambda: approve(version=made.version, by=made.planner),
        "discard_draft": lambda: discard_draft(version=made.version, by=made.planner),
    }
    before = [(version.number, version.state) for version in made.plan.versions.all()]
    monkeypatch.setattr("pallaq.plan.actions.versions.record", broken)
    with pytest.raises(RuntimeError):
        verbs[verb]()
    assert [(version.number, version.state) for version in made.plan.versions.all()] == before
    assert Node.objects.count() == 6
