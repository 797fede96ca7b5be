"""A release's diagnosis: asked for, run once, its files put in place whole."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.diagnosis.models import Diagnosis, State
from pallaq.report.rules.document import FORMAT
from pallaq.shared import releases
from pallaq.shared.errors import Refusal
from pallaq.shared.locks import alone
from pallaq.shared.models import record
from pallaq.study.models import Release

Progress = Callable[[str, int], None]  # what is being done, per cent of the whole
LANGUAGES = ("es", "en")
ESTIMATED = 20  # per cent of the whole when estimates are made; the files of each language share the rest
SPAN = (100 - ESTIMATED) // len(LANGUAGES)
PHASES = 3  # figures, charts, report


@transaction.atomic
def request_diagnosis(*, release: Release, by: User | None) -> Diagnosis:
    """Note that a release is to be diagnosed; one that failed may be asked for again."""
    diagnosis, made = Diagnosis.objects.select_for_update().get_or_create(release=release)
    if made or diagnosis.state == State.FAILED:
        diagnosis.state, diagnosis.failure, diagnosis.progress = State.WAITING, "", 0
        diagnosis.save(update_fields=["state", "failure", "progress"])
        record(by=by, action="diagnosis.request", scope=release.study_id, about=f"release {release.number}")
    return diagnosis


@transaction.atomic
def renew_outdated() -> None:
    """Ask again for what another version of Pallaq computed: its document does not hold what the pages show now."""
    outdated = Diagnosis.objects.filter(state=State.DONE).exclude(document__format=FORMAT).defer("document")
    for diagnosis in outdated.select_related("release"):
        diagnosis.state, diagnosis.progress = State.WAITING, 0
        diagnosis.save(update_fields=["state", "progress"])
        about = f"release {diagnosis.release.number}"
        record(by=None, action="diagnosis.request", scope=diagnosis.release.study_id, about=about)


def run_diagnosis(release: Release, progress: Progress = lambda _step, _percent: None) -> Diagnosis:
    """Run what `request_diagnosis` asked for. A second run finds it done; one after a crash starts anew."""
    with alone(f"diagnosis {release.study_id}"):  # one diagnosis of a study at a time
        diagnosis = Diagnosis.objects.get(release=release)
        if diagnosis.state == State.DONE:
            return diagnosis
        with failing(diagnosis):
            note = noting(diagnosis, progress)
            note("reading", 0)
            finish(diagnosis, note)
        return diagnosis


@contextmanager
def failing(diagnosis: Diagnosis) -> Iterator[None]:
    """Say on the page that a diagnosis failed: a refusal in its own words, a fault for the log to explain."""
    failure = _("Something in Pallaq itself failed. The server's log says what; ask your administrator.")
    try:
        yield
    except Refusal as refusal:
        problems = [problem.message for problem in getattr(refusal, "problems", [])]
        failure = "\n".join([refusal.message, *problems])
    finally:
        # Asked of the database: what a transaction undid may still stand in the object.
        not_done = Diagnosis.objects.filter(pk=diagnosis.pk).exclude(state=State.DONE)
        not_done.update(state=State.FAILED, failure=failure)


def noting(diagnosis: Diagnosis, progress: Progress) -> Progress:
    """Return what keeps the row, and whoever listens, in step with the work."""

    def note(step: str, percent: int) -> None:
        if (State.RUNNING, step, percent) != (diagnosis.state, diagnosis.step, diagnosis.progress):
            diagnosis.state, diagnosis.step, diagnosis.progress = State.RUNNING, step, percent
            diagnosis.save(update_fields=["state", "step", "progress"])
        progress(step, percent)

    return note


def finish(diagnosis: Diagnosis, note: Progress) -> None:
    """Estimate, write every file into a draft, and put it in place in the moment the row says done."""
    # The statistics and the drawing take seconds to import; the web server asks for diagnoses and never runs one.
    from pallaq.diagnosis.reading import diagnose_file
    from pallaq.report.files import write_files

    release = diagnosis.release
    refuse_changed(release)
    data = release.folder() / "responses.parquet"
    note("estimating", 5)
    document = diagnose_file(release.folder() / "study", data)
    shelf = Path(settings.DATA) / "diagnoses" / release.study_id
    draft = releases.start_draft(shelf)
    for number, language in enumerate(LANGUAGES):
        start = ESTIMATED + number * SPAN
        (draft / language).mkdir()
        command = f"pallaq diagnose study {data.name} --lang {language} --out {language}"
        write_files(document, draft / language, language, command, by_phases(f"writing_{language}", start, note))
    with transaction.atomic():
        diagnosis.state, diagnosis.step, diagnosis.progress = State.DONE, "", 100
        diagnosis.document, diagnosis.made_at = document.to_dict(), timezone.now()
        diagnosis.save()
        record(by=None, action="diagnosis.done", scope=release.study_id, about=f"release {release.number}")
        releases.put_in_place(draft, shelf / str(release.number))


def by_phases(step: str, start: int, note: Progress) -> Callable[[str, int, int], None]:
    """Return what turns the writing of one language, phase after phase, into per cent of the whole."""
    phases: list[str] = []

    def hear(phase: str, done: int, total: int) -> None:
        if phase not in phases:
            phases.append(phase)
        within = (len(phases) - 1 + done / max(total, 1)) / PHASES
        note(step, start + int(SPAN * min(within, 1)))

    return hear


def refuse_changed(release: Release) -> None:
    """Refuse to compute from files that are not as they were frozen."""
    if changed := releases.changed_files(release.folder(), release.sha256):
        message = _("The files of release %(number)s are not as they were frozen: %(files)s. Restore a backup.")
        words = {"number": release.number, "files": ", ".join(changed)}
        raise Refusal(message % words, code="release-changed")
