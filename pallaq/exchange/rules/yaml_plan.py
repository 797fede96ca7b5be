"""A plan as YAML: read into rows, each with its lines, and written from rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from pallaq.exchange.rules.plan_file import SHEETS, Row, Sheets, text_of
from pallaq.plan.rules.chain import KINDS
from pallaq.study.rules.entries import Entry, open_yaml
from pallaq.study.rules.findings import Findings

BELOW = dict(zip(("", *KINDS), ("levels", "objectives", "results", "actions", "activities"), strict=False))
UNDER_A_NODE = ("code", "kind", "parent", "position")  # what the nesting says, and no key of its own
MOST_ROWS = 200_000
HANGS_ON = {"chain": "parent", "parts": "code", "places": "code", "indicators": "node"}
HANGS_ON |= {"baselines": "indicator", "targets": "indicator"}
Groups = dict[tuple[str, str], list[Row]]  # sheet and code -> rows that hang on it


def read_yaml(path: Path, findings: Findings) -> Sheets | None:
    """Return the rows of a plan's file, all of them text yet; None where it is no YAML at all."""
    sheets: Sheets = {name: [] for name in SHEETS if name != "values"}
    try:
        main = open_yaml(path, findings)
        if main is None:
            return None
        for row in rows_of(main):
            sheets[row.sheet].append(row)
            if sum(map(len, sheets.values())) > MOST_ROWS:  # an alias inside an alias inside an alias
                message = _("The file holds more than %(most)s rows. Split the plan.") % {"most": MOST_ROWS}
                findings.add("too-large", message)
                return None
        main.close()
    except RecursionError:
        findings.add("not-yaml", _("The file nests too deep to be a plan. Write it anew from an example."))
        return None
    return sheets


def rows_of(main: Entry) -> Iterator[Row]:
    """Yield every row of the file in the order in which it is written."""
    yield row_of("plan", main)
    dimensions = main.entry("dimensions", required=False)
    for dimension in dimensions.values:
        inner = dimensions.entry(dimension)
        title, levels = words_at(inner, "title"), inner.entry("levels")
        for level in levels.values:
            values = {
                "dimension": dimension,
                "dimension_title": title,
                "level": level,
                "title": words_at(levels, level),
            }
            yield Row("dimensions", levels.line_at(level), values)
        inner.close()
    for each in main.entries("organisations", required=False):
        yield row_of("organisations", each)
        each.close()
    yield from nodes_of(main, "", "")


def nodes_of(entry: Entry, kind: str, code: str) -> Iterator[Row]:
    """Yield the nodes below an entry, with all that hangs on each."""
    if (below := BELOW.get(kind)) is None:
        return
    for position, each in enumerate(entry.entries(below, required=not kind), 1):
        lower = KINDS[KINDS.index(kind) + 1] if kind else KINDS[0]
        own = scalar(each, "code", required=True)
        yield row_of("chain", each, code=own, kind=lower, parent=code, position=str(position))
        roles = each.entry("parts", required=False)
        for role in roles.values:
            for name in roles.words(role):
                yield Row("parts", roles.line_at(role), {"code": own, "organisation": name, "role": role})
        for place in each.words("places"):
            yield Row("places", each.line_at("places"), {"code": own, "place": place})
        for number, indicator in enumerate(each.entries("indicators", required=False), 1):
            yield from indicator_of(indicator, own, str(number))
        yield from nodes_of(each, lower, own)
        each.close()


def indicator_of(entry: Entry, node: str, position: str) -> Iterator[Row]:
    """Yield an indicator, its baselines and its targets."""
    row = row_of("indicators", entry, node=node, position=position)
    yield row
    for sheet in ("baselines", "targets"):
        for each in entry.entries(sheet, required=False):
            yield row_of(sheet, each, indicator=row.values["code"])
            each.close()
    entry.close()


def row_of(sheet: str, entry: Entry, **given: str) -> Row:
    """Return an entry as a row of a sheet; `given` is what its place in the file says."""
    values: dict[str, Any] = dict(given)
    for column in SHEETS[sheet]:
        if column.name in given:
            continue
        if column.kind == "words":
            values[column.name] = words_at(entry, column.name)
        elif column.kind == "codes":
            values[column.name] = ";".join(entry.words(column.name))
        else:
            values[column.name] = scalar(entry, column.name)
    return Row(sheet, entry.line, values, entry.lines)


def scalar(entry: Entry, key: str, *, required: bool = False) -> str:
    """Return a value as it is written, a number or a date without quotes too."""
    node = entry.values.get(key)
    if not isinstance(node, yaml.ScalarNode):
        return entry.word(key, required=required)  # notes what is missing, or no single value
    entry.asked.append(key)
    return "" if node.tag.endswith(":null") else str(node.value)


def words_at(entry: Entry, key: str) -> dict[str, str]:
    """Return words by language."""
    inner = entry.entry(key, required=False)
    return {language: inner.word(language, required=False) for language in inner.values}


def yaml_text(sheets: Sheets) -> str:
    """Return rows as the text of a plan's file."""
    dimensions: dict[str, Any] = {}
    for row in sheets["dimensions"]:
        values = row.values
        dimension = dimensions.setdefault(values["dimension"], {"title": values["dimension_title"], "levels": {}})
        dimension["levels"][values["level"]] = values["title"]
    whole = {
        **fields_of(sheets["plan"][0]),
        "dimensions": dimensions,
        "organisations": [fields_of(row) for row in sheets["organisations"]],
        "levels": tree(grouped(sheets), ""),
    }
    return yaml.dump(whole, Dumper=WithoutAliases, allow_unicode=True, sort_keys=False, width=120)


class WithoutAliases(yaml.SafeDumper):
    """Writes what stands twice twice: people do not read anchors."""

    def ignore_aliases(self, data: object) -> bool:
        """Say that nothing is an alias."""
        return True


def grouped(sheets: Sheets) -> Groups:
    """Return the rows of each sheet by what they hang on."""
    found: Groups = {}
    for sheet, column in HANGS_ON.items():
        for row in sheets[sheet]:
            found.setdefault((sheet, row.values.get(column) or ""), []).append(row)
    return found


def tree(groups: Groups, parent: str) -> list[dict[str, Any]]:
    """Return the nodes below a node, as nested entries."""
    found = []
    for row in groups.get(("chain", parent), []):
        code, lower = row.values["code"], row.values["kind"]
        entry: dict[str, Any] = {"code": code, **fields_of(row, UNDER_A_NODE)}
        parts: dict[str, list[str]] = {}
        for part in groups.get(("parts", code), []):
            parts.setdefault(part.values["role"], []).append(part.values["organisation"])
        entry["parts"] = parts
        entry["places"] = [place.values["place"] for place in groups.get(("places", code), [])]
        entry["indicators"] = [indicator_entry(groups, one) for one in groups.get(("indicators", code), [])]
        if lower in BELOW:
            entry[BELOW[lower]] = tree(groups, code)
        found.append({key: value for key, value in entry.items() if value})
    return found


def indicator_entry(groups: Groups, row: Row) -> dict[str, Any]:
    """Return an indicator with its baselines and targets, as an entry."""
    entry = fields_of(row, ("node", "position"))
    for sheet in ("baselines", "targets"):
        entry[sheet] = [fields_of(one, ("indicator",)) for one in groups.get((sheet, row.values["code"]), [])]
    return {key: value for key, value in entry.items() if value}


def fields_of(row: Row, left_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a row's filled columns as YAML keys."""
    found: dict[str, Any] = {}
    for column in SHEETS[row.sheet]:
        value = row.values.get(column.name)
        if column.name in left_out or value in (None, "", {}, [], False):
            continue
        found[column.name] = value if column.kind in {"words", "codes", "whole", "flag"} else text_of(value)
    return found
