"""Nodes of a draft: added, edited, removed, with who has a part in them and where they happen."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.places.models import Organisation
from pallaq.places.rules import department, district
from pallaq.plan.actions.versions import locked_draft
from pallaq.plan.errors import edited_meanwhile
from pallaq.plan.models import Item, Node, NodePlace, Part, Plan, Version
from pallaq.plan.rules.chain import ABOVE, KIND_WORDS, parent_fault
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

Parts = Iterable[tuple[Organisation, str]]  # and its `PartRole`
CODE = re.compile(r"\w[\w.()-]*")  # it stands in addresses


def item_of(plan: Plan, kind: str, code: str) -> Item:
    """Return what a code stands for in this plan, new or known; refuse a code that stands for something else."""
    code = code.strip()
    if not code:
        raise Refusal(_("A code is missing. Give each row a code of its own, such as 1.1."), code="code-missing")
    if not CODE.fullmatch(code):
        message = _("“%(code)s” cannot be a code. Use letters, digits, points and hyphens, without spaces.")
        raise Refusal(message % {"code": code}, code="code-form")
    item, _made = Item.objects.get_or_create(plan=plan, code=code, defaults={"kind": kind})
    if item.kind != kind:
        message = _("The code %(code)s stands for something else in this plan. Choose another code.")
        raise Refusal(message % {"code": code}, code="code-taken", status=409)
    return item


@transaction.atomic
def add_node(*, version: Version, kind: str, code: str, parent: Node | None, by: User | None, **fields: Any) -> Node:
    """Add a node under its parent; `fields` are those of the table, and `parts` and `places`."""
    version = locked_draft(version)
    item = item_of(version.plan, kind, code)
    if version.nodes.filter(item=item).exists():
        message = _("%(code)s is in this plan already. Choose another code, or edit that one.")
        raise Refusal(message % {"code": code}, code="node-known", status=409)
    parts, places = fields.pop("parts", ()), fields.pop("places", ())
    node = Node(version=version, item=item, parent=parent, **fields)
    node.position = fields.get("position", version.nodes.filter(parent=parent).count() + 1)
    refuse_wrong(node)
    node.save(force_insert=True)
    set_parts(node, parts)
    set_places(node, places)
    record(by=by, action="plan.add", scope=version.plan.scope, about=f"{kind} {code}")
    return node


@transaction.atomic
def edit_node(*, node: Node, edition: int, by: User, **fields: Any) -> Node:
    """Change a node of a draft; `edition` is the one that was read, so that nobody overwrites somebody else."""
    locked_draft(node.version)
    node = Node.objects.select_for_update(of=("self",)).select_related("item", "version__plan").get(pk=node.pk)
    if node.edition != edition:
        raise edited_meanwhile(node.item.code)
    parts, places = fields.pop("parts", None), fields.pop("places", None)
    for name, value in fields.items():
        setattr(node, name, value)
    refuse_wrong(node)
    node.edition += 1
    node.save()
    if parts is not None:
        set_parts(node, parts)
    if places is not None:
        set_places(node, places)
    about = f"{node.item.kind} {node.item.code}"
    record(by=by, action="plan.edit", scope=node.version.plan.scope, about=about, fields=sorted(fields))
    return node


@transaction.atomic
def move_node(*, node: Node, up: bool, by: User) -> None:
    """Move a node of a draft one place up or down among its siblings."""
    version = locked_draft(node.version)
    siblings = list(version.nodes.filter(parent=node.parent_id).order_by("position", "id"))
    at = siblings.index(node)
    to = max(0, min(len(siblings) - 1, at - 1 if up else at + 1))
    siblings.insert(to, siblings.pop(at))
    for position, sibling in enumerate(siblings, 1):
        sibling.position = position
    Node.objects.bulk_update(siblings, ["position"])
    about = f"{node.item.kind} {node.item.code}"
    record(by=by, action="plan.move", scope=version.plan.scope, about=about, to=to + 1)


@transaction.atomic
def remove_node(*, node: Node, by: User) -> None:
    """Remove a node of a draft with all that hangs under it; what was reported of them stays with their items."""
    version = locked_draft(node.version)
    about = f"{node.item.kind} {node.item.code}"
    node.delete()
    record(by=by, action="plan.remove", scope=version.plan.scope, about=about)


def refuse_wrong(node: Node) -> None:
    """Refuse a wrong place in the chain, dates in the wrong order, money below zero and an unknown marker."""
    code, kind, parent = node.item.code, node.item.kind, node.parent
    wanted = parent_fault(kind, parent.item.kind if parent else None)
    if wanted or (parent and parent.version_id != node.version_id):
        message = _("%(code)s cannot stand there: a %(kind)s hangs under a %(wanted)s.")
        words = {"code": code, "kind": KIND_WORDS[kind], "wanted": KIND_WORDS.get(ABOVE.get(kind, ""), _("nothing"))}
        raise Refusal(message % words, code="wrong-parent")
    if not any(str(word).strip() for word in node.title.values()):
        raise Refusal(_("%(code)s has no title. Write one.") % {"code": code}, code="title-missing")
    if node.starts_on and node.ends_on and node.ends_on < node.starts_on:
        message = _("%(code)s ends before it starts. Correct one of the two dates.")
        raise Refusal(message % {"code": code}, code="dates-reversed")
    if node.budget is not None and node.budget < 0:
        raise Refusal(_("The budget of %(code)s is below zero. Correct it.") % {"code": code}, code="budget-negative")
    if node.gender_marker not in {None, 0, 1, 2}:
        message = _("The gender marker of %(code)s is 0, 1 or 2, or empty where nobody judged it.")
        raise Refusal(message % {"code": code}, code="marker-unknown")


def set_parts(node: Node, parts: Parts) -> None:
    """Make these the organisations that have a part in a node."""
    node.parts.all().delete()
    kept = {(organisation.pk, str(role)): organisation for organisation, role in parts}
    Part.objects.bulk_create(Part(node=node, organisation=one, role=role) for (_pk, role), one in kept.items())


def set_places(node: Node, places: Iterable[str]) -> None:
    """Make these the places of a node."""
    dimensions: Mapping[str, Any] = node.version.plan.dimensions
    places = list(dict.fromkeys(places))
    regions = dimensions.get("region", {}).get("levels", {})
    for place in places:
        of_peru = node.version.plan.country == "PE" and (department(place) or district(place))
        if place not in regions and not of_peru:
            message = _("%(code)s: there is no place “%(place)s”. Use a region of the plan, or a district's ubigeo.")
            raise Refusal(message % {"code": node.item.code, "place": place}, code="place-unknown")
    node.places.all().delete()
    NodePlace.objects.bulk_create(NodePlace(node=node, place=place) for place in places)
