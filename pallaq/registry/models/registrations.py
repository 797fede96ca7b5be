"""Registrations: a person on a scheme, her state there, and how it came about."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.registry.models.people import Person, PersonState
from pallaq.registry.models.schemes import Scheme
from pallaq.registry.rules.identifiers import masked
from pallaq.shared.encryption import BlindIndex, EncryptedText
from pallaq.shared.fields import uuid7


class State(models.TextChoices):
    """Where a registration stands; which may follow which is the scheme's (`Scheme.transitions`)."""

    APPLIED = "applied", _("applied for")
    REGISTERED = "registered", _("registered")
    SUSPENDED = "suspended", _("suspended")
    EXCLUDED = "excluded", _("excluded")
    ENDED = "ended", _("ended")


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Questions about registrations."""

    def of_people_in(self, regions: frozenset[str] | None) -> Self:
        """Return those of people who are on the registry today and live in the regions; None for all of them."""
        found = self.filter(person__state=PersonState.CURRENT)
        return found if regions is None else found.filter(person__region__in=sorted(regions))


class Registration(models.Model):
    """A person on a scheme. Its states are rows of their own (`Transition`); here is the last."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="registrations")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="registrations")
    number = EncryptedText(_("number"), default="", blank=True, editable=True)  # the authority's
    number_index = BlindIndex(of="number", purpose="registration.{scheme_id}")
    place = models.CharField(_("district"), max_length=6)  # INEI ubigeo: where it holds
    region = models.CharField(max_length=2, editable=False)
    state = models.CharField(max_length=10, choices=State.choices)
    since = models.DateField()  # the day from which the state holds
    valid_to = models.DateField(_("valid to"), null=True, blank=True)  # None: the scheme sets no end that we know
    made_at = models.DateTimeField(default=timezone.now)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["scheme__position", "scheme", "-since"]
        indexes = [
            models.Index(fields=["number_index"], name="registry_registration_number"),
            models.Index(fields=["scheme", "state", "region"], name="registry_registration_count"),
        ]
        constraints = [
            # On one scheme she stands once, however often she left it before.
            models.UniqueConstraint(
                fields=["person", "scheme"],
                condition=models.Q(state__in=["applied", "registered", "suspended"]),
                name="registry_registration_once_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.state}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the region in step."""
        self.region = self.place[:2]
        super().save(*args, **kwargs)  # type: ignore[arg-type] # Django's own arguments

    def masked(self) -> str:
        """Return the number with all but its last three characters hidden."""
        return masked(self.number)


class Transition(models.Model):
    """One change of a registration's state: what it was and became, from which day, by whom, and why."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="transitions")
    before = models.CharField(max_length=10, blank=True)  # "": it began
    after = models.CharField(max_length=10, choices=State.choices)
    on = models.DateField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"
