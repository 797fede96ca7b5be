"""Organisations: whoever takes part in a plan, buys, lends or advises, with her kind and place."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from pallaq.shared.fields import plain, uuid7


class Kind(models.TextChoices):
    """What an organisation is."""

    MINISTRY = "ministry", _("ministry or national body")
    REGIONAL = "regional", _("regional government or its directorate")
    LOCAL = "local", _("municipality")
    SERVICE = "service", _("public programme or service")
    FINANCE = "finance", _("bank, cooperative or other lender")
    MINING = "mining", _("mining organisation")
    SELECTORS = "selectors", _("selectors' association")
    ASSISTANCE = "assistance", _("technical assistance")
    OTHER = "other", _("other")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Questions about organisations."""

    def matching(self, words: str) -> "OrganisationQuerySet":
        """Return those whose name or short name holds the words, however they are accented."""
        return self.filter(models.Q(name_key__contains=plain(words)) | models.Q(short__icontains=words.strip()))


class Organisation(models.Model):
    """A body that can be responsible for something, or a kind of bodies that the study names as one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    short = models.CharField(_("short name"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.OTHER)
    country = models.CharField(_("country"), max_length=2, default="PE")  # ISO 3166-1
    place = models.CharField(_("place"), max_length=6, blank=True)  # INEI ubigeo of 2 or 6 digits; "" for all
    # "Financial institutions": nobody logs in for it, and who it is has to be asked.
    stands_for_many = models.BooleanField(_("a kind of organisations, not one"), default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name_key"]
        constraints = [
            models.UniqueConstraint(fields=["country", "name_key"], name="places_organisation_name_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in Kind]), name="places_organisation_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.short or self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the key to sort and find by in step with the name."""
        self.name_key = plain(self.name)
        super().save(*args, **kwargs)
