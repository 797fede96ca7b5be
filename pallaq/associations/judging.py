"""Rows of official lists held against what is known: which organisation each means, what it changes, or why not."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.associations.models import (
    BroughtList,
    Dossier,
    Holding,
    ListKind,
    MiningRight,
    RecpoState,
)
from pallaq.associations.rules.lists import Fault, Row
from pallaq.places.models import Kind, Organisation
from pallaq.shared.encryption import ring
from pallaq.shared.fields import plain

BATCH = 1000  # rows of one statement
ABOUT_KIND = {
    ListKind.RECPO: Kind.OTHER,
    ListKind.RIGHTS: Kind.MINING,
}  # of an organisation that a list is first to name


@dataclass
class Step:
    """A row, the organisation it means (unsaved if it is new), and what it does: "new", "changed" or "same"."""

    row: Row
    organisation: Organisation
    does: str
    before: Any = None  # the state or holding that is known


@dataclass
class Judged:
    """A list as it would be stored."""

    kind: ListKind
    said_on: date
    rows: list[Row]
    steps: list[Step] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """Return how many rows are new, changed or the same, and how many organisations are new."""
        found = Counter(step.does for step in self.steps)
        found["organisations"] = len({step.organisation.pk for step in self.steps if step.organisation._state.adding})
        return found

    def store(self, brought: BroughtList, by: User) -> Counter[str]:
        """Store the steps, within the caller's transaction."""
        counts = self.counts()
        add_organisations(self.steps)
        keys = {step.organisation.pk for step in self.steps}
        list(Dossier.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        STORES[self.kind](self, brought, by)
        touched = {step.organisation.pk for step in self.steps if step.does != "same"}
        Dossier.objects.filter(pk__in=touched).update(
            edition=F("edition") + 1, changed_at=timezone.now(), changed_by=by
        )
        return counts


def judge(kind: ListKind, rows: list[Row], said_on: date, regions: frozenset[str] | None) -> Judged:
    """Return what a list's rows would do, and why some cannot."""
    found = Judged(kind, said_on, rows)
    known = Known(rows)
    meant = [(row, known.organisation(row, kind)) for row in rows]
    if regions is not None:
        elsewhere = _("This organisation is of another region: its own desk brings it.")
        found.faults += [
            Fault(row.number, "organisation", "other-region", elsewhere)
            for row, organisation in meant
            if organisation.place[:2] not in regions
        ]
    JUDGES[kind](found, meant)
    return found


class Known:
    """The organisations that rows name, by RUC first and by name; new ones are made once."""

    def __init__(self, rows: Iterable[Row]) -> None:
        rucs = {row.ruc for row in rows if row.ruc}
        names = {plain(row.organisation) for row in rows}
        files = Dossier.objects.filter(ruc__in=rucs).select_related("organisation")
        self.by_ruc = {file.ruc: file.organisation for file in files}
        self.by_name = {one.name_key: one for one in Organisation.objects.filter(name_key__in=names, country="PE")}

    def organisation(self, row: Row, kind: ListKind) -> Organisation:
        """Return the organisation that a row means."""
        found = self.by_ruc.get(row.ruc) if row.ruc else None
        found = found or self.by_name.get(plain(row.organisation))
        if found is None:
            found = Organisation(name=row.organisation, kind=ABOUT_KIND[kind], place=row.district)
            self.by_name[plain(row.organisation)] = found
        if row.ruc:
            self.by_ruc.setdefault(row.ruc, found)
        return found


def judge_recpo(found: Judged, meant: list[tuple[Row, Organisation]]) -> None:
    """Hold states in the RECPO against those that are known."""
    last: dict[UUID, RecpoState] = {}
    for state in RecpoState.objects.filter(organisation__in=[one.pk for _row, one in meant]).order_by("starts_on"):
        last[state.organisation_id] = state
    owners = owners_of({row.recpo_number for row, _one in meant if row.recpo_number})
    seen: set[UUID] = set()
    for row, organisation in meant:
        before, starts_on = last.get(organisation.pk), row.starts_on or found.said_on
        same = before is not None and (before.state, before.number) == (row.state, row.recpo_number)
        if organisation.pk in seen:
            message = _("The organisation stands in the list twice. Keep the row that holds.")
            found.faults.append(Fault(row.number, "organisation", "twice", message, row.organisation))
        elif before and before.said_on > found.said_on and not same:
            message = _("A newer source is known for this organisation. Bring the newer list.")
            found.faults.append(Fault(row.number, "organisation", "older", message, row.organisation))
        elif before and not same and before.starts_on and before.starts_on >= starts_on:
            message = _("Another state from that day or a later one is known. Write from when on the new one holds.")
            found.faults.append(Fault(row.number, "from", "older", message, row.organisation))
        elif owners.get(row.recpo_number, organisation.pk) != organisation.pk:
            message = _("Another organisation has this number. Look at both, and correct the list.")
            found.faults.append(Fault(row.number, "number", "number-of-another", message))
        else:
            does = "same" if same else "changed" if before else "new"
            found.steps.append(Step(row, organisation, does, before))
        seen.add(organisation.pk)
        if row.recpo_number:
            owners.setdefault(row.recpo_number, organisation.pk)


def owners_of(numbers: set[str]) -> dict[str, UUID]:
    """Return which organisation has which of the numbers now."""
    indexes = {bytes(index): number for number in numbers for index in ring().indexes(number, "recpo")}
    rows = RecpoState.objects.filter(number_index__in=list(indexes), ends_on__isnull=True)
    return {indexes[bytes(row.number_index)]: row.organisation_id for row in rows}


def judge_rights(found: Judged, meant: list[tuple[Row, Organisation]]) -> None:
    """Hold mining rights against those that are known."""
    known: dict[tuple[str, UUID, str], list[Holding]] = defaultdict(list)
    rows = Holding.objects.filter(organisation__in=[one.pk for _row, one in meant]).select_related("right")
    for holding in rows:
        known[holding.right.code, holding.organisation_id, holding.part].append(holding)
    seen: set[tuple[str, UUID, str]] = set()
    for row, organisation in meant:
        key = (row.code, organisation.pk, row.part)
        shared = [one for one in known[key] if not over(one, row)]
        if key in seen:
            message = _("The organisation stands in the list twice for this right. Keep the row that holds.")
            found.faults.append(Fault(row.number, "code", "twice", message, row.code))
        else:
            found.steps.append(Step(row, organisation, "same" if shared else "new", shared[0] if shared else None))
        seen.add(key)


def over(holding: Holding, row: Row) -> bool:
    """Say whether a holding shares no day with a row."""
    last, first = holding.ends_on or date.max, holding.starts_on or date.min
    return last < (row.starts_on or date.min) or first > (row.ends_on or date.max)


def add_organisations(steps: list[Step]) -> None:
    """Add the organisations that a list is the first to name, and the RUCs that are new."""
    named = {step.organisation.pk: step.organisation for step in steps}
    made = [one for one in named.values() if one._state.adding]
    for one in made:
        one.name_key = plain(one.name)  # as its `save` does
    Organisation.objects.bulk_create(made, batch_size=BATCH)
    Dossier.objects.bulk_create((Dossier(organisation_id=key) for key in named), BATCH, ignore_conflicts=True)
    rucs = {step.row.ruc: step.organisation.pk for step in steps if step.row.ruc}
    known = set(Dossier.objects.filter(ruc__in=rucs).values_list("ruc", flat=True))
    owners = {key: ruc for ruc, key in rucs.items() if ruc not in known}
    files = list(Dossier.objects.filter(pk__in=owners, ruc=""))
    for file in files:
        file.ruc = owners[file.pk]
    Dossier.objects.bulk_update(files, ["ruc"], BATCH)


def store_recpo(judged: Judged, brought: BroughtList, by: User) -> None:
    """Store states: what was open before ends on the day before; the same state is only seen again."""
    said = {"source": brought.source, "said_on": judged.said_on, "brought": brought, "changed_by": by}
    other = [step for step in judged.steps if step.does != "same"]
    ending: dict[date, list[UUID]] = defaultdict(list)
    for step in other:
        if step.before and step.before.ends_on is None:
            ending[(step.row.starts_on or judged.said_on) - timedelta(1)].append(step.before.pk)
    for ends_on, keys in ending.items():
        rows = RecpoState.objects.filter(pk__in=keys)
        rows.update(ends_on=ends_on, changed_at=timezone.now(), changed_by=by)
    seen_again(RecpoState, judged, by)
    RecpoState.objects.bulk_create(
        [
            RecpoState(
                organisation=step.organisation,
                number=step.row.recpo_number,
                number_index=ring().index(step.row.recpo_number, "recpo") if step.row.recpo_number else None,
                state=step.row.state,
                starts_on=step.row.starts_on or judged.said_on,
                **said,
            )
            for step in other
        ],
        batch_size=BATCH,
    )


def store_rights(judged: Judged, brought: BroughtList, by: User) -> None:
    """Store mining rights, and who holds or operates them."""
    said = {"source": brought.source, "said_on": judged.said_on, "brought": brought, "changed_by": by}
    first = {step.row.code: step.row for step in judged.steps}
    MiningRight.objects.bulk_create(
        [
            MiningRight(code=code, name=row.right, district=row.district, source=brought.source, changed_by=by)
            for code, row in first.items()
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    rights = {right.code: right for right in MiningRight.objects.filter(code__in=first)}
    seen_again(Holding, judged, by)
    Holding.objects.bulk_create(
        [
            Holding(
                right=rights[step.row.code],
                organisation=step.organisation,
                part=step.row.part,
                starts_on=step.row.starts_on,
                ends_on=step.row.ends_on,
                **said,
            )
            for step in judged.steps
            if step.does != "same"
        ],
        batch_size=BATCH,
    )


def seen_again(model: type[RecpoState] | type[Holding], judged: Judged, by: User) -> None:
    """Write down that a later list says the same."""
    keys = [step.before.pk for step in judged.steps if step.does == "same"]
    rows = model._default_manager.filter(pk__in=keys, said_on__lt=judged.said_on)
    rows.update(said_on=judged.said_on, changed_at=timezone.now(), changed_by=by)


JUDGES: dict[ListKind, Callable[[Judged, list[tuple[Row, Organisation]]], None]] = {
    ListKind.RECPO: judge_recpo,
    ListKind.RIGHTS: judge_rights,
}
STORES: dict[ListKind, Callable[[Judged, BroughtList, User], None]] = {
    ListKind.RECPO: store_recpo,
    ListKind.RIGHTS: store_rights,
}
