"""Releases of the registry: asked for, frozen by the worker, published."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.figures.models import RegistryRelease, State
from pallaq.figures.rules.tables import WAYS, age_band, month_code
from pallaq.figures.statistics import count_cells
from pallaq.registry.models import Consent, PersonState, Purpose, Registration
from pallaq.shared import releases
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

ROWS = "registrations.parquet"
BATCH = 50_000  # rows in memory at a time
# Two figures of a short while apart tell who came between. Ours to decide: no norm says how often a registry reports.
APART = timedelta(days=28)


@transaction.atomic
def ask_for_release(*, as_of: date, by: User | None) -> RegistryRelease:
    """Ask for a release of the registry as it is now, dated; the worker freezes it."""
    if as_of > timezone.localdate():
        raise Refusal(_("The day is in the future. Choose today or an earlier day."), code="release-in-future")
    last = RegistryRelease.objects.select_for_update().first()
    if last and last.state == State.WAITING:
        message = _("Release %(number)d is still being frozen. Wait for it.")
        raise Refusal(message % {"number": last.number}, code="release-waiting", status=409)
    release = RegistryRelease.objects.create(number=last.number + 1 if last else 1, as_of=as_of, asked_by=by)
    record(by=by, action="figures.ask", scope="registry", about=f"registry release {release.number}")
    return release


def freeze(release: RegistryRelease) -> None:
    """Write, seal and count a release; harmless when it was done already."""
    with transaction.atomic():
        release = RegistryRelease.objects.select_for_update().get(pk=release.pk)
        if release.state != State.WAITING:
            return
        draft = releases.start_draft(RegistryRelease.shelf())
        release.rows, release.synthetic = write_rows(draft / ROWS, release.as_of)
        release.left_out = registrations(release.as_of).filter(unwilling()).count()
        release.sha256 = releases.seal(draft)
        counted = count_cells(draft / ROWS) if release.rows else {}
        release.figures = [[list(cell), count] for cell, count in counted.items()]
        release.state = State.FROZEN
        release.save()
        record(by=None, action="figures.freeze", scope="registry", about=str(release), sha256=release.sha256)
        facts = {"number": release.number, "as_of": release.as_of.isoformat(), "rows": release.rows}
        (draft / "release.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        releases.put_in_place(draft, release.folder())


@transaction.atomic
def publish(*, release: RegistryRelease, by: User) -> None:
    """Open a release's figures to everybody."""
    release = RegistryRelease.objects.select_for_update().get(pk=release.pk)
    if release.state != State.FROZEN:
        message = _("Only a frozen release can be published, once. Look at the list of releases.")
        raise Refusal(message, code="release-state", status=409)
    last = RegistryRelease.objects.published().order_by("-as_of").first()
    if last and release.as_of - last.as_of < APART:
        message = _(
            "The last published release tells of %(day)s. Publish one at least %(days)d days later: figures of a short "
            "while apart tell who came between."
        )
        raise Refusal(
            message % {"day": last.as_of.isoformat(), "days": APART.days}, code="release-too-soon", status=409
        )
    release.state, release.published_at = State.PUBLISHED, timezone.now()
    release.save()
    record(by=by, action="figures.publish", scope="registry", about=str(release), sha256=release.sha256)


def registrations(as_of: date) -> QuerySet[Registration]:
    """Return what a release of a day tells of: registrations of people who are on the registry, as they stand."""
    return Registration.objects.filter(since__lte=as_of).exclude(person__state=PersonState.MERGED)


def unwilling() -> Q:
    """Return what picks registrations of people who were asked to be counted, and did not agree or changed their mind.

    Whoever came by an official list was never asked: her registration is the authority's own figure.
    """
    consents = Consent.objects.filter(person=OuterRef("person"))
    agreed = consents.filter(purpose=Purpose.STATISTICS, withdrawn_at__isnull=True)
    return Q(Exists(consents)) & ~Q(Exists(agreed))


def write_rows(path: Path, as_of: date) -> tuple[int, bool]:
    """Write one row a registration, without name, number or key; return how many, and whether one is synthetic."""
    schema = pa.schema([(way, pa.dictionary(pa.int32(), pa.string())) for way in WAYS])
    rows, synthetic = 0, False
    with pq.ParquetWriter(path, schema, compression="zstd", store_schema=False) as writer:
        source = read_rows(as_of)
        while batch := list(islice(source, BATCH)):
            synthetic = synthetic or any(row[-1] for row in batch)
            columns = list(zip(*batch, strict=True))[: len(WAYS)]
            writer.write_table(pa.table([pa.array(column).dictionary_encode() for column in columns], schema=schema))
            rows += len(batch)
    return rows, synthetic


def read_rows(as_of: date) -> Iterator[tuple[str, str, str, str, str, str, bool]]:
    """Yield the codes of each registration, in an order that tells nothing, and whether it is synthetic."""
    told = registrations(as_of).exclude(unwilling())
    columns = ("scheme", "state", "region", "person__sex", "person__birth_on", "since", "person__synthetic")
    found = told.order_by(*columns[:-1]).values_list(*columns)
    for scheme, state, region, sex, birth_on, since, synthetic in found.iterator(chunk_size=BATCH):
        yield scheme, state, region, sex, age_band(birth_on, as_of), month_code(since, as_of), synthetic
