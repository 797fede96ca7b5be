"""Frozen releases of the registry with their figures, and totals that official registries published."""

from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pallaq.figures.rules.tables import Cell
from pallaq.shared.fields import uuid7


class State(models.TextChoices):
    """Where a release stands."""

    WAITING = "waiting", _("waiting")
    FROZEN = "frozen", _("frozen")
    PUBLISHED = "published", _("published")
    FAILED = "failed", _("failed")


class RegistryReleaseQuerySet(models.QuerySet["RegistryRelease"]):
    """Questions about releases."""

    def published(self) -> Self:
        """Return those that anybody may read, the latest first."""
        return self.filter(state=State.PUBLISHED)


class RegistryRelease(models.Model):
    """The registry on a day: rows without names in a sealed folder, and the figures that may be told of them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(unique=True)
    as_of = models.DateField()  # the last day that it tells of
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    rows = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)  # registrations of people who did not agree to be counted
    synthetic = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64, blank=True)
    figures = models.JSONField(default=list)  # [[codes of the cell], count or None]
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RegistryReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "failed"]) | ~models.Q(sha256=""),
                name="figures_release_frozen_is_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.number}"

    @staticmethod
    def shelf() -> Path:
        """Return the folder of all releases of the registry."""
        folder: Path = settings.DATA / "releases" / ".registry"
        return folder

    def folder(self) -> Path:
        """Return the sealed folder."""
        return self.shelf() / f"r{self.number}"

    def cells(self) -> dict[Cell, int | None]:
        """Return its figures."""
        return {tuple(codes): count for codes, count in self.figures}


class RegistryTotal(models.Model):
    """What an official registry said of itself: people and the percentage of women on a date, with its source."""

    code = models.CharField(max_length=20)
    title = models.JSONField()  # language -> words
    as_of = models.CharField(max_length=10)  # "2021-01": as exact as the source
    persons = models.PositiveIntegerField()
    percent_women = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)  # None: not told
    source = models.CharField(max_length=300)
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-persons", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "as_of"], name="figures_total_once_a_date"),
            models.CheckConstraint(
                condition=models.Q(percent_women__isnull=True) | models.Q(percent_women__range=(0, 100)),
                name="figures_total_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.as_of}"

    def name(self) -> str:
        """Return the title in the reader's language."""
        words: dict[str, str] = self.title
        return words.get((get_language() or "es")[:2]) or words.get("es", self.code)

    def women(self) -> int | None:
        """Return how many women the percentage stands for, to the nearest whole person."""
        return None if self.percent_women is None else round(self.persons * self.percent_women / 100)
