"""What the room offers as measures: the share of women in the boards of associations."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pallaq.associations.models import Board, BoardPost
from pallaq.registry.models import Sex
from pallaq.shared.measures import Cells, Measure, Span
from pallaq.shared.statistics import Codes, safe_counts


def posts_by(day: date, *, regional: bool) -> dict[Codes, int | None]:
    """Return how many posts women, men and others held on a day, by region if asked; None where a count is hidden."""
    held = BoardPost.objects.on(day).filter(board__in=Board.objects.on(day))
    rows = held.values_list("board__organisation__place", "sex")
    counts: Counter[tuple[str, ...]] = Counter()
    places = set()
    for place, sex in rows:
        counts[(place[:2], sex) if regional else (sex,)] += 1
        places.add(place[:2])
    for sex in Sex.values:  # nobody at all is said too: it is no secret
        for key in [(place, sex) for place in places] if regional else [(sex,)]:
            counts[key] += 0
    return safe_counts(counts) if places else {}


def women_in_boards(_plan: Any, period: Span, by: Sequence[str]) -> Cells:
    """Return the share of posts that women hold on the last day of a period, or today if that is earlier."""
    day = min(period.ends_on, timezone.localdate())
    if day < period.starts_on:
        return {}
    regional = "region" in by
    table = posts_by(day, regional=regional)
    cells: dict[str, Decimal | None] = {}
    for region in {cell[0] for cell in table} if regional else {None}:
        way = (region,) if regional else ()
        women, men = table.get((*way, Sex.FEMALE), 0), table.get((*way, Sex.MALE), 0)
        key = f"region={region}" if region else ""
        if women is None or men is None:
            cells[key] = None
        elif women + men:
            cells[key] = 100 * Decimal(women) / (women + men)
    return cells


MEASURES = (
    Measure(
        name="associations.women_in_boards",
        title=_("Women in the boards of selectors' associations"),
        definition=_(
            "Of the posts in the boards of selectors' associations whose holder's sex is stated, the part that women "
            "hold on the last day of the period. A share of which fewer than 10 women or 10 men tell is not shown."
        ),
        unit=_("per cent"),
        dimensions=("region",),
        compute=women_in_boards,
    ),
)
