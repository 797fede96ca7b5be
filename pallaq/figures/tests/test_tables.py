"""What is published of a release, and how it adds up."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pallaq.figures.rules.tables import MARGINS, WAYS, age_band, cell_of, month_code, relations

DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("birth_on", "band"),
    [
        (None, "unknown"),
        (date(2008, 11, 26), "under-18"),
        (date(2008, 11, 25), "18-24"),
        (date(1961, 11, 26), "55-64"),
        (date(1961, 11, 25), "65-over"),
    ],
)
def test_ages_fall_into_bands(birth_on: date | None, band: str) -> None:
    assert age_band(birth_on, DAY) == band


def test_old_months_stand_together() -> None:
    assert [month_code(day, DAY) for day in (date(2024, 12, 1), date(2024, 11, 30))] == ["2024-12", "before"]


@given(st.lists(st.tuples(*[st.sampled_from("ab")] * 4), min_size=1, max_size=30))
def test_each_total_is_the_sum_of_its_parts(rows: list[tuple[str, ...]]) -> None:
    cells: Counter[tuple[str | None, ...]] = Counter()
    for row in rows:
        full = dict(zip(WAYS, ("s", "registered", *row), strict=True))
        cells.update(cell_of({way: full[way] for way in margin}) for margin in MARGINS)
    found = relations(cells)
    assert found
    for total, parts in found:
        assert cells[total] == sum(cells[part] for part in parts)
