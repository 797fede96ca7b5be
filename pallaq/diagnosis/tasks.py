"""Diagnoses on the worker."""

from uuid import UUID

from django.db import transaction
from django_tasks import task

from pallaq.accounts.models import User
from pallaq.diagnosis.actions import request_diagnosis, run_diagnosis
from pallaq.diagnosis.models import Diagnosis, State
from pallaq.study.models import Release


@task()
def diagnose_release(release_id: str) -> None:
    """Diagnose one release; harmless when it was done already."""
    run_diagnosis(Release.objects.select_related("study").get(pk=UUID(release_id)))


@transaction.atomic
def start_diagnosis(*, release: Release, by: User | None) -> None:
    """Ask for a release's diagnosis and hand it to the worker."""
    request_diagnosis(release=release, by=by)
    diagnose_release.enqueue(str(release.pk))


def resume() -> None:
    """Hand to the worker what a crash left unfinished; called at start, before the worker runs."""
    for diagnosis in Diagnosis.objects.filter(state__in=[State.WAITING, State.RUNNING]):
        diagnose_release.enqueue(str(diagnosis.release_id))
