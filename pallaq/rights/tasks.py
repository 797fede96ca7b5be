"""Long work of the room on the worker."""

from django.utils import timezone
from django_tasks import task

from pallaq.rights.actions.retention import retain


@task()
def run_retention() -> dict[str, int]:
    """Delete what was kept as long as its norm says; harmless when it was done already."""
    return retain(timezone.localdate())
