"""Who works in the registry: seats with a role, in one region or in all, perhaps for one organisation."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from pallaq.places.models import Organisation


class Role(models.TextChoices):
    """What somebody may do here; an administrator gives seats and keeps keys, and reads nobody without a seat."""

    REGISTRAR = "registrar", _("registrar")  # registers and edits
    OFFICER = "officer", _("officer")  # decides: states, merges, imports, exports, revocations
    AUDITOR = "auditor", _("auditor")  # reads people and the log, changes nothing
    HOLDER = "holder", _("concession holder")  # authorises selectors for her organisation
    ASSOCIATION = "association", _("association's treasurer")  # keeps her association's members and board
    STATISTICIAN = "statistician", _("statistician")  # freezes releases and reads counts, never a person


class Seat(models.Model):
    """A role of somebody. `region` "" is the whole country; `organisation` is set for holders and associations."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="desks")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    region = models.CharField(_("region"), max_length=2, blank=True)  # INEI department
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="desks")
    may_export = models.BooleanField(_("may export"), default=False)  # given by itself, whatever the role reads

    class Meta:
        ordering = ["role", "region", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region", "organisation"],
                nulls_distinct=False,
                name="registry_seat_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["holder", "association"], organisation__isnull=False)
                | (~models.Q(role__in=["holder", "association"]) & models.Q(organisation__isnull=True)),
                name="registry_seat_of_an_organisation",
            ),
            models.CheckConstraint(
                condition=models.Q(may_export=False) | models.Q(role__in=["officer", "auditor"]),
                name="registry_seat_exports_what_it_reads",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.region}"
