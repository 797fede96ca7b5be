"""Searches of the whole registry on the worker."""

from uuid import UUID

from django.db import transaction
from django_tasks import task

from pallaq.accounts.models import User
from pallaq.matching.actions import scans
from pallaq.matching.models import Scan


@task()
def scan_registry(scan_id: str) -> None:
    """Do what is left of a search; harmless when it is done."""
    scan = Scan.objects.get(pk=UUID(scan_id))
    if scan.ended_at is not None:
        return
    try:
        scans.run_scan(scan)
    except Exception as error:
        # Its kind alone: a message may quote a row. Starting again goes on where it stood.
        Scan.objects.filter(pk=scan.pk).update(failure=type(error).__name__)
        raise


@transaction.atomic
def start_scan(*, by: User | None) -> Scan:
    """Begin a search and hand it to the worker."""
    scan = scans.start_scan(by=by)
    scan_registry.enqueue(str(scan.pk))
    return scan


def resume() -> None:
    """Hand to the worker what a crash left unfinished; called at start, before the worker runs."""
    for scan in Scan.objects.filter(ended_at=None):
        scan_registry.enqueue(str(scan.pk))
