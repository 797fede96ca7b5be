"""Whether the rows of a plan make a plan: everything that is wrong is noted, with row, column and remedy."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from pallaq.exchange.rules.plan_file import SHEETS, Column, Key, Row, Sheets, period_of, text_of, value_of
from pallaq.places.rules import department, district
from pallaq.plan.rules.cells import cell_fault
from pallaq.plan.rules.chain import MEASURED, circles, parent_fault
from pallaq.plan.rules.units import value_fault
from pallaq.shared.fields import plain
from pallaq.study.rules.findings import Findings

YEARS = (1900, 2200)
CODE = re.compile(r"[\w.()-]+")  # codes stand in addresses, and in the names of cells
MOST_MONEY = 10**12


def note(findings: Findings, row: Row, column: str, code: str, message: str) -> None:
    """Note what is wrong in a cell."""
    value = text_of(row.values.get(column)) if column and not isinstance(row.values.get(column), Mapping) else ""
    place = f"{row.sheet}: {column}" if column else row.sheet
    findings.add(code, message, row.at(column) or None, column=place, value=value)


def typed(sheets: Sheets, findings: Findings) -> Sheets:
    """Return the rows with their texts read as what the columns hold; what cannot be read is noted and left empty."""
    return {name: [typed_row(row, findings) for row in rows] for name, rows in sheets.items()}


def typed_row(row: Row, findings: Findings) -> Row:
    """Return one row with its values read."""
    values: dict[str, Any] = {}
    for column in SHEETS[row.sheet]:
        if column.name not in row.values:
            continue
        written = row.values[column.name]
        if column.kind == "words":
            values[column.name] = {language: words.strip() for language, words in written.items() if words.strip()}
            if any("\0" in words for words in written.values()):
                note(
                    findings, row, column.name, "not-words", _("It holds a character that text cannot have. Remove it.")
                )
        else:
            values[column.name] = read(column, written, row, findings)
        nothing = not values[column.name] if column.kind == "words" else not written.strip()
        if column.required and nothing:
            message = _("“%(column)s” is empty. Write it.") % {"column": column.name}
            note(findings, row, column.name, f"{column.name}-missing", message)
    return Row(row.sheet, row.number, values, row.lines)


def read(column: Column, written: str, row: Row, findings: Findings) -> Any:
    """Return what a text means in its column; noted and nothing where it means nothing there."""
    try:
        value = value_of(column, written)
    except ValueError:
        note(findings, row, column.name, f"not-a-{column.kind}", faults()[column.kind] % {"value": written[:40]})
        return None
    if column.allowed and value and value not in column.allowed:
        findings.unknown(
            column.name, value, column.allowed, row.at(column.name) or None, column=f"{row.sheet}: {column.name}"
        )
        return None
    return value


def faults() -> dict[str, str]:
    """Return what to say of a text that is not what its column holds."""
    return {
        "number": _("“%(value)s” is no number we can keep. Write it with a decimal point, such as 1500.50."),
        "whole": _("“%(value)s” is no whole number from zero on. Correct it."),
        "day": _("“%(value)s” is no date. Write it as 2026-12-31."),
        "flag": _("“%(value)s” is neither yes nor no. Write one of them."),
        "period": _("“%(value)s” is no period. Write a year, such as 2027, or a quarter, such as 2027-Q2."),
        "word": _("“%(value)s...” is too long. Shorten it."),
    }


def check(sheets: Sheets, findings: Findings) -> None:
    """Note everything that is wrong between rows."""
    for name, rows in sheets.items():
        note_repeated(name, rows, findings)
    check_header(sheets, findings)
    dimensions = dimensions_of(sheets)
    check_chain(sheets, findings)
    check_parts(sheets, findings)
    check_places(sheets, dimensions, findings)
    check_indicators(sheets, dimensions, findings)
    indicators = {row.values["code"]: row for row in sheets["indicators"]}
    for name in ("baselines", "targets", "values"):
        for row in sheets.get(name, []):
            check_figure(row, indicators, dimensions, findings)
    check_order(sheets, findings)


def note_repeated(sheet: str, rows: list[Row], findings: Findings) -> None:
    """Note the rows that stand twice."""
    seen: dict[Key, Row] = {}
    for row in rows:
        first = seen.setdefault(row.key, row)
        if first is not row and any(row.key):
            words = {"key": " · ".join(part for part in row.key if part), "sheet": sheet, "row": first.number}
            message = _("%(key)s already stands in %(sheet)s, row %(row)s. Keep one of them.") % words
            note(findings, row, "", "repeated", message)


def dimensions_of(sheets: Sheets) -> dict[str, Any]:
    """Return a plan's dimensions as its table keeps them."""
    found: dict[str, Any] = {}
    for row in sheets["dimensions"]:
        dimension = found.setdefault(row.values["dimension"], {"title": {}, "levels": {}})
        dimension["title"] = dimension["title"] or row.values.get("dimension_title") or {}
        dimension["levels"][row.values["level"]] = row.values["title"]
    return found


def check_header(sheets: Sheets, findings: Findings) -> None:
    """Note what is wrong in what is said of the whole plan, its dimensions and organisations."""
    for row in sheets["plan"]:
        values = row.values
        for column, pattern, example in (
            ("code", r"[a-z0-9][a-z0-9-]*", "plan-2030"),
            ("country", r"[A-Z]{2}", "PE"),
            ("currency", r"[A-Z]{3}", "PEN"),
        ):
            if values.get(column) and not re.fullmatch(pattern, values[column]):
                message = _("“%(value)s” is no code of this kind. Write it as %(example)s.")
                words = {"value": values[column], "example": example}
                note(findings, row, column, f"bad-{column}", message % words)
        if values.get("code") == "import":
            note(findings, row, "code", "bad-code", _("A plan cannot be called “import”. Choose another code."))
        green, amber = values.get("green_from") or 90, values.get("amber_from") or 70
        if not 0 <= amber <= green < 10_000:
            note(
                findings,
                row,
                "green_from",
                "thresholds",
                _("Green begins below amber, or one is no percentage. Correct it."),
            )
        check_dates(row, findings)
    for row in (*sheets["dimensions"], *sheets["chain"], *sheets["indicators"]):
        for column in ("dimension", "level", "code"):
            if not CODE.fullmatch(row.values.get(column) or "x"):
                message = _("This cannot be a code. Use letters, digits, points and hyphens, without spaces.")
                note(findings, row, column, "bad-code", message)


def check_dates(row: Row, findings: Findings) -> None:
    """Note an end before its start."""
    first, last = row.values.get("starts_on"), row.values.get("ends_on")
    if first and last and last < first:
        note(findings, row, "ends_on", "dates-reversed", _("It ends before it starts. Correct one of the two dates."))


def check_chain(sheets: Sheets, findings: Findings) -> None:
    """Note wrong and circular parents, dates in the wrong order and budgets below zero."""
    kinds = {row.values["code"]: row.values.get("kind") or "" for row in sheets["chain"]}
    round_about = set(circles({row.values["code"]: row.values.get("parent") or None for row in sheets["chain"]}))
    if not sheets["chain"]:
        findings.add("plan-empty", _("The plan has no level and no objective. Add the first."), column="chain")
    for row in sheets["chain"]:
        check_parent(row, kinds, round_about, findings)
        check_dates(row, findings)
        if (row.values.get("budget") or 0) < 0:
            note(findings, row, "budget", "budget-negative", _("The budget is below zero. Correct it."))
        elif (budget := row.values.get("budget")) and (budget >= MOST_MONEY or budget != round(budget, 2)):
            message = _("The budget has more than twelve digits, or more than two decimals. Correct it.")
            note(findings, row, "budget", "budget-unstorable", message)


def check_parent(row: Row, kinds: Mapping[str, str], round_about: set[str], findings: Findings) -> None:
    """Note a parent that is missing, of the wrong kind, or that hangs under its own child."""
    parent, kind = row.values.get("parent") or "", row.values.get("kind") or ""
    if row.values["code"] in round_about:
        message = _("%(code)s hangs under itself, by way of %(parent)s. Write another parent.")
        note(findings, row, "parent", "circular-parent", message % {"code": row.values["code"], "parent": parent})
    elif parent and parent not in kinds:
        findings.unknown("parent", parent, list(kinds), row.at("parent") or None, column="chain: parent")
    elif kind and (wanted := parent_fault(kind, kinds.get(parent))):
        words = {"kind": kind, "wanted": wanted, "parent": parent or "-"}
        message = _(
            "A node of kind “%(kind)s” hangs under “%(wanted)s”, and the parent here is %(parent)s. Correct it."
        )
        note(findings, row, "parent", "wrong-parent", message % words)


def organisation_names(sheets: Sheets) -> dict[str, str]:
    """Return the full name of each organisation by its name and short name, however they are accented."""
    rows = sheets["organisations"]
    shorts = {plain(row.values["short"]): row.values["name"] for row in rows if row.values.get("short")}
    return shorts | {plain(row.values["name"]): row.values["name"] for row in rows if row.values["name"]}


def check_parts(sheets: Sheets, findings: Findings) -> None:
    """Note parts of unknown nodes or organisations, and responsible organisations that nobody declared."""
    names, codes = organisation_names(sheets), {row.values["code"] for row in sheets["chain"]}
    for row in sheets["parts"]:
        note_unknown(row, "code", codes, findings)
    for row, column in [
        *((row, "organisation") for row in sheets["parts"]),
        *((row, "responsible") for row in sheets["indicators"]),
    ]:
        if (name := row.values.get(column)) and plain(name) not in names:
            place = f"{row.sheet}: {column}"
            findings.unknown(column, name, list(names.values()), row.at(column) or None, column=place)


def note_unknown(row: Row, column: str, known: Any, findings: Findings) -> None:
    """Note a code that stands for nothing in this plan."""
    if (value := row.values.get(column)) and value not in known:
        findings.unknown(column, value, list(known), row.at(column) or None, column=f"{row.sheet}: {column}")


def check_places(sheets: Sheets, dimensions: Mapping[str, Any], findings: Findings) -> None:
    """Note places that are neither the plan's regions nor, in Peru, INEI's."""
    codes = {row.values["code"] for row in sheets["chain"]}
    regions = dimensions.get("region", {}).get("levels", {})
    peru = any(row.values.get("country") == "PE" for row in sheets["plan"])
    for row in sheets["places"]:
        note_unknown(row, "code", codes, findings)
        place = row.values.get("place") or ""
        if place and place not in regions and not (peru and (department(place) or district(place))):
            message = _("There is no place “%(place)s”. Write a region of the plan, or in Peru an INEI ubigeo.")
            note(findings, row, "place", "place-unknown", message % {"place": place})


def check_indicators(sheets: Sheets, dimensions: Mapping[str, Any], findings: Findings) -> None:
    """Note indicators beside nothing that is measured, and those disaggregated by what the plan does not know."""
    kinds = {row.values["code"]: row.values.get("kind") for row in sheets["chain"]}
    for row in sheets["indicators"]:
        note_unknown(row, "node", kinds, findings)
        kind = kinds.get(row.values.get("node") or "")
        if kind and kind not in MEASURED:
            message = _("An indicator stands beside an objective, a result or an action. Choose one of those.")
            note(findings, row, "node", "not-measured-here", message)
        if row.values["code"] in kinds:
            message = _("The code %(code)s stands for something else in this plan. Choose another code.")
            note(findings, row, "code", "code-taken", message % {"code": row.values["code"]})
        for name in row.values.get("disaggregation") or []:
            if name not in dimensions:
                findings.unknown("disaggregation", name, list(dimensions), row.at("disaggregation") or None)


def check_figure(row: Row, indicators: Mapping[str, Row], dimensions: Mapping[str, Any], findings: Findings) -> None:
    """Note a baseline, target or value that its indicator does not allow."""
    note_unknown(row, "indicator", indicators, findings)
    if (indicator := indicators.get(row.values.get("indicator") or "")) is None:
        return
    cell = row.values.get("cell") or ""
    if fault := cell_fault(cell, dimensions, indicator.values.get("disaggregation") or []):
        words = {"cell": cell, "fault": fault.partition(":")[2]}
        message = _("There is no cell “%(cell)s” (%(fault)s). Write dimension=level, by the indicator's dimensions.")
        note(findings, row, "cell", "cell-unknown", message % words)
    value, unit = row.values.get("value"), indicator.values.get("unit")
    if value is not None and unit and (fault := value_fault(unit, value)):
        messages = {
            "below": _("%(value)s is below the least that the unit “%(unit)s” allows. Correct the number."),
            "above": _("%(value)s is more than 100 %%. Correct the number, or choose another unit."),
            "whole": _("%(value)s is not a whole number, and its unit counts things or people."),
        }
        words = {"value": text_of(value), "unit": unit}
        note(findings, row, "value", f"value-{fault}", messages[fault] % words)
    check_time(row, indicator, findings)


def check_time(row: Row, indicator: Row, findings: Findings) -> None:
    """Note a year where quarters are counted and the reverse, and years that no plan has."""
    frequency = indicator.values.get("frequency")
    if row.sheet == "baselines":
        year = row.values.get("year")
        if year is not None and not YEARS[0] <= year <= YEARS[1]:
            note(findings, row, "year", "year-unknown", _("This is no year of a plan. Write it as 2026."))
    elif row.values.get("period") and frequency and period_of(row).frequency != frequency:
        message = _("The indicator is measured “%(frequency)s”, so %(period)s would overlap. Write it as %(example)s.")
        year = period_of(row).year
        example = year if frequency == "yearly" else f"{year}-Q1"
        words = {"frequency": frequency, "period": period_of(row), "example": example}
        note(findings, row, "period", "period-overlaps", message % words)


def check_order(sheets: Sheets, findings: Findings) -> None:
    """Note targets for a time before their baseline's."""
    years = {row.key: row.values.get("year") for row in sheets["baselines"]}
    for row in sheets["targets"]:
        year = years.get(row.key[:2])
        if year and row.values.get("period") and period_of(row).year < year:
            message = _("The target for %(period)s lies before its baseline of %(year)s. Correct one of the two.")
            note(findings, row, "period", "target-before-baseline", message % {"period": period_of(row), "year": year})
