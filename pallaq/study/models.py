"""Studies, who may do what in them, and their frozen datasets."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pallaq.shared.fields import uuid7

UPLOAD_KEPT = timedelta(hours=24)


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

    def name(self) -> str:
        """Return the title in the reader's language, or in the first one the study has."""
        titles: dict[str, str] = self.title
        return titles.get((get_language() or "es")[:2]) or next(iter(titles.values()), self.code)

    def source_folder(self) -> Path:
        """Return the folder of the study's files as they are today; a release keeps its own copy."""
        return Path(settings.STUDIES) / self.code

    def releases_folder(self) -> Path:
        """Return the shelf of its frozen releases."""
        return Path(settings.DATA) / "releases" / self.code


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
            models.CheckConstraint(
                condition=models.Q(region="") | models.Q(role="coordinator"),
                name="study_membership_region_only_for_coordinators",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.study_id} {self.region}".strip()


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions about releases."""

    def standing(self) -> Self:
        """Return those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def readable_by_anyone(self) -> Self:
        """Return those that may be read without login."""
        return self.standing().filter(public=True, study__public=True)

    def seen_by(self, user: Any) -> Self:
        """Return those whose page she may open; `perms.can_see_release` says the same of one."""
        if not user.is_authenticated:
            return self.filter(public=True, study__public=True)
        if user.is_administrator:
            return self.all()
        member = models.Q(study__in=user.memberships.values("study"))
        return self.filter(models.Q(public=True, study__public=True) | member)


class Release(models.Model):
    """A frozen dataset: Parquet, the study's files as they were, and one sha256 over all of them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
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

    def is_open(self) -> bool:
        """Say whether it may be read without login, while it stands."""
        return self.public and self.study.public

    def folder(self) -> Path:
        """Return the folder of its files: `responses.parquet`, `responses.csv` and `study/`."""
        return self.study.releases_folder() / str(self.number)


class UploadQuerySet(models.QuerySet["Upload"]):
    """Questions about uploads."""

    def alive(self) -> Self:
        """Return those that may still be frozen."""
        return self.filter(made_at__gt=timezone.now() - UPLOAD_KEPT)

    def expired(self) -> Self:
        """Return those that are to be cleared away."""
        return self.filter(made_at__lte=timezone.now() - UPLOAD_KEPT)


class Upload(models.Model):
    """A dataset in which nothing was found wrong, waiting to be frozen; after a day it is gone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    study = models.ForeignKey(Study, models.CASCADE, related_name="uploads")
    file_name = models.CharField(max_length=255)
    rows = models.PositiveIntegerField()
    synthetic = models.BooleanField()
    warnings = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.study_id} {self.file_name}"

    def path(self) -> Path:
        """Return where its rows wait, as Parquet that only the server's user can read."""
        return Path(settings.DATA) / "uploads" / f"{self.pk}.parquet"

    def expires_at(self) -> datetime:
        """Return when it will be cleared away."""
        return self.made_at + UPLOAD_KEPT
