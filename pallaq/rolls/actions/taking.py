"""Rows taken into the registry, many at once and in one transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.places.models import Organisation
from pallaq.registry.actions.people import wait_for_numbers
from pallaq.registry.actions.registrations import term_end
from pallaq.registry.models import Activity, Identifier, Person, Registration, Scheme, State, Transition
from pallaq.registry.rules.states import NEED_A_REASON
from pallaq.rolls.actions.copying import copy_in
from pallaq.rolls.actions.judging import Line, Verdict, as_text, judge, read_lines, setting_of
from pallaq.rolls.models import Outcome, Roll, RollEntry, RollRow
from pallaq.shared.encryption import ring
from pallaq.shared.fields import plain


def take_lines(roll: Roll, lines: Sequence[Line], by: User | None) -> Counter[str]:
    """Take lines of a list in, keep the bad ones, and return how many did what. Call it in a transaction.

    A row that is in already is passed over, so that the same lines twice do nothing.
    """
    numbers = [number for number, _cells in lines]
    there = set(roll.entries.filter(row__in=numbers).values_list("row", flat=True))
    setting = setting_of(roll)
    verdicts = read_lines([line for line in lines if line[0] not in there], setting)
    judge_locked(roll, verdicts)
    bad = [verdict for verdict in verdicts if verdict.wrong]
    keep_bad(roll, numbers, bad)
    return take(roll, [verdict for verdict in verdicts if not verdict.wrong], by) + Counter(bad=len(bad))


def judge_locked(roll: Roll, verdicts: Sequence[Verdict]) -> None:
    """Judge rows while nobody else can register their numbers or change the people they mean."""
    good = [verdict.row for verdict in verdicts if not verdict.wrong]
    wait_for_numbers(sorted({row.document or row.number for row in good}))
    judge(roll, verdicts, setting_of(roll), {}, lock=True)


def keep_bad(roll: Roll, numbers: Sequence[int], bad: Sequence[Verdict]) -> None:
    """Keep the rows that cannot go in, in place of what an earlier look kept of the same lines."""
    RollRow.objects.filter(roll=roll, row__in=numbers, mended_at__isnull=True).delete()
    copy_in(RollRow, (bad_row(roll, verdict) for verdict in bad))


def bad_row(roll: Roll, verdict: Verdict) -> RollRow:
    """Return a row that cannot go in as it is kept."""
    content = {"cells": verdict.cells, "wrong": [one.kept() for one in verdict.wrong]}
    return RollRow(roll=roll, row=verdict.row.row, codes=[one.code for one in verdict.wrong], content=as_text(content))


def take(roll: Roll, verdicts: Sequence[Verdict], by: User | None) -> Counter[str]:
    """Write what good rows say."""
    outcomes = Counter(verdict.outcome().value for verdict in verdicts)
    touch_known([v.person for v in verdicts if v.person and v.steps], by)
    entries = [
        RollEntry(
            roll=roll,
            row=verdict.row.row,
            outcome=verdict.outcome().value,
            person=verdict.person or Person(**told(roll, verdict), changed_by=by),
            registration=verdict.registration,
        )
        for verdict in verdicts
    ]
    new = [(entry, verdict) for entry, verdict in zip(entries, verdicts, strict=True) if verdict.person is None]
    add_people(new, by)
    move_registrations(roll, [pair for pair in zip(entries, verdicts, strict=True) if pair[1].steps], by)
    for entry, verdict in zip(entries, verdicts, strict=True):
        entry.otherwise = as_text(verdict.otherwise) if verdict.otherwise else None
    copy_in(RollEntry, entries)
    return outcomes


def touch_known(people: Sequence[Person], by: User | None) -> None:
    """Count up the editions of files in which a registration changes."""
    keys = [person.pk for person in people]
    if keys:
        Person.objects.filter(pk__in=keys).update(edition=F("edition") + 1, changed_at=timezone.now(), changed_by=by)


def told(roll: Roll, verdict: Verdict) -> dict[str, object]:
    """Return what a list says of a new person."""
    row = verdict.row
    return {
        "given_names": row.given_names,
        "paternal_surname": row.paternal_surname,
        "maternal_surname": row.maternal_surname,
        "sex": row.sex,
        "birth_on": row.birth_on,
        "place": row.place,
        "synthetic": roll.synthetic,
    }


def add_people(new: Sequence[tuple[RollEntry, Verdict]], by: User | None) -> None:
    """Add people whom nobody knew: without consents, for an official list carries none of hers."""
    if not new:
        return
    for entry, _verdict in new:
        entry.person.derive()
    copy_in(Person, (entry.person for entry, _verdict in new))
    keys = ring()
    documents = (
        Identifier(
            person=entry.person,
            kind_id=verdict.row.document_kind,
            number=verdict.row.document,
            number_index=keys.index(verdict.row.document, "identifier"),
            changed_by=by,
        )
        for entry, verdict in new
        if verdict.row.document
    )
    copy_in(Identifier, documents)
    holders = holders_named({verdict.row.holder for _entry, verdict in new if verdict.row.holder})
    copy_in(Activity, activities(new, holders, by))


def holders_named(names: set[str]) -> dict[str, Organisation]:
    """Return the organisations with these names."""
    return {one.name_key: one for one in Organisation.objects.filter(name_key__in=[plain(name) for name in names])}


def activities(
    new: Sequence[tuple[RollEntry, Verdict]], holders: dict[str, Organisation], by: User | None
) -> list[Activity]:
    """Return what new people do, as the list says; a holder whom nobody knows stays beside the row."""
    found = []
    for entry, verdict in new:
        row = verdict.row
        holder = holders.get(plain(row.holder)) if row.holder else None
        if row.holder and not (holder and row.activity):
            verdict.otherwise["holder"] = row.holder
        if row.activity:
            # Permission "": the list says nothing of how the mine lets her select.
            found.append(
                Activity(
                    person=entry.person,
                    kind=row.activity,
                    place=row.place,
                    centre=row.centre,
                    organisation=holder,
                    permission="",
                    changed_by=by,
                )
            )
    return found


def move_registrations(roll: Roll, pairs: Sequence[tuple[RollEntry, Verdict]], by: User | None) -> None:
    """Put people on the scheme or move them there, each step with its day and reason."""
    opened, moved, transitions, terms, keys = [], [], [], Terms(roll.scheme), ring()
    purpose, reason = f"registration.{roll.scheme_id}", reason_of(roll)
    for entry, verdict in pairs:
        row, (_before, state, since) = verdict.row, verdict.steps[-1]
        if verdict.registration is None:
            entry.registration = Registration(
                person=entry.person,
                scheme_id=roll.scheme_id,
                number=row.number,
                number_index=keys.index(row.number, purpose) if row.number else None,
                place=row.place,
                region=row.place[:2],
                state=state,
                since=since,
                valid_to=terms.end(state, since),
            )
            opened.append(entry.registration)
        else:
            verdict.registration.state, verdict.registration.since = state, since
            verdict.registration.valid_to = terms.end(state, since) or verdict.registration.valid_to
            moved.append(verdict.registration)
        for before, after, on in verdict.steps:
            said = reason if after in NEED_A_REASON else ""
            transitions.append(
                Transition(registration=entry.registration, before=before, after=after, on=on, reason=said, by=by)
            )
    copy_in(Registration, opened)
    Registration.objects.bulk_update(moved, ["state", "since", "valid_to"])
    copy_in(Transition, transitions)


class Terms:
    """The last days that a scheme's norm gives, each day's norm looked up once."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.known: dict[tuple[str, date], date | None] = {}

    def end(self, state: str, since: date) -> date | None:
        """Return the last day of a registration that begins on a day; None: not known."""
        if (state, since) not in self.known:
            self.known[state, since] = term_end(self.scheme, State(state), since, None)
        return self.known[state, since]


def reason_of(roll: Roll) -> str:
    """Return the reason of a change that a list makes."""
    day: date = roll.issued_on
    words = {"authority": roll.scheme.authority, "day": day.isoformat()}
    return _("Official list of %(authority)s, %(day)s.") % words


def counted(before: dict[str, int], more: Counter[str]) -> dict[str, int]:
    """Return counts with more added."""
    return {name: before.get(name, 0) + more.get(name, 0) for name in [*Outcome.values, "bad"]}
