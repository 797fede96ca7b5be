"""Releases: frozen, published, withdrawn."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.shared import releases
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.shared.tabular import Cell, write_csv
from pallaq.study.models import Release, Study
from pallaq.study.rules.dataset import Dataset

STUDY_FILES = (
    "study.yaml",
    "codebook.yaml",
    "sample.csv",
    "context.csv",
    "print.csv",
    "assumed.csv",
    "contradictions.yaml",
)


@transaction.atomic
def freeze_release(
    *, study: Study, dataset: Dataset, file_name: str, by: User | None, public: bool = False, note: str = ""
) -> Release:
    """Freeze a checked dataset with the study's files as they are today.

    The lock on the study makes two people's releases follow each other; the folder gets its name just before the row
    is committed, and a folder whose row never came is overwritten by the next freeze.
    """
    study = Study.objects.select_for_update().get(pk=study.pk)
    draft = releases.start_draft(study.releases_folder())
    write_dataset(draft, dataset.table)
    copy_study_files(study.source_folder(), draft / "study")
    sha256 = releases.seal(draft)
    refuse_known(study, sha256)
    last = study.releases.order_by("-number").first()
    release = Release(
        study=study,
        number=last.number + 1 if last else 1,
        sha256=sha256,
        file_name=file_name,
        rows=dataset.table.num_rows,
        synthetic=dataset.synthetic,
        public=public,
        note=note,
        frozen_at=timezone.now(),
        frozen_by=by,
    )
    release.save(force_insert=True)
    record(by=by, action="release.freeze", scope=study.code, about=f"release {release.number}", sha256=sha256)
    write_release_file(draft, release)
    releases.put_in_place(draft, release.folder())
    return release


def write_dataset(folder: Path, table: pa.Table) -> None:
    """Write the rows as Parquet and CSV; the same rows give the same bytes."""
    plain = table.replace_schema_metadata(None).combine_chunks()
    pq.write_table(plain, folder / "responses.parquet", compression="zstd", store_schema=False)
    write_csv(folder / "responses.csv", plain.column_names, rows_of(plain))


def rows_of(table: pa.Table) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows, a batch at a time."""
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def copy_study_files(source: Path, target: Path) -> None:
    """Copy the files that say what the study is; never anything else that may lie beside them."""
    target.mkdir()
    for name in STUDY_FILES:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)


def refuse_known(study: Study, sha256: str) -> None:
    """Refuse to freeze the same rows and study files twice."""
    if known := study.releases.filter(sha256=sha256).first():
        message = _("This dataset is release %(number)s already: not one byte differs. Nothing was frozen.")
        raise Refusal(message % {"number": known.number}, code="release-known", status=409)


def write_release_file(folder: Path, release: Release) -> None:
    """Write beside the frozen files what the release is, for whoever finds the folder without the database."""
    facts = {
        "study": release.study_id,
        "number": release.number,
        "sha256": release.sha256,
        "file_name": release.file_name,
        "rows": release.rows,
        "synthetic": release.synthetic,
        "frozen_at": release.frozen_at.isoformat(),
    }
    (folder / "release.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@transaction.atomic
def publish_release(*, release: Release, public: bool, by: User) -> None:
    """Let everybody read a release, or only the study's members again."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    refuse_withdrawn(release)
    release.public = public
    release.save(update_fields=["public"])
    action = "release.publish" if public else "release.unpublish"
    record(by=by, action=action, scope=release.study_id, about=f"release {release.number}")


@transaction.atomic
def withdraw_release(*, release: Release, reason: str, by: User) -> None:
    """Take a release off the board and the downloads for good; its page says why."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    refuse_withdrawn(release)
    if not reason.strip():
        message = _("Write the reason: whoever used this release will read it on its page.")
        raise Refusal(message, code="withdraw-without-reason")
    release.withdrawn_at, release.withdrawn_by, release.withdrawn_reason = timezone.now(), by, reason.strip()
    release.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    about = f"release {release.number}"
    record(by=by, action="release.withdraw", scope=release.study_id, about=about, reason=reason.strip())


def refuse_withdrawn(release: Release) -> None:
    """Refuse to touch what was withdrawn."""
    if release.withdrawn_at:
        message = _("Release %(number)s was withdrawn, and that is not undone. Freeze a new release instead.")
        raise Refusal(message % {"number": release.number}, code="release-withdrawn", status=409)
