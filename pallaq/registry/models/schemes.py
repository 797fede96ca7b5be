"""What the law says today, as dated and sourced records: kinds of identifiers, schemes, and norms with their values."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pallaq.shared.fields import uuid7


class Certainty(models.TextChoices):
    """How well we know what a record says."""

    VERIFIED = "verified", _("read in the norm itself")
    SECONDARY = "secondary", _("from the press or a summary")
    ASSUMED = "assumed", _("our assumption")
    UNKNOWN = "unknown", _("not known")


class DatedQuerySet(models.QuerySet[Any]):
    """Questions about records that hold from a day to another."""

    def on(self, day: date) -> Self:
        """Return those in force on a day."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )


class Dated(models.Model):
    """A record with its norm, its source, its dates, and how sure we are. None: not known."""

    norm = models.CharField(_("norm"), max_length=200, blank=True)
    source = models.URLField(_("source"), max_length=500, blank=True)
    certainty = models.CharField(_("certainty"), max_length=10, choices=Certainty.choices, default=Certainty.UNKNOWN)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    note = models.JSONField(default=dict, blank=True)  # language -> words

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    def words(self, field: str) -> str:
        """Return one of its texts in the reader's language."""
        text: dict[str, str] = getattr(self, field)
        return text.get((get_language() or "es")[:2]) or text.get("es", "")


class IdentifierKind(Dated):
    """A kind of identifier: DNI, CE, RUC, REINFO, RECPO, a regional accreditation, whatever replaces them."""

    code = models.SlugField(primary_key=True, max_length=40)
    title = models.JSONField()  # language -> words
    pattern = models.CharField(max_length=100, blank=True)  # of the whole number, after `rules.identifiers.cleaned`
    shape = models.JSONField(default=dict, blank=True)  # language -> "eight digits", for whoever types it wrong
    check_rule = models.CharField(max_length=20, blank=True)  # "ruc": see `rules.identifiers.CHECKS`
    of_person = models.BooleanField(default=True)  # an identity document: one person has one
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.words("title")


class Scheme(Dated):
    """A registry that a person can be on: its authority, where it holds, and which changes of state it allows."""

    code = models.SlugField(primary_key=True, max_length=40)
    title = models.JSONField()
    authority = models.CharField(_("authority"), max_length=200)
    places = ArrayField(models.CharField(max_length=6), default=list, blank=True)  # INEI, 2, 4 or 6 digits; [] for all
    transitions = models.JSONField(default=dict)  # state -> states it may go to; see `rules.states`
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.words("title")


class Norm(Dated):
    """A limit, rate or period that a law sets: "quota_grams_month" is 66 grams from a day on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=60)
    title = models.JSONField()
    value = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)  # None: not known
    unit = models.CharField(max_length=40, blank=True)  # "g/month", "days", "years"
    scheme = models.ForeignKey(Scheme, models.PROTECT, null=True, blank=True, related_name="norms")

    class Meta:
        ordering = ["code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "scheme", "valid_from"], name="registry_norm_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.words("title")
