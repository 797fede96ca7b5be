"""What official lists and desks say of organisations: mining rights, states in the RECPO, benefit plants."""

from datetime import date
from typing import Optional

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pallaq.associations.models.files import BroughtList, Kept, SpanQuerySet, ends_later, no_overlap
from pallaq.places.models import Organisation
from pallaq.registry.models.people import before
from pallaq.registry.rules.identifiers import cleaned
from pallaq.shared.encryption import BlindIndex, EncryptedText


@pghistory.track(*before())
class MiningRight(Kept):
    """A mining right: its unique code, name and district, and who says so."""

    code = models.CharField(_("code"), max_length=40, unique=True)  # cleaned, as `rules.identifiers` writes it
    name = models.CharField(_("name"), max_length=150)
    district = models.CharField(_("district"), max_length=6)  # INEI ubigeo
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Part(models.TextChoices):
    """What an organisation is to a mining right."""

    HOLDER = "holder", _("holder")
    OPERATOR = "operator", _("operator")


class Said(Kept):
    """Something that a source said on a day, and from when to when it holds."""

    starts_on = models.DateField(_("from"), null=True, blank=True)  # None: not known
    ends_on = models.DateField(_("to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    said_on = models.DateField(_("as of"))  # the last day on which the source said so
    brought = models.ForeignKey(BroughtList, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class HoldingQuerySet(SpanQuerySet):
    """Questions about who holds or operates a mining right."""


@pghistory.track(*before())
class Holding(Said):
    """An organisation holds or operates a mining right."""

    right = models.ForeignKey(MiningRight, models.PROTECT, related_name="holdings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="holdings")
    part = models.CharField(_("is its"), max_length=8, choices=Part.choices)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        ordering = ["right__code", "part", "starts_on"]
        constraints = [
            ends_later("associations_holding_ends_later"),
            no_overlap("associations_holding_once", "right", "organisation", "part"),
        ]

    def __str__(self) -> str:
        return f"{self.part} of {self.right_id}"


class Standing(models.TextChoices):
    """A state in the RECPO; `rules.recpo` maps the words of lists to it."""

    IN_FORCE = "in_force", _("in force")
    SUSPENDED = "suspended", _("suspended")
    ENDED = "ended", _("ended or excluded")


class RecpoQuerySet(SpanQuerySet):
    """Questions about states in the RECPO."""

    def recpo_on(self, organisation: Organisation, day: date) -> Optional["RecpoState"]:
        """Return an organisation's state on a day; None: not known, which is not the same as "not registered"."""
        found: RecpoState | None = self.filter(organisation=organisation, starts_on__lte=day).on(day).first()
        return found


@pghistory.track(*before())
class RecpoState(Said):
    """Where an organisation stood in the RECPO from a day on."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="recpo_states")
    number = EncryptedText(_("number"), default="", blank=True, editable=True)
    number_index = BlindIndex(of="number", purpose="recpo", form=cleaned)
    state = models.CharField(_("state"), max_length=10, choices=Standing.choices)

    objects = RecpoQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        indexes = [models.Index(fields=["number_index"], name="associations_recpo_number")]
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__isnull=False), name="associations_recpo_says_since"),
            ends_later("associations_recpo_ends_later"),
            no_overlap("associations_recpo_once", "organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.state} of {self.organisation_id}"

    def masked(self) -> str:
        """Return the number with all but its last three characters hidden."""
        number: str = self.number
        return "•" * max(len(number) - 3, 0) + number[-3:]


class MercuryFree(models.TextChoices):
    """Whether a plant works without mercury: what nobody checked is not known, and never a no."""

    YES = "yes", _("works without mercury")
    NO = "no", _("works with mercury")
    UNKNOWN = "unknown", _("not known")


@pghistory.track(*before())
class Plant(Kept):
    """A benefit plant of an organisation."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="plants")
    name = models.CharField(_("name"), max_length=150)
    district = models.CharField(_("district"), max_length=6)  # INEI ubigeo
    mercury_free = models.CharField(
        _("mercury"), max_length=8, choices=MercuryFree.choices, default=MercuryFree.UNKNOWN
    )
    starts_on = models.DateField(_("so since"), null=True, blank=True)  # since when it works so; None: not known
    source = models.CharField(_("source"), max_length=300, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mercury_free="unknown") | (~Q(source="") & Q(checked_on__isnull=False)),
                name="associations_plant_says_who_checked",
            ),
            models.UniqueConstraint(fields=["organisation", "name"], name="associations_plant_name_once"),
        ]

    def __str__(self) -> str:
        return f"plant of {self.organisation_id}"
