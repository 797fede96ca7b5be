"""Meetings of the technical groups, who came, what was agreed; and comments on anything in a plan."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.places.models import Organisation
from pallaq.plan.models import Item, Plan, Seat
from pallaq.progress.models.values import Evidence
from pallaq.shared.fields import uuid7


class MeetingState(models.TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Meeting(models.Model):
    """A meeting of a technical group; attendance is counted by sex, and nobody is named."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="meetings")
    item = models.ForeignKey(Item, models.PROTECT, related_name="meetings")  # the action it belongs to: 1.1
    region = models.CharField(max_length=40, blank=True)  # a level of the dimension "region"; "" national
    held_on = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    agenda = models.TextField(blank=True)  # a point a line
    minutes = models.TextField(blank=True)  # of a cancelled one: why
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    convened_by = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="meetings")
    edition = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.region}"

    def points(self) -> list[str]:
        """Return the points of its agenda."""
        return [line.strip() for line in self.agenda.splitlines() if line.strip()]


class Attendance(models.Model):
    """How many came from one organisation; None in `organisation` for people of none."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    women = models.PositiveIntegerField(default=0)
    men = models.PositiveIntegerField(default=0)
    other = models.PositiveIntegerField(default=0)  # another sex, or not said

    class Meta:
        ordering = ["organisation__name_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "organisation"], nulls_distinct=False, name="progress_attendance_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.women} + {self.men} + {self.other}"


class Agreement(models.Model):
    """What was agreed, by whom to be done until when: a task."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="agreements")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="agreements")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="agreements")
    region = models.CharField(max_length=40, blank=True)
    words = models.TextField()
    responsible = models.ForeignKey(Organisation, models.PROTECT, related_name="agreements")
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_note = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_on__isnull=True, done_by__isnull=True)
                | models.Q(done_on__isnull=False, done_by__isnull=False),
                name="progress_agreement_done_with_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return self.words

    def is_late(self, today: date) -> bool:
        """Say whether it should have been done."""
        return self.done_on is None and self.due_on < today


class Comment(models.Model):
    """What somebody says about an item of a plan."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, models.CASCADE, related_name="comments")
    words = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.words[:80]


class DigestSent(models.Model):
    """That the weekly e-mail went to a seat, so that it goes once a week however often it is asked for."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="digests")
    week = models.DateField()  # its Monday
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seat", "week"], name="progress_digest_once_a_week")]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.week}"
