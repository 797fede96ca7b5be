"""Tables of the room: lists, their rows that could not go in, and which people each list touched."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.registry.models import IdentifierKind, Person, Registration, Scheme
from pallaq.shared.encryption import EncryptedText
from pallaq.shared.fields import uuid7

FILE_DAYS = 7  # for which a list waits to be imported; then its file goes
BAD_ROW_DAYS = 90  # for which rows that could not go in wait to be corrected


def shelf() -> Path:
    """Return the folder of lists that wait, all encrypted."""
    return Path(settings.DATA) / "rolls"


class RollState(models.TextChoices):
    """Where a list stands."""

    MAPPING = "mapping", _("its columns have to be named")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked, not imported")
    IMPORTING = "importing", _("being imported")
    STOPPED = "stopped", _("stopped")
    IMPORTED = "imported", _("imported")
    TAKING_BACK = "taking_back", _("being taken back")
    TAKEN_BACK = "taken_back", _("taken back")
    FAILED = "failed", _("failed")
    DISCARDED = "discarded", _("thrown away")


RUNNING = (RollState.CHECKING, RollState.IMPORTING, RollState.TAKING_BACK)
WITH_FILE = (
    RollState.MAPPING,
    RollState.CHECKING,
    RollState.CHECKED,
    RollState.IMPORTING,
    RollState.STOPPED,
    RollState.FAILED,
)


class RollQuerySet(models.QuerySet["Roll"]):
    """Questions about lists."""

    def expired(self) -> Self:
        """Return those whose file waited too long."""
        waiting = [RollState.MAPPING, RollState.CHECKED, RollState.STOPPED, RollState.FAILED]
        return self.filter(state__in=waiting, ended_at=None, made_at__lt=timezone.now() - timedelta(days=FILE_DAYS))


class Roll(models.Model):
    """An official list of one scheme, as an authority gave it on a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("scheme"))
    issued_on = models.DateField(_("date of the list"))  # the authority's
    document_kind = models.ForeignKey(IdentifierKind, models.PROTECT, related_name="+")  # where a row names none
    file_name = models.CharField(max_length=100)
    columns = models.JSONField(default=list)  # the header, in order
    fields = models.JSONField(default=dict)  # field -> number of its column; see `rules.fields`
    codes = models.CharField(max_length=6, default="inei")  # whose district codes: inei or reniec
    states = models.JSONField(default=dict)  # word of the list -> State, beside those that `rules.values` knows
    regions = ArrayField(models.CharField(max_length=2), null=True)  # hers who brought it; None for all
    synthetic = models.BooleanField(_("made-up data, for practice"), default=False)
    state = models.CharField(max_length=12, choices=RollState.choices, default=RollState.MAPPING)
    read = models.BooleanField(default=False)  # the file lies here row by row, no longer as it was brought
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # rows of the running work that are behind it
    counts = models.JSONField(default=dict)  # what the check found, or the import did
    words = models.JSONField(default=dict)  # the list's words for states -> rows; never a column mistaken for it
    failure = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = RollQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(codes__in=["inei", "reniec"]), name="rolls_roll_codes_known"),
        ]

    def __str__(self) -> str:
        return f"list {self.pk}"

    def path(self, kind: str) -> Path:
        """Return where its file lies, encrypted: as it was brought ("file"), or row by row ("rows")."""
        return shelf() / f"{self.pk}.{kind}"

    def about(self, kind: str) -> str:
        """Return what that file is bound to."""
        return f"rolls.{kind}:{self.pk}"

    def remove_files(self) -> None:
        """Remove what lies here of the list."""
        for kind in ("file", "rows"):
            self.path(kind).unlink(missing_ok=True)

    def running(self) -> bool:
        """Say whether the worker has it."""
        return self.state in RUNNING

    def percent(self) -> int:
        """Return how much of the running work is done."""
        return 100 * self.done // max(self.rows, 1)

    def heading(self, field: str) -> str:
        """Return the column's name that holds a field; "" for none."""
        column = self.fields.get(field)
        return self.columns[column] if column is not None else ""


class RollRow(models.Model):
    """A row that could not go in: its cells and what is wrong with them, encrypted, until somebody corrects it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    roll = models.ForeignKey(Roll, models.CASCADE, related_name="bad_rows")
    row = models.PositiveIntegerField()  # as a person counts in the file
    codes = ArrayField(models.CharField(max_length=30))  # of what is wrong
    content = EncryptedText()  # JSON: {"cells": {field: text}, "wrong": [...]}; "" once it went in
    mended_at = models.DateTimeField(null=True)
    mended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["roll", "row"], name="rolls_row_once")]

    def __str__(self) -> str:
        return f"row {self.row}"


class Outcome(models.TextChoices):
    """What a row did."""

    CREATED = "created", _("new person")
    JOINED = "joined", _("person known, put on the scheme")
    CHANGED = "changed", _("registration changed")
    SAME = "same", _("nothing new")


class RollEntry(models.Model):
    """A row that went in: whose it is, what it did, and where the list says otherwise than her file."""

    id = models.BigAutoField(primary_key=True)
    roll = models.ForeignKey(Roll, models.CASCADE, related_name="entries")
    row = models.PositiveIntegerField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="roll_entries")
    registration = models.ForeignKey(Registration, models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    otherwise = EncryptedText(null=True)  # JSON: {field: what the list says}; None: it agrees

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["roll", "row"], name="rolls_entry_once")]

    def __str__(self) -> str:
        return f"row {self.row}: {self.outcome}"


def origin(person: Person) -> "models.QuerySet[RollEntry, Any]":
    """Return the lists that a person stood on, the newest first: her page says where her file comes from."""
    return person.roll_entries.select_related("roll__scheme").order_by("-roll__issued_on")
