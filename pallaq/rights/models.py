"""Tables of the room: slips that open her own page, and what she asks for."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.registry.models import Norm, Person, Purpose
from pallaq.shared.encryption import EncryptedText
from pallaq.shared.fields import uuid7


class Slip(models.Model):
    """A paper that opens her own page: her number and a code, of which only a slow hash is here."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="slips")
    code = models.CharField(max_length=128, editable=False)  # as Django stores passwords
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # a newer slip took its place, or it was taken back

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at__isnull=True), name="rights_slip_one_opens"
            )
        ]

    def __str__(self) -> str:
        return f"slip of {self.person_id}"


class Kind(models.TextChoices):
    """What she may ask for (Ley 29733), and to leave."""

    ACCESS = "access", _("to know what is held and with whom it was shared")
    CORRECT = "correct", _("to correct something")
    CANCEL = "cancel", _("to erase what is held")
    OPPOSE = "oppose", _("to object to a use")
    PORTABILITY = "portability", _("to take the data away")
    WITHDRAW = "withdraw", _("to leave the registry")


class Way(models.TextChoices):
    """How a request came."""

    PAGE = "page", _("on her own page")
    DESK = "desk", _("in person")
    PAPER = "paper", _("on paper")


class Outcome(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", _("not answered yet")
    GRANTED = "granted", _("done as asked")
    PARTLY = "partly", _("done in part")
    REFUSED = "refused", _("not done")


class Subject(models.TextChoices):
    """Which part of her file a correction is about."""

    NAMES = "names", _("names")
    BIRTH = "birth", _("date of birth")
    DOCUMENT = "document", _("document number")
    PHONE = "phone", _("phone")
    ADDRESS = "address", _("address or district")
    ACTIVITY = "activity", _("what I do and where")
    REGISTRATION = "registration", _("a registration")
    OTHER = "other", _("something else")


class RequestQuerySet(models.QuerySet["Request"]):
    """Questions about requests."""

    def unanswered(self) -> Self:
        """Return those that wait for an answer."""
        return self.filter(outcome=Outcome.OPEN)

    def in_regions(self, regions: frozenset[str] | None) -> Self:
        """Return those of people who live in the regions; None for all of them."""
        return self if regions is None else self.filter(person__region__in=sorted(regions))


class Request(models.Model):
    """What she asked for, until when it must be answered, and what the answer was. Erased with her: only the dates."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="requests")
    kind = models.CharField(_("what she asks"), max_length=12, choices=Kind.choices)
    subject = models.CharField(_("which part"), max_length=12, choices=Subject.choices, blank=True)
    words = EncryptedText(_("in her words"), default="", blank=True, editable=True)
    way = models.CharField(_("how it came"), max_length=6, choices=Way.choices)
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(null=True, blank=True)  # None: no norm with a value says until when
    norm = models.ForeignKey(Norm, models.PROTECT, null=True, blank=True, related_name="+")  # which set the day
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # None: herself
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    answer = EncryptedText(_("what was answered"), default="", blank=True, editable=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "received_on", "id"]
        indexes = [models.Index(fields=["outcome", "due_on"], name="rights_request_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="open", answered_at__isnull=True)
                | (~models.Q(outcome="open") & models.Q(answered_at__isnull=False)),
                name="rights_request_answered_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"

    def erases(self) -> bool:
        """Say whether doing as asked erases her file."""
        return self.kind in (Kind.CANCEL, Kind.WITHDRAW)

    def is_late(self) -> bool:
        """Say whether its day is over without an answer."""
        return self.outcome == Outcome.OPEN and self.due_on is not None and self.due_on < timezone.localdate()


__all__ = ["Kind", "Outcome", "Purpose", "Request", "Slip", "Subject", "Way"]
