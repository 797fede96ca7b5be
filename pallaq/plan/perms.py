"""Who may see and do what in a plan: by role, by entity and by region."""

from uuid import UUID

from django.db.models import Q, QuerySet

from pallaq.accounts.models import User
from pallaq.accounts.perms import Person, is_administrator
from pallaq.plan.models import Node, NodePlace, Plan, Role, Seat, Version

PARTS_OF_AN_ENTITY = ("responsible", "takes_part")  # who funds sees no more than a reader of the public page


def seats(user: Person, plan: Plan) -> list[Seat]:
    """Return her roles in the plan."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return [seat for seat in user.seats.all() if seat.plan_id == plan.pk]


def has_role(user: Person, plan: Plan, *roles: Role) -> bool:
    """Say whether she holds one of the roles; an administrator holds every role."""
    return is_administrator(user) or any(seat.role in roles for seat in seats(user, plan))


def can_see_plan(user: Person, plan: Plan) -> bool:
    """Say whether she may open the plan's own pages; the public page is for anybody."""
    return has_role(user, plan, *Role)


def can_see_everything(user: Person, plan: Plan) -> bool:
    """Planners and readers see every entity's records."""
    return has_role(user, plan, Role.PLANNER, Role.READER)


def can_edit(user: Person, plan: Plan) -> bool:
    """Planners edit drafts, approve them, and close periods."""
    return has_role(user, plan, Role.PLANNER)


def own_nodes(user: Person, version: Version) -> QuerySet[Node]:
    """Return the nodes whose records she may see: all of them, or those in which her entity has a part.

    A part in a node holds for all below it. A seat of one region leaves out nodes that happen elsewhere only.
    """
    if can_see_everything(user, version.plan):
        return version.nodes.all()
    found: set[UUID] = set()
    for seat in seats(user, version.plan):
        found |= nodes_of(version, seat)
    return version.nodes.filter(pk__in=found)


def nodes_of(version: Version, seat: Seat) -> set[UUID]:
    """Return the keys of the nodes of a seat's entity and region."""
    mine = Q(parts__organisation=seat.organisation_id, parts__role__in=PARTS_OF_AN_ENTITY)
    layer = set(version.nodes.filter(mine).values_list("pk", flat=True))
    found = set(layer)
    while layer:
        layer = set(version.nodes.filter(parent__in=layer).values_list("pk", flat=True)) - found
        found |= layer
    if seat.region:
        places = places_by_node(version)
        found = {pk for pk in found if not places[pk] or seat.region in places[pk]}
    return found


def places_by_node(version: Version) -> dict[UUID, frozenset[str]]:
    """Return the regions in which each node happens: its own, or those of the nearest above it that says where."""
    parents = dict(version.nodes.order_by().values_list("pk", "parent"))
    own: dict[UUID, set[str]] = {}
    for pk, place in NodePlace.objects.filter(node__version=version).order_by().values_list("node", "place"):
        # A district's ubigeo is its region's two digits and four more.
        own.setdefault(pk, set()).add(place[:2] if len(place) == 6 and place.isdecimal() else place)

    def nearest(pk: UUID | None) -> frozenset[str]:
        while pk is not None and pk not in own:
            pk = parents[pk]
        return frozenset(own[pk]) if pk else frozenset()

    return {pk: nearest(pk) for pk in parents}


def can_report(user: Person, version: Version, node: Node) -> bool:
    """Say whether she may record values, money and evidence of a node: a planner, or a reporter of its entity."""
    if can_edit(user, version.plan):
        return True
    return any(node.pk in nodes_of(version, seat) for seat in seats(user, version.plan) if seat.role == Role.REPORTER)


def regions_of(user: Person, plan: Plan) -> frozenset[str] | None:
    """Return the regions for which she reports; None for all of them."""
    if can_see_everything(user, plan):
        return None
    mine = [seat.region for seat in seats(user, plan)]
    return None if "" in mine else frozenset(mine)
