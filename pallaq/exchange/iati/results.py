"""What a plan measures, as IATI results: indicators with baselines, targets and actual values by period and cell."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pallaq.exchange.contents import Contents, sense_of_indicator
from pallaq.exchange.iati.codes import MEASURES, RESULTS, SUMMED
from pallaq.exchange.iati.elements import in_each_language, narratives, worded
from pallaq.exchange.rules.telling import told
from pallaq.plan.models import Baseline, Indicator, Node, Plan, Target
from pallaq.plan.rules.cells import TOTAL, levels_of, words
from pallaq.plan.rules.periods import Period
from pallaq.progress.models import Value
from pallaq.shared.xml import Element, element, exact

MOST = 200_000  # targets, or values; of more, only totals


@dataclass(frozen=True)
class Actuals:
    """The current values of a plan that may be told, by item and period; `whole`: not only totals."""

    whole: bool
    values: Mapping[UUID, Mapping[Period, list[Value]]] = field(default_factory=dict)


def actuals_of(contents: Contents, large: bool) -> Actuals:
    """Read the current values of a version's indicators, those of few people left out; of a large plan only totals."""
    rows = Value.objects.current().filter(item__indicators__version=contents.version)
    rows = rows.order_by("item", "year", "quarter", "cell")
    whole = not large and not rows.order_by()[MOST : MOST + 1].exists()
    found: dict[UUID, dict[Period, list[Value]]] = defaultdict(lambda: defaultdict(list))
    columns = ("item", "cell", "year", "quarter", "value", "measured_on", "source", "n", "low", "high")
    for value in (rows if whole else rows.filter(cell=TOTAL)).only(*columns).iterator(2000):
        found[value.item_id][value.period()].append(value)
    units = {one.item_id: one.unit for each in contents.indicators.values() for one in each}
    for item, periods in found.items():
        for period, values in periods.items():
            periods[period] = told(values, units[item])
    return Actuals(whole, found)


def results(activity: Element, contents: Contents, node: Node, actuals: Actuals) -> None:
    """Add the results of an objective (its own, and its results') or of an action, where something is measured."""
    measured = [node, *contents.below[node.pk]] if node.item.kind == "objective" else [node]
    for one in measured:
        indicators = contents.indicators.get(one.pk, [])
        if not indicators:
            continue
        summed = all(indicator.unit in SUMMED for indicator in indicators)
        result = element(activity, "result", type=RESULTS[one.item.kind], aggregation_status=flag(summed))
        titled(result, one.item.code, one.title)
        worded(result, "description", one.description)
        for indicator in indicators:
            add_indicator(result, contents.plan, indicator, actuals.values.get(indicator.item_id, {}))


def add_indicator(result: Element, plan: Plan, indicator: Indicator, actuals: Mapping[Period, list[Value]]) -> None:
    """Add one indicator."""
    made = element(result, "indicator", measure=MEASURES.get(indicator.unit, "1"))
    if (sense := sense_of_indicator(indicator)) in {"rising", "falling"}:
        made.set("ascending", flag(sense == "rising"))
    made.set("aggregation-status", flag(indicator.unit in SUMMED))
    titled(made, indicator.item.code, indicator.title)
    worded(made, "description", sheet_words(indicator))
    for baseline in told(list(indicator.baselines.all()), indicator.unit):
        figure = element(made, "baseline", year=str(baseline.year), value=exact(baseline.value))
        dimensions(figure, plan, baseline.cell)
        commented(figure, baseline)
    targets: dict[Period, list[Target]] = defaultdict(list)
    for target in indicator.targets.all():
        targets[target.period()].append(target)
    for period in sorted({*targets, *(one for one, values in actuals.items() if values)}):
        add_period(made, plan, period, targets[period], actuals.get(period, ()))


def add_period(
    indicator: Element, plan: Plan, period: Period, targets: Sequence[Target], values: Sequence[Value]
) -> None:
    """Add a period with what was wanted and what was found."""
    made = element(indicator, "period")
    element(made, "period-start", iso_date=period.starts_on.isoformat())
    element(made, "period-end", iso_date=period.ends_on.isoformat())
    for target in targets:
        dimensions(element(made, "target", value=exact(target.value)), plan, target.cell)
    for value in values:
        figure = element(made, "actual", value=exact(value.value))
        dimensions(figure, plan, value.cell)
        commented(figure, value)


def dimensions(figure: Element, plan: Plan, cell: str) -> None:
    """Say whose figure it is, in the plan's first language."""
    language = first_language(plan)
    for dimension, level in levels_of(cell).items():
        known = plan.dimensions.get(dimension, {})
        title = words(known.get("title"), language) or dimension
        element(figure, "dimension", name=title, value=words(known.get("levels", {}).get(level), language) or level)


def commented(figure: Element, told_of: Baseline | Value) -> None:
    """Say where a figure is from, its base and its interval."""
    day = told_of.measured_on if isinstance(told_of, Value) else None
    worded(figure, "comment", provenance(told_of.source.strip(), day, told_of.n, told_of.low, told_of.high))


@lru_cache(maxsize=10_000)  # a large plan says the same of thousands of figures
def provenance(
    source: str, day: date | None, n: int | None, low: Decimal | None, high: Decimal | None
) -> dict[str, str]:
    """Return the source of a figure, its day, base and interval in one line for each language."""

    def line(_language: str) -> str:
        said = [source.rstrip(".")] if source else []
        if day:
            said.append(_("as of %(day)s") % {"day": date_format(day, "SHORT_DATE_FORMAT")})
        if n is not None:
            said.append(f"n = {n}")
        if low is not None and high is not None:
            limits = {"low": exact(low), "high": exact(high)}
            said.append(_("95 %% interval from %(low)s to %(high)s") % limits)
        return "; ".join(said)

    return in_each_language(line)


def sheet_words(indicator: Indicator) -> dict[str, str]:
    """Return what an indicator means and how it is measured, by language."""
    fields = (indicator.definition, indicator.numerator, indicator.denominator, indicator.measured_in, indicator.method)
    languages = dict.fromkeys(language for text in fields for language in text)
    return {
        language: " · ".join(str(text[language]).strip() for text in fields if text.get(language))
        for language in languages
    }


def titled(parent: Element, code: str, title: Mapping[str, str]) -> None:
    """Add a title that begins with the plan's own code, by which people know it."""
    narratives(element(parent, "title"), {language: f"{code} {text}" for language, text in title.items() if text})


def first_language(plan: Plan) -> str:
    """Return the language in which a plan is read first: Spanish, or else its own."""
    return "es" if "es" in plan.title else next(iter(plan.title), "es")


def flag(value: bool) -> str:
    """Return a truth as XML Schema writes it."""
    return "1" if value else "0"
