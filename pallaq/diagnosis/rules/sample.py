"""Who was asked, region by profile, beside what the sample plan asks for."""

from dataclasses import dataclass

from pallaq.report.rules.document import Document, Estimate, IndicatorInfo, LevelInfo, estimate_id


@dataclass(frozen=True)
class SampleCell:
    """An estimate whose base counts the people asked, None where nobody was; people planned, None without a plan."""

    estimate: Estimate | None
    planned: int | None


@dataclass(frozen=True)
class SampleLine:
    """A region: a cell for each profile, and all of them."""

    region: LevelInfo
    cells: tuple[SampleCell, ...]
    total: SampleCell


def make_sample(document: Document) -> tuple[SampleLine, ...]:
    """Return a line for each region; nothing where no question was put to everybody, so that nobody is counted."""
    general = next((info for info in document.indicators if not info.universe), None)
    return tuple(sample_line(document, general, region) for region in regions(document)) if general else ()


def regions(document: Document) -> tuple[LevelInfo, ...]:
    """Return the regions; none in a diagnosis without them."""
    return next((variable.levels for variable in document.variables if variable.role == "region"), ())


def sample_line(document: Document, general: IndicatorInfo, region: LevelInfo) -> SampleLine:
    """Return how many people were asked in a region, counted where one question was put to everybody."""
    known = {estimate.id: estimate for estimate in document.estimates_of(general.code)}
    plan = {(cell.region, cell.profile): cell.persons for cell in document.plan}
    profile, here = document.profile(), {document.region().code: region.code}

    def cell(domain: dict[str, str], profiles: tuple[str, ...]) -> SampleCell:
        planned = sum(plan.get((region.code, code), 0) for code in profiles) if plan else None
        return SampleCell(known.get(estimate_id(general.code, general.counted, domain)), planned)

    codes = tuple(level.code for level in profile.levels)
    cells = tuple(cell({profile.code: code, **here}, (code,)) for code in codes)
    return SampleLine(region, cells, cell(here, codes))
