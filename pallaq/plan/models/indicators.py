"""Indicators of a version: the reference sheet, baselines and targets."""

from decimal import Decimal

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pallaq.places.models import Organisation
from pallaq.plan.models.chain import Node
from pallaq.plan.models.plans import Item, Version
from pallaq.plan.rules.cells import words
from pallaq.plan.rules.periods import Period
from pallaq.shared.fields import uuid7
from pallaq.study.models import Release


class UnitChoice(models.TextChoices):
    """CEPLAN's seven units; what each allows is in `rules.units`."""

    QUANTITY = "quantity", _("quantity")
    NUMBER = "number", _("number")
    PERCENTAGE = "percentage", _("percentage")
    RATIO = "ratio", _("ratio")
    RATE = "rate", _("rate")
    INDEX = "index", _("index")
    VARIATION_RATE = "variation_rate", _("variation rate")


class SenseChoice(models.TextChoices):
    """Where an indicator should go."""

    RISING = "rising", _("rising")
    NEUTRAL = "neutral", _("neutral")
    FALLING = "falling", _("falling")


class Frequency(models.TextChoices):
    """How often it is measured, hence what periods its targets and values have."""

    YEARLY = "yearly", _("yearly")
    QUARTERLY = "quarterly", _("quarterly")


class Indicator(models.Model):
    """What is measured beside a node: a reference sheet, whose baselines and targets are rows of their own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(Version, models.CASCADE, related_name="indicators")
    item = models.ForeignKey(Item, models.PROTECT, related_name="indicators")
    node = models.ForeignKey(Node, models.CASCADE, related_name="indicators")
    position = models.PositiveIntegerField(default=0)
    title = models.JSONField()  # language -> words, as all that follow and are words
    definition = models.JSONField(default=dict, blank=True)
    unit = models.CharField(max_length=16, choices=UnitChoice.choices)
    measured_in = models.JSONField(default=dict, blank=True)  # "people", "soles", "percentage points"
    numerator = models.JSONField(default=dict, blank=True)
    denominator = models.JSONField(default=dict, blank=True)
    disaggregation = models.JSONField(default=list, blank=True)  # codes of the plan's dimensions
    method = models.JSONField(default=dict, blank=True)  # source of the data and how they are collected
    responsible = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="indicators")
    frequency = models.CharField(max_length=10, choices=Frequency.choices, default=Frequency.YEARLY)
    deadline_days = models.PositiveIntegerField(default=60)  # after a period's end, to report it
    limits = models.JSONField(default=dict, blank=True)  # quality controls, and what the figure cannot say
    # Declared only where targets go up and down; otherwise derived from them.
    sense = models.CharField(max_length=8, choices=SenseChoice.choices, blank=True)
    study_indicator = models.CharField(max_length=80, blank=True)  # its code in the plan's study, if it is one of it
    study_share = models.CharField(max_length=80, blank=True)
    measure = models.CharField(max_length=80, blank=True)  # the named measure that proposes its values
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "item"], name="plan_indicator_once_in_a_version"),
            models.CheckConstraint(
                condition=models.Q(unit__in=[unit.value for unit in UnitChoice]), name="plan_indicator_unit_of_ceplan"
            ),
            models.CheckConstraint(
                condition=models.Q(frequency__in=["yearly", "quarterly"]), name="plan_indicator_frequency_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.code} {self.name()}"

    def name(self) -> str:
        """Return the title in the reader's language."""
        return words(self.title, get_language() or "es")


class Origin(models.TextChoices):
    """Where a figure of a plan comes from."""

    TYPED = "typed", _("typed in")
    STUDY = "study", _("estimate of a frozen release")
    MEASURE = "measure", _("measure of this system")
    IMPORTED = "imported", _("imported from a file")


class Baseline(models.Model):
    """From where an indicator starts, in one cell; an estimate keeps its n, interval, design and release's sha256."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="baselines")
    cell = models.CharField(max_length=120, blank=True)  # see `rules.cells`; "" for everybody
    value = models.DecimalField(max_digits=20, decimal_places=6)
    year = models.PositiveSmallIntegerField()
    source = models.TextField(blank=True)  # where it is from and how it was measured, for whoever reads it
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.TYPED)
    release = models.ForeignKey(Release, models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)  # of the release
    estimate = models.CharField(max_length=200, blank=True)  # id of the estimate or gap in its diagnosis
    n = models.PositiveIntegerField(null=True, blank=True)
    low = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    se = models.DecimalField(max_digits=20, decimal_places=10, null=True, blank=True)
    df = models.PositiveIntegerField(null=True, blank=True)
    design = models.CharField(max_length=40, blank=True)  # kind of sample: probability, quota...

    class Meta:
        ordering = ["cell"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "cell"], name="plan_baseline_once_in_a_cell"),
            models.CheckConstraint(
                condition=~models.Q(origin="study")
                | (models.Q(release__isnull=False, n__isnull=False) & ~models.Q(sha256="") & ~models.Q(estimate="")),
                name="plan_baseline_of_a_study_says_which",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.cell} {self.value}"


class Target(models.Model):
    """What an indicator should be in one period, in one cell."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    cell = models.CharField(max_length=120, blank=True)
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField(default=0)  # 0: the whole year
    value = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        ordering = ["cell", "year", "quarter"]
        constraints = [
            # With the value, so that the scoreboard reads this index and never the table.
            models.UniqueConstraint(
                fields=["indicator", "cell", "year", "quarter"], include=["value"], name="plan_target_once"
            ),
            models.CheckConstraint(condition=models.Q(quarter__lte=4), name="plan_target_quarter_of_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period()} {self.value}"

    def period(self) -> Period:
        """Return the period it is for."""
        return Period(self.year, self.quarter)

    def amount(self) -> Decimal:
        """Return its value without the zeros that the column adds."""
        return self.value.normalize()
