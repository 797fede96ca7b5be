"""Tables of the room: under whose name a plan is published."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pallaq.plan.models import Plan


class PublisherKind(models.TextChoices):
    """What the reporting organisation is, by IATI's codes of OrganisationType."""

    GOVERNMENT = "10", _("government")
    LOCAL_GOVERNMENT = "11", _("regional or local government")
    PUBLIC_SECTOR = "15", _("other public sector")
    INTERNATIONAL_NGO = "21", _("international NGO")
    NATIONAL_NGO = "22", _("national NGO")
    MULTILATERAL = "40", _("multilateral")
    FOUNDATION = "60", _("foundation")
    PRIVATE_SECTOR = "70", _("private sector")
    ACADEMIC = "80", _("academic, training and research")
    OTHER = "90", _("other")


class Publisher(models.Model):
    """The organisation that reports a plan to IATI, with the identifier that it has there: never ours to invent."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="publisher")
    identifier = models.CharField(_("IATI identifier of the organisation"), max_length=100)
    name = models.CharField(_("its name"), max_length=200)
    kind = models.CharField(_("what it is"), max_length=2, choices=PublisherKind.choices)

    class Meta:
        ordering = ["plan"]

    def __str__(self) -> str:
        return self.identifier
