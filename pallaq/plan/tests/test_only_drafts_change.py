"""What was approved stays as it was even for whoever writes to the database and forgets the verbs."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import InternalError, ProgrammingError, transaction

from pallaq.plan.actions.versions import discard_draft, open_amendment
from pallaq.plan.models import Baseline, Indicator, Node, NodePlace, Part, Plan, Target
from pallaq.plan.tests.samples import Small, small

pytestmark = pytest.mark.django_db
REFUSED = "only a draft of a plan changes"

WRITES: dict[str, Callable[[Small], object]] = {
    "a node is changed": lambda made: Node.objects.filter(pk=made.nodes["1.1"].pk).update(budget=1),
    "a node is removed": lambda made: made.nodes["1.2.1"].delete(),
    "a part is added": lambda made: Part.objects.create(node=made.nodes["1.1"], organisation=made.health, role="funds"),
    "a part is removed": lambda made: Part.objects.all().delete(),
    "a place is added": lambda made: NodePlace.objects.create(node=made.nodes["1.1"], place="04"),
    "an indicator is changed": lambda made: Indicator.objects.update(deadline_days=1),
    "an indicator is removed": lambda made: made.indicator.delete(),
    "a baseline is changed": lambda made: Baseline.objects.update(value=0),
    "a target is changed": lambda made: Target.objects.update(value=0),
    "a target is added": lambda made: made.indicator.targets.create(year=2030, value=Decimal(99)),
    "a target is removed": lambda made: made.indicator.targets.filter(year=2027).delete(),
    "the version is removed": lambda made: made.version.delete(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_the_database_refuses_to_change_an_approved_version(write: Callable[[Small], object]) -> None:
    made = small()
    with pytest.raises((InternalError, ProgrammingError), match=REFUSED), transaction.atomic():
        write(made)


@pytest.mark.parametrize("name", [name for name in WRITES if "indicator is removed" not in name])
def test_a_draft_changes(name: str) -> None:
    WRITES[name](small(approved=False))


def test_a_version_that_was_superseded_does_not_change_either() -> None:
    made = small()
    type(made.version).objects.filter(pk=made.version.pk).update(state="superseded")
    with pytest.raises((InternalError, ProgrammingError), match=REFUSED), transaction.atomic():
        Target.objects.update(value=0)


def test_no_row_is_moved_from_a_draft_into_what_was_approved() -> None:
    made = small()
    draft = open_amendment(plan=made.plan, reason="Cambios", by=made.planner)
    mine = Target.objects.filter(indicator__version=draft, year=2027)
    with pytest.raises((InternalError, ProgrammingError), match=REFUSED), transaction.atomic():
        mine.update(indicator=made.indicator, year=2030)


def test_a_draft_is_thrown_away_and_the_version_in_force_stays() -> None:
    made = small()
    draft = open_amendment(plan=made.plan, reason="Cambios", by=made.planner)
    discard_draft(version=draft, by=made.planner)
    assert [version.number for version in made.plan.versions.all()] == [1]
    assert made.version.nodes.count() == 6


def test_a_whole_plan_goes_with_what_was_approved_and_the_lock_stays_for_others() -> None:
    made = small()
    Plan.objects.create(code="other", title={"es": "Otro"}).delete()
    with pytest.raises((InternalError, ProgrammingError), match=REFUSED), transaction.atomic():
        Target.objects.all().delete()
    made.plan.delete()
    assert not Node.objects.exists()
