"""What people do with studies: register them, freeze, publish and withdraw releases, give roles."""

import json
import shutil
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.shared import releases
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.study.models import Membership, Release, Role, Study
from pallaq.study.rules.loading import load_study

STUDY_FILES = ("study.yaml", "codebook.yaml", "sample.csv", "context.csv", "print.csv", "assumed.csv")


class CheckedDataset(Protocol):
    """What freezing needs of a dataset in which nothing was found wrong."""

    @property
    def table(self) -> pa.Table:
        """Its rows."""

    @property
    def synthetic(self) -> bool:
        """Whether a computer made them."""


@transaction.atomic
def register_studies(*, folder: Path, featured: str = "", by: User | None = None) -> list[Study]:
    """Make or update the row of every study in the folder; the featured one, or else the first, is on the home page.

    Files that do not load are refused with everything that is wrong in them, and no row changes.
    """
    definitions = [load_study(path.parent) for path in sorted(folder.glob("*/study.yaml"))]
    codes = [definition.code for definition in definitions]
    shown = featured if featured in codes else next(iter(codes), "")
    studies = []
    for definition in definitions:
        values = {
            "title": dict(definition.title),
            "public": definition.public,
            "featured": definition.code == shown,
        }
        study, made = Study.objects.update_or_create(code=definition.code, defaults=values)
        studies.append(study)
        if made:
            record(by=by, action="study.register", about=study.code, scope=study.code, public=study.public)
    return studies


@transaction.atomic
def freeze_release(
    *, study: Study, dataset: CheckedDataset, file_name: str, by: User | None, public: bool = False, note: str = ""
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
    pa_csv.write_csv(plain, folder / "responses.csv")


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


@transaction.atomic
def give_role(*, user: User, study: Study, role: Role, region: str = "", by: User | None) -> Membership:
    """Give her a role in a study; in the same study and region it replaces the one she had."""
    if region and role != Role.COORDINATOR:
        message = _("Only a field coordinator is bound to a region. Leave the region empty for this role.")
        raise Refusal(message, code="role-with-region")
    membership, _made = Membership.objects.update_or_create(
        user=user, study=study, region=region, defaults={"role": role}
    )
    record(by=by, action="role.give", scope=study.code, about=f"user {user.pk}", role=role, region=region)
    return membership


@transaction.atomic
def take_role(*, membership: Membership, by: User) -> None:
    """Take a role from her."""
    facts = {"role": membership.role, "region": membership.region}
    record(by=by, action="role.take", scope=membership.study_id, about=f"user {membership.user_id}", **facts)
    membership.delete()
