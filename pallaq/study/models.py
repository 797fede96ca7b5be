"""Studies, who may do what in them, and their frozen datasets."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member may do in a study; an administrator of the whole system is a mark on the user."""

    RESEARCHER = "researcher", _("researcher")  # uploads, freezes, withdraws
    COORDINATOR = "coordinator", _("field coordinator")  # uploads for her region, sees what is not public
    READER = "reader", _("reader")  # sees what is not public


class Study(models.Model):
    """A study whose files lie in a folder of studies; the files are the truth, this is its address here."""

    code = models.SlugField(primary_key=True, max_length=80)
    title = models.JSONField()  # language -> words
    public = models.BooleanField(default=False)
    featured = models.BooleanField(default=False)  # shown on the home page

    class Meta:
        ordering = ["-featured", "code"]

    def __str__(self) -> str:
        return self.code


class Membership(models.Model):
    """A role of a user in a study, perhaps in one region only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    study = models.ForeignKey(Study, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    region = models.CharField(max_length=40, blank=True)  # a level of the study's region variable; "" for all

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "study", "region"], name="study_membership_once_per_region"),
            models.CheckConstraint(
                condition=models.Q(role__in=["researcher", "coordinator", "reader"]), name="study_membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.study_id} {self.region}".strip()


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions about releases."""

    def standing(self) -> "ReleaseQuerySet":
        """Return those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def readable_by_anyone(self) -> "ReleaseQuerySet":
        """Return those that may be read without login."""
        return self.standing().filter(public=True, study__public=True)


class Release(models.Model):
    """A frozen dataset: Parquet, the study's files as they were, and one sha256 over all of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)  # of the file it was made from
    rows = models.PositiveIntegerField()
    synthetic = models.BooleanField()
    public = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["study_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="study_release_number_once"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~models.Q(withdrawn_reason="")),
                name="study_release_withdrawn_with_who_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study_id} {self.number}"

    def folder(self) -> Any:
        """Return the folder of its files: `responses.parquet` and `study/`."""
        return settings.DATA / "releases" / self.study_id / str(self.number)
