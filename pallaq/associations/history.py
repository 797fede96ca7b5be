"""What happened to an organisation's file, in words, from the trail and from the lists that named it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from pallaq.associations.models import BroughtList, Holding, MercuryFree, Part, Post, RecpoState, Standing
from pallaq.places.models import Kind, Organisation
from pallaq.shared.models import AuditEvent

MOST = 100  # the newest that a page shows
ACTIONS = {
    "organisation.add": lazy("added to the registry"),
    "organisation.edit": lazy("name, kind, place or RUC corrected"),
    "organisation.right_add": lazy("mining right %(right)s: %(part)s"),
    "organisation.right_end": lazy("mining right %(right)s: no longer %(part)s after %(to)s"),
    "organisation.recpo": lazy("RECPO: from “%(before)s” to “%(after)s”, from %(from)s on"),
    "organisation.plant_add": lazy("a plant added: %(after)s"),
    "organisation.plant_edit": lazy("a plant changed: from “%(before)s” to “%(after)s”"),
    "association.member_add": lazy("a member added"),
    "association.member_end": lazy("a membership ended"),
    "association.board_add": lazy("a board from %(from)s on added"),
    "association.board_end": lazy("a board ended on %(to)s"),
    "association.post_add": lazy("the post “%(post)s” filled"),
    "association.post_end": lazy("the post “%(post)s” ended on %(to)s"),
    "association.statute_add": lazy("version %(version)s of the statute added"),
}
CHOICES: dict[str, Any] = {
    **{value: label for one in (Standing, MercuryFree, Part, Post) for value, label in one.choices},
    **dict(Kind.choices),
}
FIELDS = {"name": lazy("name"), "short": lazy("short name"), "kind": lazy("kind"), "place": lazy("place")}


@dataclass(frozen=True)
class Change:
    """When, who, and what in words."""

    at: datetime
    by: Any
    lines: list[str]


def history(organisation: Organisation, *, since: int | None = None) -> list[Change]:
    """Return what happened to an organisation's file, the newest first; since an edition, or all that a page shows."""
    events = AuditEvent.objects.filter(about=f"organisation {organisation.pk}").select_related("by")
    if since is not None:
        events = events.filter(details__edition__gt=since)
    found = [Change(event.at, event.by, list(lines_of(event))) for event in events[:MOST]]
    if since is None:
        found += of_lists(organisation)
    return sorted(found, key=lambda change: change.at, reverse=True)[:MOST]


def lines_of(event: AuditEvent) -> Iterator[str]:
    """Tell an event."""
    said = {name: said_as(name, value) for name, value in event.details.items()}
    text = str(ACTIONS.get(event.action, event.action))
    yield text % {**dict.fromkeys(("before", "after", "from", "to", "right", "part", "post", "version"), "-"), **said}
    for name, (was, became) in dict(event.details.get("changes", {})).items():
        words = {"field": FIELDS.get(name, name), "was": said_as(name, was), "became": said_as(name, became)}
        yield _("%(field)s: “%(was)s” became “%(became)s”") % words


def said_as(name: str, value: Any) -> str:
    """Return a fact in words."""
    if name in ("from", "to") and value:
        return datetime.fromisoformat(value).strftime("%d/%m/%Y")
    return str(CHOICES.get(value, value) if isinstance(value, str) else value) or "-"


def of_lists(organisation: Organisation) -> Iterator[Change]:
    """Tell which official lists named it."""
    keys = {
        key
        for model in (RecpoState, Holding)
        for key in model._default_manager.filter(organisation=organisation, brought__isnull=False)
        .order_by()
        .values_list("brought", flat=True)
        .distinct()
    }
    for one in BroughtList.objects.filter(pk__in=keys).select_related("by"):
        words = {"kind": one.get_kind_display(), "source": one.source, "day": one.said_on.strftime("%d/%m/%Y")}
        line = _("an official list said something of it (%(kind)s): %(source)s, of %(day)s") % words
        yield Change(one.stored_at or one.at, one.by, [line])
