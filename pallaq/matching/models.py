"""Tables of the room: pairs of rows that may be one person, merges with their way back, and searches of all pairs."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.matching.rules.scoring import words_of
from pallaq.registry.models import Person, PersonState
from pallaq.shared.fields import uuid7


class PairState(models.TextChoices):
    """What somebody decided of a pair."""

    OPEN = "open", _("to decide")
    SAME = "same", _("one person, merged")
    DIFFERENT = "different", _("two people")


# Both rows are people of the registry today.
STANDING = Q(first__state=PersonState.CURRENT, second__state=PersonState.CURRENT)


class PairQuerySet(models.QuerySet["Pair"]):
    """Questions about pairs."""

    def in_regions(self, regions: frozenset[str] | None) -> Self:
        """Return those of which at least one lives in the regions; None for the whole country."""
        if regions is None:
            return self
        return self.filter(Q(first__region__in=sorted(regions)) | Q(second__region__in=sorted(regions)))


class Pair(models.Model):
    """Two rows that may be one person. The lower key stands first, so that a pair is one row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = models.ForeignKey(Person, models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()  # 0 to 100: see `rules.scoring`
    reasons = models.JSONField(default=list)  # codes
    found_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)  # of a pair still open: what the registrar said at entry

    objects = PairQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "id"]
        indexes = [
            models.Index(fields=["state", "-score", "id"], name="matching_pair_queue"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="matching_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="matching_pair_in_order"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="matching_pair_decided_says_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"

    def reason_words(self) -> list[str]:
        """Return why it was found, as people read it."""
        return words_of(self.reasons)


class Merge(models.Model):
    """A row merged into another. `moved` says what went over, by keys alone: what it said stands in history tables."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kept = models.ForeignKey(Person, models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Person, models.CASCADE, related_name="+")
    pair = models.ForeignKey(Pair, models.CASCADE, related_name="merges")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=300)
    moved = models.JSONField(default=dict)  # see `actions.merging.Moved`
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="matching_merge_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class Scan(models.Model):
    """A search of the whole registry for pairs, slice by slice of the keys; a slice that was done is not done again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    slices = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)  # pairs that were not known before
    ended_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(  # of an always equal value: one row at most is not ended
                models.Value(1), condition=Q(ended_at__isnull=True), name="matching_scan_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.slices}"

    def percent(self) -> int:
        """Return how much of it is done."""
        return 100 if self.ended_at else round(100 * self.done / self.slices)
