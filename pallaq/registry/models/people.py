"""People: names, identifiers, photo, what they do and where; what was said before stands in history tables."""

import re
from typing import Any, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.places.models import Organisation
from pallaq.registry.models.schemes import IdentifierKind, Scheme
from pallaq.registry.rules.identifiers import cleaned, masked, phone_digits
from pallaq.registry.rules.names import block_keys, name_words
from pallaq.registry.rules.numbers import cleaned_number, is_number, new_number
from pallaq.shared.encryption import BlindIndex, EncryptedBytes, EncryptedText, ring
from pallaq.shared.fields import plain, uuid7


def before() -> tuple[pghistory.Tracker, ...]:
    """Return what keeps a row's words before it is changed or deleted; the row itself is the last word."""
    return pghistory.UpdateEvent("changed", row=pghistory.Old), pghistory.DeleteEvent("deleted", row=pghistory.Old)


class Sex(models.TextChoices):
    """As the identity document says."""

    FEMALE = "female", _("woman")
    MALE = "male", _("man")
    UNSTATED = "unstated", _("not stated")


class PersonState(models.TextChoices):
    """Whether the row is a person of the registry today."""

    CURRENT = "current", _("current")
    MERGED = "merged", _("merged into another")
    ERASED = "erased", _("erased")  # withdrawn: what law does not hold back is gone


class PersonQuerySet(models.QuerySet["Person"]):
    """Questions about people."""

    def current(self) -> Self:
        """Return those who were neither merged into another nor erased."""
        return self.filter(state=PersonState.CURRENT)

    def in_regions(self, regions: frozenset[str] | None) -> Self:
        """Return those who live in the regions; None for all of them."""
        return self if regions is None else self.filter(region__in=sorted(regions))

    def search(self, words: str) -> Self:
        """Return those whom typed words name, as they sound: "qispi juana", "Quispe 1981", or a number or phone.

        A number is one of a document, an authority's, the registry's or a phone, whole. Merged and erased people are
        found too unless the caller leaves them out. Never count what is found: a surname alone is a hundred thousand.
        """
        number = cleaned_number(words)
        if is_number(number) and (hers := self.filter(number=number)).exists():
            return hers  # it may have no digit at all, and a name may look like one
        numbers = [part for part in words.split() if any(map(str.isdigit, part))]
        years = [part for part in numbers if re.fullmatch(r"(19|20)\d\d", part)]
        if len(years) < len(numbers):
            return self.filter(pk__in=keys_of_number(words))
        heard = name_words(*(part for part in words.split() if part not in numbers))
        found = self.filter(name_words__contains=[*heard, *years]) if heard else self.none()
        # Two words leave some thousands at most: sorting those is quicker than walking all people in order, which
        # PostgreSQL prefers where it can. An expression is no column of an index, so that here it cannot.
        return found.order_by(Concat("name_key", Value("")), "id") if len(heard) + len(years) > 1 else found


def keys_of_number(typed: str) -> models.QuerySet["Person", Any]:
    """Return the keys of people who have a number: a document's, an authority's, the registry's, or a phone's."""
    number, digits = cleaned(typed), phone_digits(typed)
    people = Person.objects.order_by().values("pk")
    schemes = Scheme.objects.values_list("pk", flat=True)
    of_schemes = [index for scheme in schemes for index in ring().indexes(number, f"registration.{scheme}")]
    return people.filter(identifiers__number_index__in=ring().indexes(number, "identifier")).union(
        people.filter(registrations__number_index__in=of_schemes),
        people.filter(number=cleaned_number(typed)),
        people.filter(phone_index__in=ring().indexes(digits, "phone")),
    )


@pghistory.track(*before())
class Person(models.Model):
    """A person of the registry. `number` is what her card and her own page call her; it says nothing of her."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=12, unique=True, default=new_number, editable=False)  # see `rules.numbers`
    given_names = models.CharField(_("given names"), max_length=100)
    paternal_surname = models.CharField(_("paternal surname"), max_length=60)
    maternal_surname = models.CharField(_("maternal surname"), max_length=60, blank=True)
    name_key = models.CharField(max_length=225, editable=False)  # surnames first, as lists are sorted
    name_words = ArrayField(models.CharField(max_length=100), default=list, editable=False)
    block_keys = ArrayField(models.CharField(max_length=60), default=list, editable=False)  # of possible duplicates
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices)
    birth_on = models.DateField(_("date of birth"), null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=3), verbose_name=_("languages"), default=list, blank=True)  # ISO
    place = models.CharField(_("district"), max_length=6)  # where she lives: INEI ubigeo
    region = models.CharField(max_length=2, editable=False)
    address = EncryptedText(_("address"), default="", blank=True, editable=True)
    phone = EncryptedText(_("phone"), default="", blank=True, editable=True)
    phone_index = BlindIndex(of="phone", purpose="phone", form=phone_digits)
    state = models.CharField(max_length=8, choices=PersonState.choices, default=PersonState.CURRENT)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    edition = models.PositiveIntegerField(default=1)  # counted up by every change in her file, registrations too
    synthetic = models.BooleanField(default=False, editable=False)  # of the demonstration: stamped wherever shown
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["name_key", "id"]
        indexes = [
            GinIndex(fields=["name_words"], name="registry_person_name_words"),
            GinIndex(fields=["block_keys"], name="registry_person_block_keys"),
            models.Index(fields=["name_key", "id"], name="registry_person_name_key"),
            models.Index(fields=["region", "name_key", "id"], name="registry_person_region"),
            models.Index(fields=["phone_index"], name="registry_person_phone"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="merged", merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into__isnull=True)),
                name="registry_person_merged_says_into_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(place__regex=r"^\d{6}$"), name="registry_person_place_is_a_district"
            ),
        ]

    def __str__(self) -> str:
        return self.number  # never a name: this is what a log or an error would print

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep what is derived in step."""
        self.derive()
        super().save(*args, **kwargs)

    def standing(self) -> "Person":
        """Return the person as whom she stands today: herself, or whom her row was merged into.

        Whatever hangs on a person in rooms above (memberships, permits, cards) stays with the row it was made for;
        they call this when they read, and again after a merge is undone.
        """
        person = self
        while person.merged_into is not None:
            person = person.merged_into
        return person

    def name(self) -> str:
        """Return her name as documents print it."""
        return " ".join(part for part in (self.given_names, self.paternal_surname, self.maternal_surname) if part)

    def derive(self) -> None:
        """Set what follows from the rest: keys to sort, find and compare by, and the region."""
        surnames = f"{self.paternal_surname} {self.maternal_surname}"
        self.name_key = plain(f"{surnames} {self.given_names}")
        # Her year of birth is one of her words: "Mamani 1981" is then one question to one index.
        year = [str(self.birth_on.year)] if self.birth_on else []
        self.name_words = [*year, *name_words(self.given_names, self.paternal_surname, self.maternal_surname)]
        self.block_keys = block_keys(self.given_names, self.paternal_surname, self.maternal_surname, self.birth_on)
        self.region = self.place[:2]


@pghistory.track(*before())
class Identifier(models.Model):
    """A number by which somebody else knows her. The same number may stand at two people until somebody decides."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="identifiers")
    kind = models.ForeignKey(IdentifierKind, models.PROTECT, related_name="+")
    number = EncryptedText(_("number"), editable=True)
    number_index = BlindIndex(of="number", purpose="identifier")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["kind__position", "kind", "valid_from"]
        indexes = [models.Index(fields=["number_index"], name="registry_identifier_number")]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "number_index"], name="registry_identifier_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.kind_id}"

    def masked(self) -> str:
        """Return the number with all but its last three characters hidden."""
        return masked(self.number)


class Photo(models.Model):
    """Her photo, made small, without what a camera writes beside it; its sha256 stands on her card."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="photo", primary_key=True)
    image = EncryptedBytes()  # JPEG
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"photo of {self.person_id}"


class ActivityKind(models.TextChoices):
    """What she does."""

    PALLAQUEO = "pallaqueo", _("pallaqueo: picks ore from what mines throw away")
    CACHORREO = "cachorreo", _("cachorreo: is paid in ore for work in the mine")


class PermissionKind(models.TextChoices):
    """How the mine lets her select, as she says; a countersigned authorisation is a row of the room `permits`."""

    NONE = "none", _("no permission")
    VERBAL = "verbal", _("a spoken word")
    WRITTEN = "written", _("a written permission")


@pghistory.track(*before())
class Activity(models.Model):
    """What she does, where, with whose permission, from when on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="activities")
    kind = models.CharField(_("activity"), max_length=10, choices=ActivityKind.choices)
    place = models.CharField(_("district"), max_length=6)  # INEI ubigeo of the mining centre
    centre = models.CharField(_("mining centre"), max_length=100, blank=True)  # La Rinconada, Mollehuaca
    organisation = models.ForeignKey(  # the concession holder or operator
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("holder or operator")
    )
    permission = models.CharField(_("permission"), max_length=8, choices=PermissionKind.choices)
    starts_on = models.DateField(_("since"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="registry_activity_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"
