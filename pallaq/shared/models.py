"""The audit trail: who did what, when; only ever added to."""

from typing import Any

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One thing that somebody did, written in the same transaction. A trigger refuses to change or delete it."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # None: the machine
    action = models.CharField(max_length=60, db_index=True)  # "release.withdraw"
    scope = models.CharField(max_length=80, blank=True, db_index=True)  # code of the study it happened in, or ""
    about = models.CharField(max_length=200)  # "release 2"
    details = models.JSONField(default=dict)  # never personal data

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.about}"


def record(*, by: Any, action: str, about: str, scope: str = "", **details: Any) -> AuditEvent:
    """Add an event; call it inside the transaction that makes the change."""
    return AuditEvent.objects.create(by=by, action=action, scope=scope, about=about, details=details)
