"""An organisation's file in the registry, and the official lists that were brought."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.places.models import Organisation
from pallaq.shared.encryption import EncryptedBytes
from pallaq.shared.fields import uuid7


class Dossier(models.Model):
    """What the registry knows of an organisation changes by `edition`; name, kind and place live in `places`."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="dossier")
    ruc = models.CharField(_("RUC"), max_length=11, blank=True)  # of a legal person: public
    edition = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ruc"], condition=~Q(ruc=""), name="associations_ruc_once"),
        ]

    def __str__(self) -> str:
        return f"file of {self.organisation_id}"


class ListKind(models.TextChoices):
    """What an official list is of."""

    RECPO = "recpo", _("states in the RECPO")
    RIGHTS = "rights", _("mining rights")


class BroughtList(models.Model):
    """An official list: what it said on a day, and who brought it. Its content goes once it is stored or dropped."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("list"), max_length=6, choices=ListKind.choices)
    source = models.CharField(_("source"), max_length=300)
    said_on = models.DateField(_("day of the list"))
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = EncryptedBytes(null=True)
    rows = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    stored_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stored_at__isnull=True) | Q(dropped_at__isnull=True),
                name="associations_list_stored_or_dropped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.said_on}"


class DateRange(models.Func):
    """The days from one to another, both with them; None reaches as far as it can."""

    function = "DATERANGE"
    output_field = DateRangeField()


def no_overlap(name: str, *same: str, condition: Q | None = None) -> ExclusionConstraint:
    """Return the constraint that rows which agree in these fields share no day."""
    days = DateRange(F("starts_on"), F("ends_on"), models.Value("[]"))
    equal = [(field, RangeOperators.EQUAL) for field in same]
    return ExclusionConstraint(name=name, expressions=[*equal, (days, RangeOperators.OVERLAPS)], condition=condition)


def ends_later(name: str) -> models.CheckConstraint:
    """Return the constraint that nothing ends before it starts."""
    open_days = Q(starts_on__isnull=True) | Q(ends_on__isnull=True)
    return models.CheckConstraint(condition=open_days | Q(ends_on__gte=F("starts_on")), name=name)


class SpanQuerySet(models.QuerySet[Any]):
    """Questions about rows that hold from a day to another."""

    def on(self, day: date) -> Self:
        """Return those that hold on a day."""
        return self.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=day)).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        )


class Kept(models.Model):
    """A row of an organisation's file: its key, and who wrote it last."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True
