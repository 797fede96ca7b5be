"""All that is held on a person, in words for her page and her paper; rooms below are read, never written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pallaq.associations.models import BoardPost, Membership
from pallaq.permits.models import Authorisation, Certificate
from pallaq.permits.models.authorisations import rows_of
from pallaq.places.rules import department, label
from pallaq.registry.models import Person, Purpose, Reading, Registration, Role, State
from pallaq.registry.rules.numbers import shown_number
from pallaq.rolls.models import origin

# A purpose as she says it of herself, where the registry's own label speaks of her.
MINE = {
    Purpose.MARKET: gettext_lazy("to have my production and sales recorded"),
    Purpose.LENDERS: gettext_lazy("to show my income to lenders that I name"),
    Purpose.MINISTRIES: gettext_lazy("to be known to ministries that I name"),
}
LANGUAGES = {"es": "castellano", "qu": "quechua", "ay": "aimara"}


@dataclass(frozen=True)
class Section:
    """A part of what is held: its title, the heads of its columns, its rows; `empty` is said where there is none."""

    code: str
    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    empty: str = ""

    def labelled(self) -> list[list[tuple[str, str]]]:
        """Return the rows as pairs of head and cell, as a phone shows them."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


def sections(person: Person) -> list[Section]:
    """Return all that is held on her, but who read of her."""
    return [
        who(person),
        documents(person),
        activities(person),
        registrations(person),
        consents(person),
        associations(person),
        authorisations(person),
        certificates(person),
        cards(person),
        comes_from(person),
        requests(person),
    ]


def who(person: Person) -> Section:
    """Return her names, birth, phone and address."""
    facts = [
        (_("Registry number"), shown_number(person.number)),
        (_("Given names"), person.given_names),
        (_("Surnames"), " ".join(part for part in (person.paternal_surname, person.maternal_surname) if part)),
        (_("Sex"), str(person.get_sex_display())),
        (_("Born on"), day(person.birth_on) or _("not known")),
        (_("Languages"), ", ".join(LANGUAGES.get(code, code) for code in person.languages) or "-"),
        (_("District"), label(person.place) or person.place),
        (_("Address"), person.address or "-"),
        (_("Phone"), person.phone or "-"),
        (_("Photo"), _("yes") if hasattr(person, "photo") else _("no")),
    ]
    return Section("who", _("Who you are"), (_("What"), _("Held")), facts)


def documents(person: Person) -> Section:
    """Return her documents, their numbers in full."""
    rows = [
        (str(one.kind), one.number, span(one.valid_from, one.valid_to))
        for one in person.identifiers.select_related("kind")
    ]
    heads = (_("Document"), _("Number"), _("Valid"))
    return Section("documents", _("Your documents"), heads, rows, _("No document is held."))


def activities(person: Person) -> Section:
    """Return what she does and where."""
    rows = [
        (
            str(one.get_kind_display()),
            ", ".join(part for part in (one.centre, label(one.place) or one.place) if part),
            str(one.organisation or "-"),
            str(one.get_permission_display()),
            span(one.starts_on, one.ends_on),
        )
        for one in person.activities.select_related("organisation")
    ]
    heads = (_("Activity"), _("Where"), _("Holder or operator"), _("Permission"), _("When"))
    return Section("activities", _("What you do"), heads, rows, _("No activity is held."))


def registrations(person: Person) -> Section:
    """Return her registrations, with what happened to each."""
    states = dict(State.choices)
    rows = []
    for one in person.registrations.select_related("scheme").prefetch_related("transitions"):
        steps = [
            f"{day(step.on)}: {states[State(step.after)]}" + (f" ({step.reason})" if step.reason else "")
            for step in one.transitions.all()
        ]
        rows.append((str(one.scheme), one.scheme.authority, one.number or "-", state_words(one), "; ".join(steps)))
    heads = (_("Registry"), _("Authority"), _("Number"), _("State"), _("What happened"))
    return Section("registrations", _("Your registrations"), heads, rows, _("You are on no registry yet."))


def state_words(registration: Registration) -> str:
    """Return where a registration stands, and since when."""
    return _("%(state)s since %(day)s") % {
        "state": registration.get_state_display(),
        "day": day(registration.since),
    }


def consents(person: Person) -> Section:
    """Return what she agreed to, and took back."""
    rows = [
        (
            str(MINE.get(Purpose(one.purpose), one.get_purpose_display())),
            day(one.given_at),
            _("on your page") if one.given_to_id is None else _("at a desk"),
            day(one.withdrawn_at) or "-",
        )
        for one in person.consents.all()
    ]
    heads = (_("Agreed to"), _("Since"), _("How"), _("Taken back on"))
    return Section("consents", _("What you agreed to"), heads, rows, _("You have agreed to nothing."))


def associations(person: Person) -> Section:
    """Return the associations that she is in, and her posts in their boards."""
    rows = [
        (one.organisation.name, _("member"), span(one.starts_on, one.ends_on))
        for one in Membership.objects.of(person).select_related("organisation")
    ]
    rows += [
        (one.board.organisation.name, str(one.get_post_display()), span(one.starts_on, one.ends_on))
        for one in BoardPost.objects.of(person).select_related("board__organisation")
    ]
    heads = (_("Association"), _("As"), _("When"))
    return Section("associations", _("Your associations"), heads, rows, _("No association is held."))


def authorisations(person: Person) -> Section:
    """Return who lets her select, where and until when."""
    rows = [
        (
            one.holder.name,
            " · ".join(part for part in (one.place_words(), one.right_words()) if part),
            span(one.starts_on, one.ends_on),
            one.standing_words(),
        )
        for one in Authorisation.objects.of_person(person).select_related("holder")
    ]
    heads = (_("Holder"), _("Where"), _("When"), _("State"))
    return Section("authorisations", _("Who lets you select"), heads, rows, _("No authorisation is held."))


def certificates(person: Person) -> Section:
    """Return the certificates of origin that holders issued to her."""
    found = Certificate.objects.filter(authorisation__person__in=rows_of(person)).select_related("holder")
    rows = [
        (
            f"{one.holder.name} {one.number}",
            day(one.issued_on),
            f"{one.grams} g",
            _("cancelled") if one.cancelled_at else _("good"),
        )
        for one in found
    ]
    heads = (_("Issued by, number"), _("Day"), _("Gold"), _("State"))
    return Section("certificates", _("Your certificates of origin"), heads, rows, _("No certificate is held."))


def cards(person: Person) -> Section:
    """Return her cards."""
    words = {
        "valid": _("good"),
        "revoked": _("revoked"),
        "expired": _("expired"),
        "key-withdrawn": _("no longer good: ask a desk for another"),
    }
    rows = [(day(one.issued_at), day(one.expires_at), words[one.state()]) for one in person.cards.select_related("key")]
    return Section("cards", _("Your card"), (_("Issued"), _("Until"), _("State")), rows, _("You have no card."))


def comes_from(person: Person) -> Section:
    """Return where her file comes from: a desk, or official lists."""
    rows = [
        (_("official list: %(scheme)s") % {"scheme": one.roll.scheme}, day(one.roll.issued_on))
        for one in origin(person)
    ]
    if not any(entry.outcome == "created" for entry in origin(person)):
        region = department(person.region)
        where = _("registered at a desk of %(region)s") % {"region": region.name if region else person.region}
        rows.append((where, day(person.made_at)))
    return Section("origin", _("Where this comes from"), (_("From"), _("Day")), rows)


def requests(person: Person) -> Section:
    """Return what she asked for, until when it must be answered, and the answer."""
    rows = [
        (
            str(one.get_kind_display()),
            one.words or "-",
            day(one.received_on),
            due_words(one),
            " ".join(part for part in (str(one.get_outcome_display()), one.answer) if part),
        )
        for one in person.requests.order_by("-received_on", "-id")
    ]
    heads = (_("Asked"), _("Your words"), _("Received"), _("Answer due"), _("Answer"))
    return Section("requests", _("What you asked for"), heads, rows, _("You have asked for nothing yet."))


def due_words(request: Any) -> str:
    """Return until when a request must be answered; say so where no norm says it."""
    return day(request.due_on) or _("no norm with a value says until when")


def readings_of(person: Person) -> QuerySet[Reading]:
    """Return who read of her, also of rows that were merged into hers, the newest first."""
    found = Reading.objects.filter(person__in=rows_of(person))
    return found.select_related("by").prefetch_related("by__desks__organisation")


def reading_rows(readings: Any) -> Iterator[tuple[str, str, str, str]]:
    """Yield day, office, what and why of readings. Never a clerk's name: see docs/how-to/personal-data.md."""
    for one in readings:
        yield day(one.at), office(one), str(one.get_what_display()), one.why or "-"


def reading_heads() -> tuple[str, str, str, str]:
    """Return the heads of those rows."""
    return _("Day"), _("Who"), _("What"), _("Why")


def office(reading: Reading) -> str:
    """Return the role of who read, and of which region or organisation."""
    if reading.by is None:
        return _("you yourself")
    role = dict(Role.choices).get(Role(reading.role)) if reading.role else _("somebody of the registry")
    seats = [seat for seat in reading.by.desks.all() if seat.role == reading.role]
    return ", ".join(dict.fromkeys([str(role), *(desk_of(seat) for seat in seats)]))


def desk_of(seat: Any) -> str:
    """Return whom a seat works for: an organisation, a region's desk, or the whole country's."""
    if seat.organisation is not None:
        return str(seat.organisation.name)
    region = department(seat.region) if seat.region else None
    return _("registry, %(region)s") % {"region": region.name} if region else _("registry, whole country")


def day(value: date | datetime | None) -> str:
    """Return a day as it is written here; "" for none."""
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return str(date_format(local, "SHORT_DATE_FORMAT"))


def span(first: date | None, last: date | None) -> str:
    """Return from when to when; "-" where neither is known."""
    if first and last:
        return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}
    if first:
        return _("since %(day)s") % {"day": day(first)}
    return _("until %(day)s") % {"day": day(last)} if last else "-"
