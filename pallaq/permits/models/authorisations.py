"""Authorisations to select: what a concession holder lets a selector do, where and until when; who signed it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self
from uuid import UUID

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.permits.rules.states import OPEN, standing
from pallaq.permits.rules.terms import terms_sha256
from pallaq.places.models import Organisation
from pallaq.places.rules import district
from pallaq.registry.models import Person
from pallaq.registry.models.people import before
from pallaq.shared.encryption import EncryptedText
from pallaq.shared.fields import uuid7


class State(models.TextChoices):
    """Where an authorisation stands; that it has run out follows from its dates."""

    REQUESTED = "requested", _("requested")
    OFFERED = "offered", _("offered, to be signed")
    IN_FORCE = "in_force", _("in force")
    REFUSED = "refused", _("refused, with a reason")
    WITHDRAWN = "withdrawn", _("withdrawn")
    ENDED = "ended", _("ended before its last day")


STANDINGS = {**dict(State.choices), "later": _("signed, begins later"), "expired": _("run out")}


class Side(models.TextChoices):
    """On whose behalf something is signed or said."""

    HOLDER = "holder", _("concession holder")
    SELECTOR = "selector", _("selector")
    WITNESS = "witness", _("witness")


class AuthorisationQuerySet(models.QuerySet["Authorisation"]):
    """Questions about authorisations."""

    def in_force_on(self, day: date) -> Self:
        """Return those by which somebody may select on a day: signed by both by then, and not taken back."""
        return self.filter(
            Q(closed_on__isnull=True) | Q(closed_on__gt=day),
            signed_on__lte=day,
            starts_on__lte=day,
            ends_on__gte=day,
        )

    def standing(self, which: str, day: date) -> Self:
        """Return those that stand so on a day (see `rules.states.standing`); "" for all."""
        if which == "later":
            return self.filter(state=State.IN_FORCE, starts_on__gt=day)
        if which == "expired":
            return self.filter(state__in=[State.IN_FORCE, State.OFFERED], ends_on__lt=day)
        if which == State.IN_FORCE:
            return self.filter(state=State.IN_FORCE, starts_on__lte=day, ends_on__gte=day)
        if which == State.OFFERED:
            return self.filter(state=State.OFFERED, ends_on__gte=day)
        return self.filter(state=which) if which else self

    def ending(self, first: date, last: date) -> Self:
        """Return those in force whose last day is one of these."""
        return self.filter(state=State.IN_FORCE, ends_on__range=(first, last))

    def of_person(self, person: Person) -> Self:
        """Return hers, also those that stand at rows which were merged into hers."""
        return self.filter(person__in=rows_of(person))


@pghistory.track(*before())
class Authorisation(models.Model):
    """A holder lets a selector select at a place, on terms, from a day to another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="authorisations")
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="authorisations")
    right_name = models.CharField(_("mining right"), max_length=150, blank=True)
    right_code = models.CharField(_("code of the right"), max_length=40, blank=True)  # INGEMMET's
    place = models.CharField(_("district"), max_length=6)  # INEI ubigeo
    centre = models.CharField(_("mining centre, dump"), max_length=150, blank=True)
    terms = models.TextField(_("terms"), blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    signed_on = models.DateField(null=True, editable=False)  # the day of the later of the two signatures
    closed_on = models.DateField(null=True, editable=False)  # from this day on it is not in force
    renews = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="renewals")
    synthetic = models.BooleanField(default=False, editable=False)
    edition = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AuthorisationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["holder", "state", "ends_on"], name="permits_of_holder"),
            models.Index(fields=["state", "ends_on"], name="permits_ending"),
            models.Index(fields=["-made_at", "-id"], name="permits_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="permits_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["offered", "in_force"]) | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="permits_offer_has_dates",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(signed_on__isnull=False), name="permits_in_force_is_signed"
            ),
            models.UniqueConstraint(
                fields=["renews"],
                condition=Q(state__in=["requested", "offered", "in_force"]),
                name="permits_renewed_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)  # never a name

    def agreed(self) -> dict[str, str]:
        """Return everything that both sides sign."""
        return {
            "person": self.person.number,
            "holder": str(self.holder_id),
            "right_name": self.right_name,
            "right_code": self.right_code,
            "place": self.place,
            "centre": self.centre,
            "terms": self.terms,
            "from": self.starts_on.isoformat() if self.starts_on else "",
            "until": self.ends_on.isoformat() if self.ends_on else "",
        }

    def sha256(self) -> str:
        """Return the SHA-256 of what both sides sign."""
        return terms_sha256(self.agreed())

    def standing(self) -> str:
        """Return how it stands today."""
        return standing(self.state, self.starts_on, self.ends_on, timezone.localdate())

    def standing_words(self) -> str:
        """Return how it stands today, in words."""
        return str(STANDINGS[self.standing()])

    def is_open(self) -> bool:
        """Say whether somebody still has to answer."""
        return self.state in OPEN

    def is_in_force(self) -> bool:
        """Say whether she may select by it today."""
        return Authorisation.objects.in_force_on(timezone.localdate()).filter(pk=self.pk).exists()

    def place_words(self) -> str:
        """Return the district and its province, and the centre before them."""
        found = district(self.place)
        words = f"{found.name} ({found.province})" if found else self.place
        return f"{self.centre}, {words}" if self.centre else words

    def right_words(self) -> str:
        """Return the mining right with its code."""
        return " · ".join(part for part in (self.right_name, self.right_code) if part)


class Step(models.Model):
    """One change of state: what it was and became, when, who said so on whose behalf, and why."""

    authorisation = models.ForeignKey(Authorisation, models.CASCADE, related_name="steps")
    before = models.CharField(max_length=10, blank=True)  # "": it began
    after = models.CharField(max_length=10, choices=State.choices)
    side = models.CharField(max_length=8, choices=Side.choices, blank=True)
    on = models.DateField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # None: herself

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class Signature(models.Model):
    """Somebody signed the terms with this sum: on screen, on her own page (`by` None), or on paper before `by`.

    Terms that change make it fall: it stays with the moment, and counts no more.
    """

    authorisation = models.ForeignKey(Authorisation, models.CASCADE, related_name="signatures")
    side = models.CharField(max_length=8, choices=Side.choices)
    on_paper = models.BooleanField(default=False)
    name = EncryptedText(default="", blank=True, editable=True)  # who signed for the holder on paper, or as witness
    signed_on = models.DateField()  # the paper's date
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    fell_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authorisation", "side"],
                condition=Q(fell_at__isnull=True) & ~Q(side="witness"),
                name="permits_each_side_signs_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} of {self.authorisation_id}"


def rows_of(person: Person) -> list[UUID]:
    """Return the key of a person and of every row that was merged into hers."""
    found, newer = [person.pk], [person.pk]
    while newer:
        newer = list(Person.objects.filter(merged_into__in=newer).values_list("pk", flat=True))
        found += newer
    return found


def current(person: Person) -> Person:
    """Return the row that a merged person stands for today."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


def people_of(rows: Iterable[Any]) -> list[Person]:
    """Return the people of authorisations that are shown, each once."""
    return list({row.person_id: row.person for row in rows}.values())
