"""What the room offers as measures: people registered, from the last published release of a period."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from pallaq.figures.models import RegistryRelease
from pallaq.figures.rules.tables import TODAY, WAYS
from pallaq.registry.models import Sex
from pallaq.shared.measures import Cells, Measure, Span

SEXES: Mapping[str, str] = {Sex.FEMALE: "women", Sex.MALE: "men", Sex.UNSTATED: "other"}  # as plans name them
SCHEME = "selectors-puno"


def registered(_plan: Any, period: Span, by: Sequence[str]) -> Cells:
    """Return how many were registered at the end of a period, by the last release published of it."""
    published = RegistryRelease.objects.published().filter(as_of__range=(period.starts_on, period.ends_on))
    release = published.order_by("-as_of").first()
    if release is None:
        return {}
    cells: dict[str, Decimal | None] = {}
    for cell, count in release.cells().items():
        codes = {way: code for way, code in zip(WAYS, cell, strict=True) if code is not None}
        if codes.pop("scheme") == SCHEME and codes.pop("state") == TODAY and set(codes) <= set(by):
            if "sex" in codes:
                codes["sex"] = SEXES[codes["sex"]]
            key = ";".join(f"{way}={code}" for way, code in sorted(codes.items()))
            cells[key] = None if count is None else Decimal(count)
    return cells


MEASURES = (
    Measure(
        name="figures.selectors_registered",
        title=_("Selectors registered on the national registry"),
        definition=_(
            "People registered on the registry of third natural persons and manual gold selectors at the day of the "
            "last release that was published for the period. Small counts are hidden."
        ),
        unit=_("people"),
        dimensions=("region", "sex"),
        compute=registered,
    ),
)
