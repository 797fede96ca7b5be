"""Plans, their versions, what their codes stand for, and who works in them."""

from typing import Any, Self

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pallaq.places.models import Organisation
from pallaq.plan.rules.cells import words
from pallaq.plan.rules.compliance import Thresholds
from pallaq.shared.fields import uuid7
from pallaq.study.models import Study


class PlanQuerySet(models.QuerySet["Plan"]):
    """Questions about plans."""

    def seen_by(self, user: Any) -> Self:
        """Return the plans whose pages she may open; `perms.can_see_plan` says the same of one."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_administrator else self.filter(seats__user=user).distinct()


class Plan(models.Model):
    """A plan: its name, the words it disaggregates by, and its thresholds. What it plans is in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(unique=True, max_length=70)
    title = models.JSONField()  # language -> words
    summary = models.JSONField(default=dict, blank=True)
    source = models.JSONField(default=dict, blank=True)  # where the plan is from, who translated it
    country = models.CharField(max_length=2, default="PE")  # ISO 3166-1
    currency = models.CharField(max_length=3, default="PEN")  # ISO 4217
    # dimension -> {"title": {language: words}, "levels": {code: {language: words}}}; "region" has places' codes
    dimensions = models.JSONField(default=dict)
    study = models.ForeignKey(Study, models.PROTECT, null=True, blank=True, related_name="plans")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    green_from = models.DecimalField(max_digits=6, decimal_places=2, default=90)  # compliance, per cent
    amber_from = models.DecimalField(max_digits=6, decimal_places=2, default=70)
    public = models.BooleanField(default=False)  # its public page: aggregates only
    made_at = models.DateTimeField(default=timezone.now)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(green_from__gte=models.F("amber_from"), amber_from__gte=0),
                name="plan_plan_green_above_amber",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="plan_plan_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def name(self) -> str:
        """Return the title in the reader's language."""
        return words(self.title, get_language() or "es") or self.code

    @property
    def scope(self) -> str:
        """Return where its events stand in the audit trail; a study may have the same code."""
        return f"plan/{self.code}"

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the plan with all its versions; the database otherwise keeps what was approved (migration 0003)."""
        with connection.cursor() as cursor:
            allow = "SELECT set_config('pallaq.deleted_plan', %s, true)"
            cursor.execute(allow, [str(self.pk)])
            self.versions.all().delete()  # first: what a code stands for is kept as long as a version says it
            gone = super().delete(*args, **kwargs)
            cursor.execute(allow, [""])
        return gone

    def thresholds(self) -> Thresholds:
        """Return from what compliance its lights are green and amber."""
        return Thresholds(self.green_from, self.amber_from)

    def approved(self) -> "Version | None":
        """Return the version in force."""
        return self.versions.filter(state=VersionState.APPROVED).first()

    def draft(self) -> "Version | None":
        """Return the version that is being edited."""
        return self.versions.filter(state=VersionState.DRAFT).first()

    def shown(self) -> "Version | None":
        """Return the version in force, or the draft of a plan that was never approved."""
        return self.approved() or self.draft()


class VersionState(models.TextChoices):
    """Where a version stands."""

    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    SUPERSEDED = "superseded", _("superseded")


class Version(models.Model):
    """A plan as it was at one time. At most one is being edited, and at most one is in force."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState.choices, default=VersionState.DRAFT)
    reason = models.TextField(blank=True)  # why the one before it is amended; "" for the first
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number_once"),
            models.UniqueConstraint(fields=["plan"], condition=models.Q(state="draft"), name="plan_version_one_draft"),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(state="approved"), name="plan_version_one_approved"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(approved_at__isnull=False),
                name="plan_version_approved_with_when",
            ),
            models.CheckConstraint(
                condition=models.Q(number=1) | ~models.Q(reason=""), name="plan_version_amended_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"


class Item(models.Model):
    """What a code of a plan stands for in every version: what is reported hangs on this, not on a version's row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10)  # of `rules.chain.KINDS`, or "indicator"
    code = models.CharField(max_length=40)  # "SO1", "R1", "1.1"; never used for anything else in this plan

    class Meta:
        ordering = ["plan", "kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="plan_item_code_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["level", "objective", "result", "action", "activity", "indicator"]),
                name="plan_item_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Role(models.TextChoices):
    """What somebody does in a plan."""

    PLANNER = "planner", _("planner")  # edits and approves the plan, closes periods, sees everything
    REPORTER = "reporter", _("reporter of an entity")  # reports what her entity has a part in
    READER = "reader", _("reader")  # sees everything, changes nothing


class Seat(models.Model):
    """A role of a user in a plan; a reporter's is for one entity, perhaps in one region only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="seats")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="seats")
    role = models.CharField(max_length=10, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="seats")
    region = models.CharField(max_length=40, blank=True)  # a level of the dimension "region"; "" for all
    digest = models.BooleanField(default=True)  # wants the weekly e-mail, where mail is set up

    class Meta:
        ordering = ["plan", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "plan", "organisation", "region"], nulls_distinct=False, name="plan_seat_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["planner", "reader"], organisation__isnull=True, region="")
                | models.Q(role="reporter", organisation__isnull=False),
                name="plan_seat_of_an_entity_only_for_reporters",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.plan_id}"
