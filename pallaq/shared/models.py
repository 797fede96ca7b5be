"""The audit trail: who did what, when; only ever added to."""

from typing import Any

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One thing that somebody did. Written in the same transaction as the thing itself."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60)  # "release.withdraw"
    about = models.CharField(max_length=200)  # "study:women-and-men-of-gold release:2"
    details = models.JSONField(default=dict)  # never personal data

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.about}"


def record(*, by: Any, action: str, about: str, **details: Any) -> AuditEvent:
    """Add an event; call it inside the transaction that makes the change."""
    return AuditEvent.objects.create(by=by, action=action, about=about, details=details)
