"""Members of associations, their boards with who holds which post, and their statutes."""

from pathlib import Path
from typing import Self
from uuid import UUID

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pallaq.associations.models.files import Kept, SpanQuerySet, ends_later, no_overlap
from pallaq.places.models import Organisation
from pallaq.registry.models import Person, Sex
from pallaq.registry.models.people import before


def rows_of(person: Person) -> list[UUID]:
    """Return the key of a person and of every row that was merged into hers."""
    found, newer = [person.pk], [person.pk]
    while newer:
        newer = list(Person.objects.filter(merged_into__in=newer).values_list("pk", flat=True))
        found += newer
    return found


class OfPeopleQuerySet(SpanQuerySet):
    """Questions about rows that are a person's."""

    def of(self, person: Person) -> Self:
        """Return hers, also those that stand at rows which were merged into hers."""
        return self.filter(person__in=rows_of(person))


@pghistory.track(*before())
class Membership(Kept):
    """A person in an association, from a day to another."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    starts_on = models.DateField(_("member since"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = OfPeopleQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            ends_later("associations_membership_ends_later"),
            no_overlap("associations_membership_once", "person", "organisation"),
        ]

    def __str__(self) -> str:
        return f"membership of {self.person_id}"


class BoardQuerySet(SpanQuerySet):
    """Questions about boards."""


@pghistory.track(*before())
class Board(Kept):
    """A board of an association, elected for some time; of two boards, never a day together."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="boards")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            ends_later("associations_board_ends_later"),
            no_overlap("associations_board_once", "organisation"),
        ]

    def __str__(self) -> str:
        return f"board of {self.organisation_id} from {self.starts_on}"


class Post(models.TextChoices):
    """A post in a board."""

    PRESIDENT = "president", _("president")
    VICE = "vice", _("vice-president")
    SECRETARY = "secretary", _("secretary")
    TREASURER = "treasurer", _("treasurer")
    AUDIT = "audit", _("audit officer")
    MEMBER = "member", _("board member")  # any number of them
    OTHER = "other", _("other post")


SINGLE = (Post.PRESIDENT, Post.VICE, Post.SECRETARY, Post.TREASURER)  # of which a board has one at a time


@pghistory.track(*before())
class BoardPost(Kept):
    """Who holds a post, from a day to another. Whoever is not on the registry stands here by her sex alone."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="posts")
    post = models.CharField(_("post"), max_length=10, choices=Post.choices)
    # None: not on the registry, or erased from it since. The sex is what was known that day, so that shares stay.
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="board_posts")
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = OfPeopleQuerySet.as_manager()

    class Meta:
        ordering = ["board", "post", "starts_on"]
        constraints = [
            ends_later("associations_post_ends_later"),
            no_overlap("associations_post_once", "board", "post", condition=Q(post__in=[one.value for one in SINGLE])),
            no_overlap("associations_post_one_each", "board", "person"),
        ]

    def __str__(self) -> str:
        return f"{self.post} of {self.board_id}"


class Statute(Kept):
    """A version of an association's statute. What was written stays; a correction is another version."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="statutes")
    version = models.PositiveSmallIntegerField()
    approved_on = models.DateField(_("approved on"))
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    women_percent = models.DecimalField(  # of the board; None: the statute sets none, or nobody wrote it down
        _("women in the board, at least (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    file_name = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=100, blank=True)  # found in its content, not taken from its name
    size = models.PositiveIntegerField(default=0)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="associations_statute_version_once"),
            models.CheckConstraint(
                condition=Q(women_percent__isnull=True) | Q(women_percent__range=(0, 100)),
                name="associations_statute_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"statute {self.version} of {self.organisation_id}"

    def path(self) -> Path:
        """Return where its file lies: among the evidence, which backups take along."""
        return Path(settings.DATA) / "evidence" / "statutes" / str(self.pk)
