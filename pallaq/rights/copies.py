"""What she takes away: one JSON file for machines, one PDF to read."""

import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pallaq.associations.models import BoardPost
from pallaq.permits.models import Authorisation, Certificate
from pallaq.permits.models.authorisations import rows_of
from pallaq.registry.models import Person
from pallaq.registry.rules.numbers import shown_number
from pallaq.rights.holding import office, reading_heads, reading_rows, readings_of, sections
from pallaq.rolls.models import origin
from pallaq.shared.documents.blocks import Block, Heading, Paper, Paragraph, Table
from pallaq.shared.documents.pdf import pdf

FORMAT = "pallaq-person/1"
PERSON = ("number", "given_names", "paternal_surname", "maternal_surname", "sex", "birth_on", "languages")
PARTS = {
    "identifiers": ("kind_id", "number", "valid_from", "valid_to"),
    "activities": ("kind", "place", "centre", "organisation", "permission", "starts_on", "ends_on"),
    "memberships": ("organisation", "starts_on", "ends_on"),
    "consents": ("purpose", "wording", "given_at", "withdrawn_at"),
    "cards": ("serial", "issued_at", "expires_at", "revoked_at", "text"),
    "requests": ("kind", "subject", "words", "way", "received_on", "due_on", "outcome", "answer", "answered_at"),
}
PERMIT = (
    "holder",
    "right_name",
    "right_code",
    "place",
    "centre",
    "terms",
    "starts_on",
    "ends_on",
    "state",
    "signed_on",
)
CERTIFICATE = ("holder", "number", "issued_on", "grams", "cancelled_at")


def data_of(person: Person) -> dict[str, Any]:
    """Return everything that is held on her, for another program: names of fields in English, ISO dates, INEI codes."""
    photo = getattr(person, "photo", None)
    found: dict[str, Any] = {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "person": facts(person, (*PERSON, "place", "address", "phone", "made_at")),
        "photo_jpeg_base64": base64.b64encode(photo.image).decode() if photo else None,
    }
    for part, names in PARTS.items():
        found[part] = [facts(row, names) for row in getattr(person, part).all()]
    found["registrations"] = [registration(row) for row in person.registrations.prefetch_related("transitions")]
    rows = rows_of(person)
    permits = Authorisation.objects.of_person(person).select_related("holder")
    issued = Certificate.objects.filter(authorisation__person__in=rows).select_related("holder")
    found["authorisations"] = [facts(row, PERMIT) for row in permits]
    found["certificates"] = [facts(row, CERTIFICATE) for row in issued]
    posts = BoardPost.objects.of(person).select_related("board__organisation")
    found["board_posts"] = [
        {"organisation": one.board.organisation.name, **facts(one, ("post", "starts_on", "ends_on"))} for one in posts
    ]
    found["lists"] = [{"scheme": one.roll.scheme_id, "issued_on": plain(one.roll.issued_on)} for one in origin(person)]
    found["readings"] = [
        {"at": plain(one.at), "who": office(one), "what": one.what, "why": one.why} for one in readings_of(person)
    ]
    return found


def registration(row: Any) -> dict[str, Any]:
    """Return a registration with its changes."""
    steps = [facts(step, ("before", "after", "on", "reason")) for step in row.transitions.all()]
    held = facts(row, ("scheme_id", "number", "place", "state", "since", "valid_to"))
    return {**held, "authority": row.scheme.authority, "changes": steps}


def facts(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return some fields of a row."""
    return {name.removesuffix("_id"): plain(getattr(row, name)) for name in names}


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | list) else str(value)


def paper_of(person: Person) -> bytes:
    """Return everything that is held on her as PDF."""
    title = _("What the registry holds on %(name)s") % {"name": person.name()}
    today = date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    blocks: list[Block] = [
        Heading(1, title),
        Paragraph((_("Made on %(day)s. Keep it safe: whoever has it can read it.") % {"day": today},), "note"),
    ]
    for part in sections(person):
        blocks += block(part.title, part.heads, part.rows, part.empty)
    blocks += block(
        _("Who read of you"), reading_heads(), list(reading_rows(readings_of(person))), _("Nobody read of you.")
    )
    paper = Paper(
        title=title,
        author="Pallaq",
        language=(get_language() or "es")[:2],
        blocks=blocks,
        charts={},
        stamp=_("SYNTHETIC") if person.synthetic else "",
        footer=shown_number(person.number),
    )
    return pdf(paper)


def block(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], empty: str) -> list[Block]:
    """Return a part as a heading with its table, or with the words that there is nothing."""
    if not rows:
        return [Heading(2, title), Paragraph((empty,))]
    cells = tuple(tuple((cell or "-",) for cell in row) for row in rows)
    parts = (1, 2) if len(heads) == 2 else (1,) * len(heads)
    return [Heading(2, title), Table(title, heads, cells, words=True, parts=parts)]
