"""Certificates of origin: numbered without gaps by each holder, who keeps a copy of every one."""

import json
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.permits.models.authorisations import Authorisation, rows_of
from pallaq.permits.rules.grams import month_of
from pallaq.places.models import Organisation
from pallaq.registry.models import IdentifierKind, Person
from pallaq.shared.encryption import EncryptedText
from pallaq.shared.fields import uuid7


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Questions about certificates."""

    def of_month(self, person: Person, day: date) -> Self:
        """Return a person's of a day's calendar month that were not cancelled, whoever issued them."""
        first, next_month = month_of(day)
        return self.filter(
            authorisation__person__in=rows_of(person),
            issued_on__gte=first,
            issued_on__lt=next_month,
            cancelled_at__isnull=True,
        )


class Certificate(models.Model):
    """A constancia de origen. What it printed is kept word for word, so that a copy is the same paper."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    authorisation = models.ForeignKey(Authorisation, models.PROTECT, related_name="certificates")
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="certificates")  # the authorisation's
    number = models.PositiveIntegerField()  # the holder's: 1, 2, 3 without a gap
    issued_on = models.DateField(_("issued on"))
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    on_paper = models.BooleanField(default=False)  # the holder wrote it by hand; an officer brought it in
    document_kind = models.ForeignKey(IdentifierKind, models.PROTECT, related_name="+")
    document_number = EncryptedText(editable=True)
    grams = EncryptedText(editable=True)  # exact, "12.5"; how much she sells says what she earns
    printed = EncryptedText(editable=True)  # JSON: every word of the paper
    sha256 = models.CharField(max_length=64)  # of the PDF as it was issued
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    why_cancelled = models.TextField(blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-id"]
        indexes = [models.Index(fields=["authorisation", "issued_on"], name="permits_certificate_month")]
        constraints = [
            models.UniqueConstraint(fields=["holder", "number"], name="permits_certificate_number_once"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | ~Q(why_cancelled=""), name="permits_cancelled_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id} {self.number}"

    @property
    def person(self) -> Person:
        """Return whose gold it is about."""
        return self.authorisation.person

    @property
    def person_id(self) -> Any:
        """Return her key."""
        return self.authorisation.person_id

    def words(self) -> dict[str, Any]:
        """Return what it printed."""
        found: dict[str, Any] = json.loads(self.printed)
        return found
