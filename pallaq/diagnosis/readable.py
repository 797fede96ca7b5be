"""Which diagnosis a person may read, with its document read from the database once per process."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _

from pallaq.accounts.perms import Person
from pallaq.diagnosis.models import Diagnosis, State
from pallaq.diagnosis.rules.board import Board, make_board
from pallaq.report.rules.document import Document
from pallaq.shared.errors import Refusal
from pallaq.study.models import Release, Study
from pallaq.study.perms import can_read_release


@dataclass(frozen=True)
class Shown:
    """A diagnosis that may be shown: whose release it is, what it says, and its board."""

    diagnosis: Diagnosis
    document: Document
    board: Board

    @property
    def release(self) -> Release:
        """Return the frozen dataset that it was made from."""
        return self.diagnosis.release


@lru_cache(maxsize=8)
def read(release_id: UUID, made_at: datetime | None) -> tuple[Document, Board]:
    """Return the document and the board of a finished diagnosis; `made_at` names the run, so it never changes."""
    document = Diagnosis.objects.get(release_id=release_id).content()
    return document, make_board(document)


def newest(study: Study, user: Person) -> Shown | None:
    """Return the newest finished diagnosis of a study that the user may read; None when there is none."""
    finished = Diagnosis.objects.filter(release__study=study, state=State.DONE)
    newest_first = finished.defer("document").select_related("release__study").order_by("-release__number")
    diagnosis = next((found for found in newest_first if can_read_release(user, found.release)), None)
    return Shown(diagnosis, *read(diagnosis.pk, diagnosis.made_at)) if diagnosis else None


def newest_or_refuse(code: str, user: Person) -> Shown:
    """Return the newest diagnosis of the study with this code, or say that there is nothing to read."""
    study = Study.objects.filter(code=code).first()
    shown = newest(study, user) if study else None
    if shown is None:
        message = _("There is no diagnosis of “%(study)s” that you may read. Look at the list of studies, or log in.")
        raise Refusal(message % {"study": code}, code="no-diagnosis", status=404)
    return shown
