"""Plans are made, and their versions opened, approved or thrown away."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.plan.errors import not_a_draft
from pallaq.plan.models import Baseline, Indicator, Node, NodePlace, Part, Plan, Target, Version, VersionState
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

Text = Mapping[str, str]


@transaction.atomic
def make_plan(*, code: str, title: Text, by: User | None, **fields: Any) -> Version:
    """Make a plan with an empty draft; `fields` are those of the table."""
    if Plan.objects.filter(code=code).exists():
        message = _("There is a plan “%(code)s” already. Choose another code, or amend that plan.")
        raise Refusal(message % {"code": code}, code="plan-known", status=409)
    plan = Plan.objects.create(code=code, title=dict(title), **fields)
    version = Version.objects.create(plan=plan, number=1, made_by=by)
    record(by=by, action="plan.make", scope=plan.scope, about=f"plan {code}")
    return version


def locked_draft(version: Version) -> Version:
    """Return a draft, locked for this transaction; refuse what was approved."""
    version = Version.objects.select_for_update(of=("self",)).select_related("plan").get(pk=version.pk)
    if version.state != VersionState.DRAFT:
        raise not_a_draft()
    return version


@transaction.atomic
def open_amendment(*, plan: Plan, reason: str, by: User) -> Version:
    """Copy the version in force into a draft, with the reason for amending it."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    approved = plan.approved()
    if approved is None or plan.draft():
        message = _("There is a draft already. Edit it, approve it or discard it.")
        raise Refusal(message, code="plan-has-draft", status=409)
    if not reason.strip():
        message = _("Write the reason: it stands beside the new version for good.")
        raise Refusal(message, code="amend-without-reason")
    last = plan.versions.order_by("-number")[0]
    version = Version.objects.create(plan=plan, number=last.number + 1, reason=reason.strip(), made_by=by)
    copy_version(approved, version)
    record(by=by, action="plan.amend", scope=plan.scope, about=f"version {version.number}", reason=version.reason)
    return version


def copy_version(source: Version, target: Version) -> None:
    """Copy nodes and indicators with all that hangs on them."""
    nodes = list(source.nodes.select_related("item"))
    made: dict[UUID, Node] = {}
    waiting = nodes
    while waiting:  # one kind of the chain after another: parents first
        ready = [node for node in waiting if node.parent_id is None or node.parent_id in made]
        waiting = [node for node in waiting if not (node.parent_id is None or node.parent_id in made)]
        copies = [node.copied_to(target, made[node.parent_id] if node.parent_id else None) for node in ready]
        Node.objects.bulk_create(copies)
        made |= {node.pk: copy for node, copy in zip(ready, copies, strict=True)}
    Part.objects.bulk_create(copies_of(Part, "node", made))
    NodePlace.objects.bulk_create(copies_of(NodePlace, "node", made))
    indicators = copies_of(Indicator, "node", made)
    for indicator in indicators:
        indicator.version = target
    measured = dict(zip(Indicator.objects.filter(version=source).order_by("pk"), indicators, strict=True))
    Indicator.objects.bulk_create(indicators)
    by_key = {old.pk: new for old, new in measured.items()}
    Baseline.objects.bulk_create(copies_of(Baseline, "indicator", by_key))
    Target.objects.bulk_create(copies_of(Target, "indicator", by_key))


def copies_of(model: type[Any], owner: str, owners: Mapping[UUID, Any]) -> list[Any]:
    """Return unsaved copies of the rows that hang on the old owners, hanging on the new ones, in the order of keys."""
    copies = []
    for row in model.objects.filter(**{f"{owner}__in": list(owners)}).order_by("pk"):
        fields = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
        del fields["id"], fields[f"{owner}_id"]
        fields.pop("edition", None)
        copies.append(model(**{owner: owners[getattr(row, f"{owner}_id")]}, **fields))
    return copies


@transaction.atomic
def approve(*, version: Version, by: User) -> Version:
    """Put a draft in force; the one before it is kept as it was."""
    version = locked_draft(version)
    if not version.nodes.exists():
        message = _("This draft is empty. Add at least one objective before approving it.")
        raise Refusal(message, code="plan-empty")
    version.plan.versions.filter(state=VersionState.APPROVED).update(state=VersionState.SUPERSEDED)
    version.state, version.approved_at, version.approved_by = VersionState.APPROVED, timezone.now(), by
    version.save(update_fields=["state", "approved_at", "approved_by"])
    record(by=by, action="plan.approve", scope=version.plan.scope, about=f"version {version.number}")
    return version


@transaction.atomic
def discard_draft(*, version: Version, by: User) -> None:
    """Throw a draft away; a plan that was never approved goes with it."""
    version = locked_draft(version)
    plan, number = version.plan, version.number
    version.delete()
    if not plan.versions.exists():
        plan.delete()
    record(by=by, action="plan.discard", scope=plan.scope, about=f"version {number}")
