"""Datasets that people bring: checked whole before anything is kept, then kept for a day to be frozen."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.shared.errors import Problems, Refusal
from pallaq.shared.models import record
from pallaq.shared.tabular import Findings, Limits, Table, read_table, saying
from pallaq.study.actions.releases import freeze_release
from pallaq.study.models import Release, Study, Upload
from pallaq.study.rules.dataset import Dataset, check_dataset
from pallaq.study.rules.definition import Study as Definition
from pallaq.study.rules.loading import load_study


def check_file(*, study: Study, file: "UploadedFile[Any]", regions: frozenset[str] | None) -> Dataset:
    """Return the dataset a file holds; Problems with all that is wrong in it, rows of other regions included.

    The file lies in a temporary place while it is read, and is gone afterwards whatever was found.
    """
    definition, name = load_study(study.source_folder()), Path(file.name or "").name
    with NamedTemporaryFile(prefix="pallaq-") as copy:
        for piece in file.chunks():
            copy.write(piece)
        copy.flush()
        table = read_table(Path(copy.name), name=name, limits=Limits(file_bytes=settings.UPLOAD_LIMIT))
    findings = Findings(name)
    try:
        dataset = check_dataset(definition, table)
    except Problems as refusal:
        findings.problems += refusal.problems
    note_other_regions(definition, table, regions, findings)
    findings.stop()
    return dataset


def note_other_regions(study: Definition, table: Table, regions: frozenset[str] | None, findings: Findings) -> None:
    """Note the rows of regions that are not hers to bring."""
    column = study.region.code
    if regions is None or column not in table.columns:
        return
    hers = pc.is_in(table.data[column], pa.array(sorted(regions), pa.string()))
    text = _("Row %(row)d, %(column)s: %(value)s is not your region (%(regions)s); remove the row.")
    say = saying(text, column, regions=", ".join(sorted(regions)))
    findings.add_rows("other-region", column, table.found(column, pc.invert(hers)), say)


@transaction.atomic
def keep_upload(*, study: Study, dataset: Dataset, file_name: str, by: User) -> Upload:
    """Keep a checked dataset for a day, in a file that only the server's user can read."""
    clear_expired()
    upload = Upload.objects.create(
        study=study,
        file_name=Path(file_name).name,
        rows=dataset.rows,
        synthetic=dataset.synthetic,
        warnings=list(dataset.warnings),
        made_by=by,
    )
    record(by=by, action="upload.keep", scope=study.code, about=f"upload {upload.pk}", rows=dataset.rows)
    write_privately(upload.path(), dataset.table)
    return upload


def write_privately(path: Path, table: pa.Table) -> None:
    """Write the rows where nobody else on the machine can read them."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        pq.write_table(table, file, compression="zstd")


def clear_expired() -> None:
    """Remove what waited longer than a day."""
    for upload in Upload.objects.expired():
        upload.path().unlink(missing_ok=True)
        upload.delete()


@transaction.atomic
def discard_upload(*, upload: Upload, by: User) -> None:
    """Remove an upload that shall not be frozen."""
    refuse_gone(upload)
    record(by=by, action="upload.discard", scope=upload.study_id, about=f"upload {upload.pk}")
    path = upload.path()
    upload.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def gone() -> Refusal:
    """Return the refusal of an upload that no longer waits."""
    message = _("This upload is no longer here: it was frozen, thrown away, or waited over a day. Bring it again.")
    return Refusal(message, code="no-upload", status=404)


def refuse_gone(upload: Upload) -> None:
    """Hold the upload's row: of two people who freeze it or throw it away at once, the second finds it gone."""
    if not Upload.objects.select_for_update().filter(pk=upload.pk).exists():
        raise gone()


def dataset_of(upload: Upload) -> Dataset:
    """Return the dataset as it was checked."""
    return Dataset(upload.study_id, pq.read_table(upload.path()), upload.synthetic, tuple(upload.warnings))


@transaction.atomic
def freeze_upload(*, upload: Upload, by: User, public: bool, note: str) -> Release:
    """Freeze an upload as the study's next release; the upload is used up."""
    refuse_gone(upload)
    release = freeze_release(
        study=upload.study, dataset=dataset_of(upload), file_name=upload.file_name, by=by, public=public, note=note
    )
    path = upload.path()
    upload.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return release
