"""The demo: the studies that come with Pallaq, diagnosed, a plan, a registry, a login for each role; no production."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils.translation import gettext as _
from rich.progress import Progress

from pallaq.cli.demo_plan import PLAN_LOGINS, load_plan
from pallaq.cli.demo_registry import REGISTRY_LOGINS, load_registry
from pallaq.diagnosis.actions import request_diagnosis, run_diagnosis
from pallaq.diagnosis.models import Diagnosis, State
from pallaq.report.rules.document import Document
from pallaq.shared.tabular import Table, read_table
from pallaq.study.actions import freeze_release, make_demo_users, register_studies
from pallaq.study.models import Release, Study
from pallaq.study.rules.dataset import check_dataset
from pallaq.study.rules.definition import Study as Definition
from pallaq.study.rules.loading import load_study
from pallaq.study.rules.tables import write_rows

FEATURED = "women-and-men-of-gold"

# (e-mail, role, password); production refuses to start while one of them still opens the door.
STUDY_LOGINS: list[tuple[str, str, str]] = [
    ("administradora@pallaq.example", "administrator", "quimbalete-de-piedra"),
    ("investigadora@pallaq.example", "researcher", "balanza-de-cobre"),
    ("coordinadora@pallaq.example", "coordinator", "camino-a-la-rinconada"),
    ("lectora@pallaq.example", "reader", "capacho-de-mineral"),
]
DEMO_LOGINS = [*STUDY_LOGINS, *PLAN_LOGINS, *REGISTRY_LOGINS]


def load(progress: Progress) -> None:
    """Load studies, a plan and a registry and run the diagnoses, once; later starts find them and return at once."""
    studies = register_studies(folder=settings.STUDIES, featured=FEATURED)
    featured = next(study for study in studies if study.featured)
    make_demo_users(STUDY_LOGINS, study=featured)
    for study in studies:
        diagnose_first_release(study, progress)
    load_plan(featured)
    load_registry()


def diagnose_first_release(study: Study, progress: Progress) -> None:
    """Freeze the study's own data as release 1 and diagnose it, unless that is done."""
    done = Diagnosis.objects.filter(release__study=study, release__number=1, state=State.DONE)
    if done.exists():
        return
    bar = progress.add_task(study.name(), total=100)
    release = study.releases.filter(number=1).first() or freeze_demo(study)
    request_diagnosis(release=release, by=None)
    run_diagnosis(release, lambda _step, percent: progress.update(bar, completed=percent))
    progress.update(bar, completed=100)


def freeze_demo(study: Study) -> Release:
    """Freeze the data that lie in the study's folder, or else respondents reconstructed from what it printed."""
    definition = load_study(study.source_folder())
    files = sorted((study.source_folder() / "data").glob("*.csv"))
    table = read_table(files[0]) if files else reconstructed(definition)
    return freeze_release(
        study=study,
        dataset=check_dataset(definition, table),
        file_name=files[0].name if files else "responses.csv",
        by=None,
        public=definition.public,
        note="" if files else _("Reconstructed from the printed percentages."),
    )


def reconstructed(definition: Definition) -> Table:
    """Return respondents made from the study's printed percentages, by way of the file that anybody can make."""
    from pallaq.study.rules.reconstruction import reconstruct  # slow to import, and needed at the first start alone

    columns = reconstruct(definition)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "responses.csv"
        write_rows(path, columns, zip(*columns.values(), strict=True))
        return read_table(path)


def newest_document() -> Document | None:
    """Return the featured study's newest diagnosis, to be shown in the terminal."""
    done = Diagnosis.objects.filter(release__study__featured=True, release__withdrawn_at=None, state=State.DONE)
    newest = done.order_by("-release__number").first()
    return newest.content() if newest else None
