"""What was measured and spent, with evidence, and the periods in which nothing changes any more."""

from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from pallaq.plan.models import Item, Plan
from pallaq.plan.models.indicators import Origin
from pallaq.plan.rules.periods import Period
from pallaq.shared.fields import uuid7
from pallaq.study.models import Release


class Evidence(models.Model):
    """A file that shows that something is so; kept under its own key, named only here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)  # found in its content, not taken from its name
    size = models.PositiveIntegerField()  # bytes
    # Whose it is where an entity's reporters sit by region: a level of the dimension "region"; "" for all of them.
    region = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)  # the file is gone, that it was there is not
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True, removed_by__isnull=True, removed_reason="")
                | (models.Q(removed_at__isnull=False, removed_by__isnull=False) & ~models.Q(removed_reason="")),
                name="progress_evidence_removed_with_who_when_and_why",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def path(self) -> Path:
        """Return where its bytes lie."""
        return Path(settings.DATA) / "evidence" / str(self.pk)


class ValueQuerySet(models.QuerySet["Value"]):
    """Questions about values."""

    def current(self) -> Self:
        """Return those that stand: not replaced by a correction."""
        return self.filter(current=True)


class Value(models.Model):
    """What an indicator was in one period, in one cell; a correction is a new row, and the old one stays."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="values")
    cell = models.CharField(max_length=120, blank=True)  # see `plan.rules.cells`; "" for everybody
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField(default=0)  # 0: the whole year
    value = models.DecimalField(max_digits=20, decimal_places=6)
    measured_on = models.DateField()  # the day the figure is of
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.TYPED)
    measure = models.CharField(max_length=80, blank=True)  # the named measure, with what it meant that day:
    definition = models.TextField(blank=True)
    release = models.ForeignKey(Release, models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    estimate = models.CharField(max_length=200, blank=True)
    n = models.PositiveIntegerField(null=True, blank=True)
    low = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    se = models.DecimalField(max_digits=20, decimal_places=10, null=True, blank=True)
    df = models.PositiveIntegerField(null=True, blank=True)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="values")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    current = models.BooleanField(default=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects = ValueQuerySet.as_manager()

    class Meta:
        ordering = ["item", "cell", "year", "quarter"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "cell", "year", "quarter"],
                condition=models.Q(current=True),
                include=["value"],  # so that the scoreboard reads its index and never the table
                name="progress_value_one_current",
            ),
            models.CheckConstraint(condition=models.Q(quarter__lte=4), name="progress_value_quarter_of_a_year"),
            models.CheckConstraint(
                condition=~models.Q(origin="study")
                | (models.Q(release__isnull=False, n__isnull=False) & ~models.Q(sha256="") & ~models.Q(estimate="")),
                name="progress_value_of_a_study_says_which",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.period()} {self.value}"

    def period(self) -> Period:
        """Return the period it is for."""
        return Period(self.year, self.quarter)


class Spending(models.Model):
    """What was spent on an action or activity in one period, in the plan's currency; corrected as values are."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="spending")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField(default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.TextField(blank=True)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="spending")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    current = models.BooleanField(default=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        ordering = ["item", "year", "quarter"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "year", "quarter"],
                condition=models.Q(current=True),
                name="progress_spending_one_current",
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="progress_spending_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.period()} {self.amount}"

    def period(self) -> Period:
        """Return the period it is for."""
        return Period(self.year, self.quarter)


class ClosedPeriod(models.Model):
    """A period of a plan in which values and spending are locked; reopened with a reason, which the trail keeps."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="closed_periods")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["plan", "year", "quarter"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "year", "quarter"], name="progress_closed_period_once"),
            models.CheckConstraint(condition=models.Q(quarter__lte=4), name="progress_closed_period_quarter_of_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {Period(self.year, self.quarter)}"
