"""People taken out of the registry: who is taken, that it is logged, and the rows one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.registry.actions.reading import read
from pallaq.registry.models import IdentifierKind, Person, Registration, Role, Scheme, What
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.shared.tabular import Cell

CHUNK = 2000  # people that are in memory at once
PLAIN = ("number", "given_names", "paternal_surname", "maternal_surname", "sex", "birth_on", "languages", "place")
COLUMNS = (*PLAIN, "registrations")
SECRET = ("identifiers", "phone", "address")  # taken out only where somebody asked for them


@dataclass(frozen=True)
class Wanted:
    """Whom to take out, and which columns of them."""

    region: str = ""
    scheme: Scheme | None = None
    state: str = ""
    columns: tuple[str, ...] = COLUMNS


@dataclass(frozen=True)
class Export:
    """People who were taken out by somebody at a moment, as the log of readings has them."""

    by: User
    at: datetime
    wanted: Wanted
    count: int


def wanted_people(wanted: Wanted, regions: frozenset[str] | None) -> QuerySet[Person]:
    """Return the people who are wanted, of those whom she may export."""
    people = Person.objects.current().in_regions(regions)
    if wanted.region:
        people = people.filter(region=wanted.region)
    if wanted.scheme or wanted.state:
        on = Registration.objects.filter(person=OuterRef("pk"))
        on = on.filter(scheme=wanted.scheme) if wanted.scheme else on
        on = on.filter(state=wanted.state) if wanted.state else on
        people = people.filter(Exists(on))
    return people


@transaction.atomic
def export_people(*, wanted: Wanted, regions: frozenset[str] | None, why: str, most: int | None, by: User) -> Export:
    """Log an export before a row of it leaves: a reading of every person in it, and one event with its counts."""
    if len(why.strip()) < 10:
        message = _("Say in a sentence what the export is for: she reads it in her log.")
        raise Refusal(message, code="reason-missing")
    if regions is not None and wanted.region and wanted.region not in regions:
        raise Refusal(_("You may not export people of this region. Choose another."), code="not-allowed", status=403)
    at = timezone.now()
    count = log_all(wanted_people(wanted, regions), at, why.strip()[:200], by)
    if not count:
        raise Refusal(_("Nobody is like this: nothing was exported. Choose others."), code="export-empty")
    if most is not None and count > most:
        message = _("A workbook holds at most %(most)d people here, and these are %(count)d. Choose CSV.")
        raise Refusal(message % {"most": most, "count": count}, code="export-too-large")
    facts = {"region": wanted.region, "scheme": wanted.scheme.pk if wanted.scheme else "", "state": wanted.state}
    columns = list(wanted.columns)
    record(by=by, action="export.people", scope="registry", about="people", people=count, columns=columns, **facts)
    return Export(by, at, wanted, count)


def log_all(people: QuerySet[Person], at: datetime, why: str, by: User) -> int:
    """Write a reading for each of the people in one statement, however many they are; return how many."""
    try:
        sql, parameters = people.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # Django knows without asking that nobody can be like this
        return 0
    insert = "INSERT INTO registry_reading (person_id, at, by_id, role, what, why) SELECT person, %s, %s, %s, %s, %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{insert} FROM ({sql}) AS chosen (person)", [at, by.pk, Role.OFFICER, What.EXPORT, why, *parameters]
        )
        return int(cursor.rowcount)


def header(wanted: Wanted) -> list[str]:
    """Return the names of the columns; documents have one for each of their kinds."""
    kinds = IdentifierKind.objects.values_list("code", flat=True)
    found: list[str] = []
    for column in wanted.columns:
        found += list(kinds) if column == "identifiers" else [column]
    return found


def rows(export: Export) -> Iterator[list[Cell]]:
    """Yield a row for each person that the log says was exported, read from the database piece by piece."""
    columns = export.wanted.columns
    logged = Person.objects.filter(readings__at=export.at, readings__by=export.by, readings__what=What.EXPORT)
    # Nothing is read, still less decrypted, that nobody asked for.
    logged = logged.only("name_key", *(name for name in columns if name not in ("registrations", "identifiers")))
    if "registrations" in columns:
        logged = logged.annotate(schemes_told=ArraySubquery(standings()))
    if "identifiers" in columns:
        logged = logged.prefetch_related("identifiers")
    kinds = list(IdentifierKind.objects.values_list("code", flat=True))
    for person in logged.order_by("name_key", "pk").iterator(chunk_size=CHUNK):
        row: list[Cell] = []
        for column in columns:
            row += numbers_of(person, kinds) if column == "identifiers" else [cell(person, column)]
        yield row


def standings() -> QuerySet[Registration, str]:
    """Return a person's registrations in words: "selectors-puno registered 2024-03-01"."""
    words = Concat("scheme_id", Value(" "), "state", Value(" "), Cast("since", CharField()), output_field=CharField())
    return Registration.objects.filter(person=OuterRef("pk")).annotate(words=words).values_list("words", flat=True)


def numbers_of(person: Person, kinds: list[str]) -> list[Cell]:
    """Return her numbers by kind."""
    found: dict[str, list[str]] = {}
    for one in person.identifiers.all():
        found.setdefault(one.kind_id, []).append(one.number)
    return ["; ".join(found.get(kind, [])) or None for kind in kinds]


def cell(person: Person, column: str) -> Cell:
    """Return a cell of her row."""
    if column == "languages":
        return " ".join(person.languages)
    if column == "registrations":
        return "; ".join(person.schemes_told)  # type: ignore[attr-defined] # annotated by `rows`
    value: Cell = getattr(person, column)
    return value


@transaction.atomic
def export_log(*, person: Person, why: str, by: User) -> None:
    """Log that who read of a person is taken out."""
    read(person, by=by, what=What.EXPORT, why=why.strip()[:200])
    record(by=by, action="export.log", scope="registry", about=f"person {person.number}")
