"""Rows held against the registry: who is known, what changes, and what the scheme forbids."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from pallaq.registry.actions.people import OLDEST
from pallaq.registry.models import Identifier, IdentifierKind, Person, PersonState, Registration
from pallaq.registry.rules.identifiers import cleaned
from pallaq.rolls.models import Outcome, Roll, RollEntry
from pallaq.rolls.rules.changes import Held, Step, steps
from pallaq.rolls.rules.rows import Row, Setting, Wrong, is_ragged, named_cells, read_row
from pallaq.shared.encryption import ring
from pallaq.shared.fields import plain

Line = tuple[int, list[str | None]]  # a row's number, and its cells
Key = tuple[str, str]  # a document's kind and number; "" and the number of registration
Seen = dict[int, int]  # hash of a key -> the row that has it

OPEN = frozenset({"applied", "registered", "suspended"})
COMPARED = ("given_names", "paternal_surname", "maternal_surname")


@dataclass
class Verdict:
    """A row, what is wrong with it, and what it would do."""

    row: Row
    cells: dict[str, str]
    wrong: list[Wrong]
    person: Person | None = None
    registration: Registration | None = None
    steps: list[Step] = field(default_factory=list)
    otherwise: dict[str, str] = field(default_factory=dict)

    def outcome(self) -> Outcome:
        """Return what the row does."""
        if self.person is None:
            return Outcome.CREATED
        if not self.steps:
            return Outcome.SAME
        return Outcome.CHANGED if self.registration else Outcome.JOINED


@dataclass
class Known:
    """What the registry knows of some rows: who has each key, how they stand on the scheme, which row had them."""

    documents: dict[Key, set[UUID]]
    numbers: dict[str, set[UUID]]
    people: dict[UUID, Person]
    registrations: dict[UUID, Registration]
    kinds: dict[UUID, set[str]]  # kinds of documents that each of them has
    entries: dict[UUID, int]


def setting_of(roll: Roll) -> Setting:
    """Return what every row of a list is held against, as things stand now."""
    kinds = {kind.code: (kind.pattern, kind.check_rule) for kind in IdentifierKind.objects.all()}
    return Setting(
        fields=roll.fields,
        width=len(roll.columns),
        codes=roll.codes,
        document_kind=roll.document_kind_id,
        kinds=kinds,
        states=roll.states,
        regions=None if roll.regions is None else frozenset(roll.regions),
        places=tuple(roll.scheme.places),
        issued_on=roll.issued_on,
        today=timezone.localdate(),
        oldest=OLDEST,
    )


def read_lines(lines: Iterable[Line], setting: Setting) -> list[Verdict]:
    """Return what each line says, held against nothing yet."""
    verdicts = []
    for number, line in lines:
        cells = named_cells(line, setting)
        row, wrong = read_row(number, cells, setting)
        verdicts.append(Verdict(row, cells, [Wrong("ragged")] if is_ragged(line, setting) else wrong))
    return verdicts


def judge(roll: Roll, verdicts: Sequence[Verdict], setting: Setting, seen: Seen, *, lock: bool) -> None:
    """Hold the good rows against the registry. `seen` says which rows came before; `lock` keeps people as they are."""
    known = know(roll, [verdict.row for verdict in verdicts if not verdict.wrong], lock=lock)
    for verdict in verdicts:
        if verdict.wrong:
            continue
        keys = [hash(key) for key in keys_of(verdict.row)]
        if before := next((seen[key] for key in keys if key in seen), 0):
            verdict.wrong = [Wrong("twice-in-list", *place_of_key(verdict.row), more={"row": before})]
            continue
        decide(roll, verdict, setting, known)
        if not verdict.wrong:
            seen.update(dict.fromkeys(keys, verdict.row.row))


def keys_of(row: Row) -> list[Key]:
    """Return what tells a row's person from others."""
    document = [(row.document_kind, row.document)] if row.document else []
    return [*document, *([("", row.number)] if row.number else [])]


def place_of_key(row: Row) -> tuple[str]:
    """Return the field that tells who she is."""
    return ("document" if row.document else "number",)


def know(roll: Roll, rows: Sequence[Row], *, lock: bool) -> Known:
    """Look up everybody whom some rows may mean, in five queries."""
    keys, purpose = ring(), f"registration.{roll.scheme_id}"
    of_document = {
        index: row.document for row in rows if row.document for index in keys.indexes(row.document, "identifier")
    }
    of_number = {index: row.number for row in rows if row.number for index in keys.indexes(row.number, purpose)}
    found = Identifier.objects.filter(number_index__in=list(of_document)).exclude(person__state=PersonState.ERASED)
    listed = Registration.objects.filter(scheme=roll.scheme_id, number_index__in=list(of_number))
    documents = list(found.order_by().values_list("kind_id", "number_index", "person_id"))
    numbers = list(listed.exclude(person__state=PersonState.ERASED).order_by().values_list("number_index", "person_id"))
    standing = stand({row[-1] for row in documents} | {row[-1] for row in numbers}, lock=lock)
    known = Known(defaultdict(set), defaultdict(set), {person.pk: person for person in standing.values()}, {}, {}, {})
    for kind, index, person in documents:
        known.documents[kind, of_document[bytes(index)]].add(standing[person].pk)
    for index, person in numbers:
        known.numbers[of_number[bytes(index)]].add(standing[person].pk)
    add_standing(roll, known, standing)
    return known


def stand(keys: set[UUID], *, lock: bool) -> dict[UUID, Person]:
    """Return as whom each of some people stands today; locked in the order of their keys, as everybody locks."""
    found: dict[UUID, Person] = {}
    asked = keys
    while asked:
        people = Person.objects.filter(pk__in=asked).defer("address", "phone").order_by("pk")
        found |= {person.pk: person for person in (people.select_for_update(of=("self",)) if lock else people)}
        asked = {person.merged_into_id for person in found.values() if person.merged_into_id} - found.keys()

    def last(person: Person) -> Person:
        return last(found[person.merged_into_id]) if person.merged_into_id else person

    return {key: last(found[key]) for key in keys if key in found}


def add_standing(roll: Roll, known: Known, standing: dict[UUID, Person]) -> None:
    """Add how people stand on the scheme, which documents they have, and which row of this list was theirs."""
    rows = {*standing, *known.people}
    whose = {**{key: person.pk for key, person in standing.items()}, **{key: key for key in known.people}}
    held = Registration.objects.filter(scheme=roll.scheme_id, person__in=rows).order_by("since", "made_at")
    for registration in held:
        key = whose[registration.person_id]
        before = known.registrations.get(key)
        if before is None or before.state not in OPEN or registration.state in OPEN:
            known.registrations[key] = registration
    for person, kind in Identifier.objects.filter(person__in=rows).order_by().values_list("person_id", "kind_id"):
        known.kinds.setdefault(whose[person], set()).add(kind)
    entries = RollEntry.objects.filter(roll=roll, person__in=rows).order_by()
    known.entries |= {whose[person]: row for person, row in entries.values_list("person_id", "row")}


def decide(roll: Roll, verdict: Verdict, setting: Setting, known: Known) -> None:
    """Say whom a row means and what it changes, or why it cannot go in."""
    row = verdict.row
    people = known.documents.get((row.document_kind, row.document), set()) if row.document else set()
    listed = known.numbers.get(row.number, set()) if row.number else set()
    if len(people) > 1:
        verdict.wrong = [Wrong("document-of-several", "document")]
        return
    theirs = people or listed
    other_document = (
        not people and bool(row.document) and any(row.document_kind in known.kinds.get(key, ()) for key in listed)
    )
    if len(theirs) > 1 or (listed and listed != theirs) or other_document:
        verdict.wrong = [Wrong("number-of-another", "number")]
        return
    person = known.people[next(iter(theirs))] if theirs else None
    if person and (before := known.entries.get(person.pk)):
        verdict.wrong = [Wrong("twice-in-list", *place_of_key(row), more={"row": before})]
    elif person and person.synthetic != roll.synthetic:
        verdict.wrong = [Wrong("practice-meets-real", *place_of_key(row))]
    elif person and setting.regions is not None and person.region not in setting.regions:
        verdict.wrong = [Wrong("person-of-other-region", *place_of_key(row))]
    else:
        verdict.person = person
        verdict.registration = known.registrations.get(person.pk) if person else None
        find_steps(roll, verdict)
        verdict.otherwise = otherwise(verdict)


def find_steps(roll: Roll, verdict: Verdict) -> None:
    """Set the changes of state, or what forbids them."""
    row, now = verdict.row, verdict.registration
    held = Held(now.state, now.since) if now else Held()
    found = steps(held, row.state, since=row.since, issued_on=roll.issued_on, transitions=roll.scheme.transitions)
    if isinstance(found, str):
        since = held.since.isoformat() if held.since else ""
        more = {"before": held.state, "after": row.state, "since": since}
        verdict.wrong = [Wrong(found, "state", verdict.cells.get("state", "")[:40], more)]
    else:
        verdict.steps = found


def otherwise(verdict: Verdict) -> dict[str, str]:
    """Return what a list says otherwise than her file, or beyond what a file holds."""
    row, person, held = verdict.row, verdict.person, verdict.registration
    beyond = {"activity": row.other_activity, "centre": "" if row.activity else row.centre}
    if person is None:
        return {name: value for name, value in beyond.items() if value}
    said = {name: getattr(row, name) for name in COMPARED if plain(getattr(row, name)) != plain(getattr(person, name))}
    if row.sex not in ("unstated", person.sex):
        said["sex"] = row.sex
    if row.birth_on and row.birth_on != person.birth_on:
        said["birth_on"] = row.birth_on.isoformat()
    if row.place != person.place:
        said["place"] = row.place
    if row.number and held and row.number != cleaned(held.number):
        said["number"] = row.number
    return {name: value for name, value in said.items() if value}


def as_text(said: Any) -> str:
    """Return what is kept encrypted beside a row."""
    return json.dumps(said, ensure_ascii=False)
