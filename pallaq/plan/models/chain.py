"""The chain of a version: nodes from level to activity, who has a part in them, and where they happen."""

from typing import Any, Self

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pallaq.places.models import Organisation
from pallaq.plan.models.plans import Item, Version
from pallaq.plan.rules.cells import words
from pallaq.shared.fields import uuid7


class NodeQuerySet(models.QuerySet["Node"]):
    """Questions about nodes."""

    def of_kind(self, *kinds: str) -> Self:
        """Return the nodes of these kinds."""
        return self.filter(item__kind__in=kinds)

    def whole(self) -> Self:
        """Return them with everything a page prints of a node."""
        return self.select_related("item", "parent__item").prefetch_related("parts__organisation", "places")


class Node(models.Model):
    """A level, objective, result, action or activity of a version; `item` says which, `parent` is one kind above."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(Version, models.CASCADE, related_name="nodes")
    item = models.ForeignKey(Item, models.PROTECT, related_name="nodes")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    position = models.PositiveIntegerField(default=0)  # among its siblings
    title = models.JSONField()  # language -> words
    description = models.JSONField(default=dict, blank=True)  # modules of a training, linked entities
    note = models.JSONField(default=dict, blank=True)  # the editor's: where the print slips
    legal_basis = models.CharField(max_length=200, blank=True)
    # OECD-DAC: 0 not targeted, 1 significant, 2 principal; None not judged yet.
    gender_marker = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # in the plan's currency
    edition = models.PositiveIntegerField(default=1)  # counted up by each edit, so that two people see each other

    objects = NodeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "item"], name="plan_node_once_in_a_version"),
            models.CheckConstraint(
                condition=models.Q(gender_marker__isnull=True) | models.Q(gender_marker__lte=2),
                name="plan_node_gender_marker_of_the_dac",
            ),
            models.CheckConstraint(
                condition=models.Q(budget__isnull=True) | models.Q(budget__gte=0), name="plan_node_budget_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="plan_node_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.code} {self.name()}"

    def name(self) -> str:
        """Return the title in the reader's language."""
        return words(self.title, get_language() or "es")

    def kind(self) -> str:
        """Return what it is in the chain."""
        return self.item.kind

    def copied_to(self, version: Version, parent: "Node | None") -> "Node":
        """Return the same node for another version, unsaved."""
        kept: dict[str, Any] = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.name not in {"id", "version", "parent", "edition"}
        }
        return Node(version=version, parent=parent, **kept)


class PartRole(models.TextChoices):
    """What an organisation does for a node."""

    RESPONSIBLE = "responsible", _("responsible")
    TAKES_PART = "takes_part", _("takes part")
    FUNDS = "funds", _("funds")


class Part(models.Model):
    """An organisation's part in a node; it holds for everything below it too."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="parts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="parts")
    role = models.CharField(max_length=12, choices=PartRole.choices)

    class Meta:
        ordering = ["role", "organisation__name_key"]
        constraints = [models.UniqueConstraint(fields=["node", "organisation", "role"], name="plan_part_once")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.role}"


class NodePlace(models.Model):
    """Where a node happens: a level of the plan's dimension "region", or a district by its INEI ubigeo."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="places")
    place = models.CharField(max_length=40)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["node", "place"], name="plan_node_place_once")]

    def __str__(self) -> str:
        return self.place
