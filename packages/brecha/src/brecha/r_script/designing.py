"""A design, with the calibration of its weights, in the terms of R's package survey."""

from collections.abc import Mapping, Sequence

from brecha.calibration import Calibration
from brecha.design import Design
from brecha.errors import BrechaError
from brecha.r_script.words import among, frame, name, number, numbers, terms, text, texts

WEIGHT, STRATUM, PSU, ROW, POPULATION = (f"brecha.{one}" for one in ("weight", "stratum", "psu", "row", "population"))
BETWEEN = " | "
MEANINGS = {
    "probability": "a probability sample",
    "quota": "a quota sample; standard errors are model-based, as if rows were drawn at random inside strata",
    "convenience": "a convenience sample; standard errors are model-based, as if rows were drawn at random",
    "census": "a census; it has no sampling error",
}
# R's distance for each method that its `calibrate` has. Its `rake` finds the same weights as the distance
# "raking", but regresses without weights for the errors.
DISTANCES = {"raking": "raking", "linear": "linear", "exponential": "raking"}

Labels = tuple[str, ...]


def design_lines(design: Design) -> list[str]:
    """Return the lines that make `design` of `rows`."""
    weight = "1" if design.weight is None else f"number(rows[[{text(design.weight)}]])"
    lines = [f"rows[[{text(WEIGHT)}]] <- {weight}"]
    parts = {"ids": "~1", "weights": f"~{WEIGHT}", "data": "rows"}
    if design.kind != "census":
        sampled, found = _sampled(design)
        lines += sampled
        parts |= found
    options = ", ".join(f"{option} = {value}" for option, value in parts.items())
    return [*lines, f"design <- svydesign({options})", *_calibrated(design.calibration)]


def _sampled(design: Design) -> tuple[list[str], dict[str, str]]:
    """Return the lines for strata, units and populations, and the arguments of svydesign."""
    lines, ids = [], [name(unit) for unit in design.units]
    parts: dict[str, str] = {}
    if design.strata:
        lines.append(
            f"rows[[{text(STRATUM)}]] <- interaction(rows[{texts(design.strata)}], drop = TRUE, sep = {text(BETWEEN)})"
        )
        parts["strata"] = f"~{STRATUM}"
    if design.population is not None:
        populations = _populations(design)
        lines += [f"rows[[{text(column)}]] <- {value}" for column, value in populations.items()]
        parts["fpc"] = "~" + " + ".join(populations)
    if design.single_psu.rule == "collapse":
        lines += _collapsing(design)
        ids[:1] = [PSU]
    if design.stages and design.stages[-1].unit is None:
        lines.append(f"rows[[{text(ROW)}]] <- seq_len(nrow(rows))")
        ids.append(ROW)
    if ids:
        parts |= {"ids": "~" + " + ".join(ids), "nest": "TRUE" if design.nest else "FALSE"}
    return lines, parts


def _populations(design: Design) -> dict[str, str]:
    """Return a column a stage; what was drawn with replacement has an endless population."""
    columns = [design.population, *(stage.population for stage in design.stages)]
    return {
        f"{POPULATION}{i}": "Inf" if column is None else f"number(rows[[{text(column)}]])"
        for i, column in enumerate(columns, 1)
    }


def _collapsing(design: Design) -> list[str]:
    """Return the lines that join strata with a single PSU to the strata named for them."""
    stratum, population = f"rows[[{text(STRATUM)}]]", f"rows[[{text(POPULATION + '1')}]]"
    psu = "seq_len(nrow(rows))" if design.psu is None else f"rows[[{text(design.psu)}]]"
    into = ", ".join(
        f"{text(BETWEEN.join(label))} = {text(BETWEEN.join(target))}"
        for label, target in sorted(design.single_psu.into.items())
    )
    finite = design.population is not None
    sizes = [f"size <- tapply({population}, {stratum}, max)"] if finite else []
    summed = [f"{population} <- tapply(size, home[names(size)], sum)[home[as.character({stratum})]]"] if finite else []
    return [
        "# Strata with a single PSU join those named for them; a stratum that was asked whole does not.",
        f"into <- c({into})",
        f"rows[[{text(PSU)}]] <- interaction({stratum}, {psu}, drop = TRUE)",
        f"psus <- tapply(as.character(rows[[{text(PSU)}]]), {stratum}, function(one) length(unique(one)))",
        *sizes,
        f"home <- setNames(nm = levels({stratum}))",
        f"for (one in intersect(names(into), names(which(psus == 1{' & size > 1' if finite else ''}))))",
        "  home[home == home[[one]]] <- home[[into[[one]]]]",
        *summed,
        f"{stratum} <- factor(home[as.character({stratum})])",
    ]


def _calibrated(calibration: Calibration | None) -> list[str]:
    if calibration is None:
        return []
    (method, totals), *others = calibration.steps
    if others or method not in ("poststratification", *DISTANCES):
        raise BrechaError("no_r_calibration", method=calibration.method)
    if method == "poststratification":
        [(formula, population)] = _margins(totals)
        return [f"design <- postStratify(design, {formula}, {population})"]
    if calibration.regression == "rows":
        formulas, populations = (", ".join(parts) for parts in zip(*_margins(totals), strict=True))
        control = "control = list(maxit = 500, epsilon = 1e-12)"
        return [f"design <- rake(design, list({formulas}), list({populations}), {control})"]
    return _regressed(method, totals)


def _margins(totals: Sequence[tuple[object, object]]) -> list[tuple[str, str]]:
    """Return each margin as a formula and a data frame of its totals."""
    found = []
    for columns, wanted in (_margin(by, of) for by, of in totals):
        labels = {one: texts(key[i] for key in wanted) for i, one in enumerate(columns)}
        found.append((terms(columns), frame({**labels, "Freq": numbers(wanted.values())})))
    return found


def _regressed(method: str, totals: Sequence[tuple[object, object]]) -> list[str]:
    """Return the lines that calibrate on one column a category or number.

    Margins add to the same population, so each but the first leaves a category out.
    """
    values: list[tuple[str, float]] = []
    margins = 0
    for by, wanted in totals:
        if not isinstance(wanted, Mapping):
            values.append((f"number({name(by)})" if isinstance(by, str) else "1", float(wanted)))  # type: ignore[arg-type]
            continue
        columns, margin = _margin(by, wanted)
        for key in list(margin)[min(margins, 1) :]:
            matches = (among(column, [label]) for column, label in zip(columns, key, strict=True))
            values.append((f"1 * ({' & '.join(matches)})", margin[key]))
        margins += 1
    names = [f"brecha.x{i}" for i in range(1, len(values) + 1)]
    given = ", ".join(f"{one} = {value}" for one, (value, _) in zip(names, values, strict=True))
    population = ", ".join(f"{one} = {number(total)}" for one, (_, total) in zip(names, values, strict=True))
    return [
        f"design <- update(design, {given})",
        f"design <- calibrate(design, ~{' + '.join(names)} - 1, c({population}), "
        f"calfun = {text(DISTANCES[method])}, maxit = 500, epsilon = 1e-11)",
    ]


def _margin(by: object, wanted: object) -> tuple[Labels, dict[Labels, float]]:
    """Return a margin's columns and its totals by their labels."""
    assert isinstance(wanted, Mapping)
    columns = (by,) if isinstance(by, str) else tuple(by)  # type: ignore[arg-type]
    return columns, {(key,) if isinstance(key, str) else tuple(key): float(total) for key, total in wanted.items()}
