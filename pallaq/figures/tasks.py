"""Releases of the registry on the worker."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django_tasks import task

from pallaq.accounts.models import User
from pallaq.figures.actions.freezing import ask_for_release, freeze
from pallaq.figures.models import RegistryRelease, State


@task()
def freeze_release(release_id: str) -> None:
    """Freeze one release; what goes wrong marks it failed, and is a fault of ours."""
    release = RegistryRelease.objects.get(pk=UUID(release_id))
    try:
        freeze(release)
    except Exception:
        RegistryRelease.objects.filter(pk=release.pk, state=State.WAITING).update(state=State.FAILED)
        raise


@transaction.atomic
def start_release(*, as_of: date, by: User | None) -> RegistryRelease:
    """Ask for a release and hand it to the worker."""
    release = ask_for_release(as_of=as_of, by=by)
    freeze_release.enqueue(str(release.pk))
    return release


def resume() -> None:
    """Hand to the worker what a crash left unfinished; called at start, before the worker runs."""
    for release in RegistryRelease.objects.filter(state=State.WAITING):
        freeze_release.enqueue(str(release.pk))
