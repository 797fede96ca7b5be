"""A cell says whose figure it is: "" for everybody, "profile=pallaqueras;region=21" for a part.

Dimensions and their levels are the plan's own data, so that another country's plan needs no code.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import Any

TOTAL = ""


def cell_of(levels: Mapping[str, str]) -> str:
    """Return the key of a combination of levels by dimension, whatever their order."""
    return ";".join(f"{dimension}={levels[dimension]}" for dimension in sorted(levels) if levels[dimension])


def levels_of(cell: str) -> dict[str, str]:
    """Return the levels by dimension that a cell's key names."""
    pairs = [part.partition("=") for part in cell.split(";") if part]
    return {dimension: level for dimension, _, level in pairs}


def cells_by(dimensions: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return the cells that combine the levels of all these dimensions, in the plan's order.

    >>> cells_by({"sex": {"levels": {"women": {}, "men": {}}}}, ["sex"]), cells_by({}, [])
    (['sex=women', 'sex=men'], [''])
    """
    levels = [dimensions[name]["levels"] for name in names]
    return [cell_of(dict(zip(names, chosen, strict=True))) for chosen in product(*levels)]


def breakdowns(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the ways to break a figure down: not at all, by one dimension, by two of them.

    >>> breakdowns(["profile", "region"])
    [(), ('profile',), ('region',), ('profile', 'region')]
    """
    known = list(names)
    return [chosen for count in range(3) for chosen in combinations(known, count)]


def cell_fault(cell: str, dimensions: Mapping[str, Any], allowed: list[str]) -> str:
    """Return what is wrong with a cell: "" or a code, then a colon and the word at fault.

    - "dimension:x": the indicator is not disaggregated by x. "level:x": the plan has no such level of its dimension.
    - "form:x": not written as dimension=level, or twice the same dimension.
    """
    for part in cell.split(";") if cell else []:
        dimension, sign, level = part.partition("=")
        if not sign or not level:
            return f"form:{part}"
        if dimension not in allowed or dimension not in dimensions:
            return f"dimension:{dimension}"
        if level not in dimensions[dimension]["levels"]:
            return f"level:{level}"
    return "" if cell_of(levels_of(cell)) == cell else f"form:{cell}"


def cell_words(cell: str, dimensions: Mapping[str, Any], language: str) -> str:
    """Return a cell as people say it: "Pallaqueras, Puno"; "" for everybody."""
    return ", ".join(
        words(dimensions.get(dimension, {}).get("levels", {}).get(level), language) or level
        for dimension, level in levels_of(cell).items()
    )


def words(text: Mapping[str, str] | None, language: str) -> str:
    """Return a text in a language, or in the first one it has."""
    return (text or {}).get(language[:2]) or next(iter((text or {}).values()), "")
