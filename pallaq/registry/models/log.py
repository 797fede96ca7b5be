"""What she agreed to, and who read of her. Both outlive nothing: they go with her when she is erased."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.registry.models.people import Person


class Purpose(models.TextChoices):
    """What she can agree to, each by itself (Ley 29733: consent is for a purpose)."""

    REGISTRY = "registry", _("to be on the registry")
    STATISTICS = "statistics", _("to be counted in statistics")
    CARD = "card", _("to have a card that others can verify")
    MARKET = "market", _("to have her production and sales recorded")
    LENDERS = "lenders", _("to show her income to lenders she names")
    MINISTRIES = "ministries", _("to be known to ministries she names")


class Consent(models.Model):
    """Her consent to one purpose: when, how and to which words; withdrawn, it stays with the day of that."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    wording = models.PositiveSmallIntegerField(default=1)  # version of the words that she agreed to
    given_at = models.DateTimeField(default=timezone.now)
    given_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # None: herself
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["purpose", "given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="registry_consent_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.person_id}"


class What(models.TextChoices):
    """What was read."""

    FOUND = "found", _("name in a list")
    FILE = "file", _("her file")
    NUMBERS = "numbers", _("document numbers, phone or address")
    PHOTO = "photo", _("photo")
    COMPARED = "compared", _("compared with a possible duplicate")
    CARD = "card", _("card")
    PERMIT = "permit", _("authorisation or certificate")
    EXPORT = "export", _("export")
    OWN = "own", _("her own page")


class Reading(models.Model):
    """Somebody read of a person. `by` None is herself; `why` is what the reader gave as reason, if asked."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="readings")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=12, blank=True)  # the seat by which
    what = models.CharField(max_length=10, choices=What.choices)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["person", "-at"], name="registry_reading_of_person"),
            BrinIndex(fields=["at"], name="registry_reading_of_day"),  # rows come in the order of time: a few kB do
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.person_id}"
