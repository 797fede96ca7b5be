"""How many people answered in each region and profile, beside how many the sample plan asks for."""

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

from pallaq.study.rules.dataset.answers import said
from pallaq.study.rules.definition import Study


@dataclass(frozen=True)
class Cell:
    """People in the data and people planned; None where the study has no plan."""

    rows: int
    planned: int | None

    @property
    def differs(self) -> bool:
        """Say whether the plan asks for another number."""
        return self.planned is not None and self.planned != self.rows


@dataclass(frozen=True)
class SampleRow:
    """A region by its title, or everybody when that is empty: a cell for each profile, and their sum."""

    region: str
    cells: tuple[Cell, ...]
    total: Cell


def sample_table(study: Study, table: pa.Table) -> list[SampleRow]:
    """Return a row for each region that has people or a plan, and a last one for everybody."""
    columns = [study.region.code, study.profile.code]
    groups = table.group_by(columns).aggregate([([], "count_all")]).to_pylist()
    have = Counter({(group[columns[0]], group[columns[1]]): group["count_all"] for group in groups})
    plan = Counter({(cell.region, cell.profile): cell.persons for cell in study.plan})
    profiles = study.profile.codes()

    def row(region: str, codes: list[str]) -> SampleRow:
        def cell(wanted: tuple[str, ...]) -> Cell:
            keys = [(code, profile) for code in codes for profile in wanted]
            return Cell(sum(have[key] for key in keys), sum(plan[key] for key in keys) if plan else None)

        return SampleRow(region, tuple(cell((profile,)) for profile in profiles), cell(profiles))

    present = {region for region, _profile in have | plan}
    shown = [level for level in study.region.levels if level.code in present]
    return [*(row(said(level.title), [level.code]) for level in shown), row("", [level.code for level in shown])]
