"""Long work of the room on the worker."""

from django.utils import timezone
from django_tasks import task

from pallaq.following import digests


@task()
def send_digests() -> list[int]:
    """Send this week's e-mails, those that did not go yet; return how many went and how many failed."""
    return list(digests.send_digests(timezone.localdate()))
