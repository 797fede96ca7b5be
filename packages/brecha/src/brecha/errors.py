"""What brecha refuses: a stable code, the values that explain it, and a plain English sentence."""

MESSAGES = {
    "file_missing": "There is no file {path}. Check the name.",
    "unknown_format": "{path} is neither CSV nor Parquet. Name a .csv or .parquet file, or pass a table.",
    "unknown_kind": "A design cannot be of kind {kind!r}. Use one of {allowed}.",
    "unknown_rule": "There is no single-PSU rule {rule!r}. Use one of {allowed}.",
    "unknown_base": "Share {name!r} has base {base!r}. Use one of {allowed}.",
    "unknown_columns": "The table has no column {columns}. Check the names; they are case-sensitive.",
    "unknown_level": "No row has {variable} = {level!r}. The levels are {levels}.",
    "duplicate_name": "Two shares are named {name!r}. Give each its own name.",
    "nothing_counted": "Share {name!r} counts no code. Name at least one in counted.",
    "counted_is_missing": "Share {name!r} both counts {codes} and declares it missing. Choose one.",
    "undeclared_blank": (
        "{count} rows that were asked {variable!r} are blank, and share {name!r} does not say what that is. "
        'Add "" to its missing codes, or state its universe.'
    ),
    "no_rows": "The table has no rows. Check the file.",
    "unknown_interval": "There is no interval {interval!r}. Use one of {allowed}.",
    "not_numeric": (
        "{count} answers to {variable!r} are not finite numbers, and item {name!r} does not say what they are. "
        "Correct them, or add them to its missing codes."
    ),
    "stage_without_population": (
        "What was drawn inside a unit adds to the variance only where the units' own population is known. "
        "Name the column of units and of their population at every stage but the last, or leave the later stages out."
    ),
    "unit_missing": "{count} rows have no sampling unit in {column!r}. Fill them in.",
    "single_unit": (
        "{count} units have a single unit of {column!r} in them, among others {units}. Their variance cannot be "
        "estimated: choose a rule (adjust, average or certainty)."
    ),
    "psu_in_two_strata": (
        "PSU {psu!r} stands in the strata {strata}. Give it one stratum, or say nest=True if the same identifier "
        "in two strata means two PSUs."
    ),
    "unknown_distance": "There is no distance {distance!r}. Use one of {allowed}.",
    "bounds_and_distance": "Bounds belong to the distance 'bounded' and to no other; it was {distance!r}.",
    "total_key": "A total for {columns} has the key {key}. Give one label for each column.",
    "too_many_patterns": (
        "{columns} have {count} combinations of values, more than {most}. Calibrate on bands of a number, or round it."
    ),
    "calibration_pattern": (
        "No weight was calibrated for {columns} = {pattern}. Calibrate on the rows that you estimate from."
    ),
    "level_out_of_range": "The confidence level is {level}. Use a number between 0 and 1, such as 0.95.",
    "weight_missing": "{count} rows have no weight in {column!r}. Give every row a weight above zero.",
    "weight_not_numeric": "{count} weights in {column!r} are not finite numbers. Correct them.",
    "weight_negative": "{count} weights in {column!r} are negative. Correct them.",
    "weight_zero": "{count} weights in {column!r} are zero. Leave those rows out of the table.",
    "stratum_missing": "{count} rows have no value in the stratum column {column!r}. Fill them in.",
    "psu_missing": "{count} rows have no PSU in {column!r}. Fill them in.",
    "population_missing": "{count} rows have no population above zero in {column!r}. Fill them in.",
    "population_varies": "Stratum or unit {stratum} has populations from {low:g} to {high:g}. It must have one.",
    "fraction_above_one": (
        "Stratum or unit {stratum} has {psus} sampled units in a population of {population:g}. Correct the population: "
        "it counts sampling units, and cannot be smaller than the sample."
    ),
    "single_psu": (
        "Strata with a single PSU: {strata}. Their variance cannot be estimated: "
        "choose a rule (adjust, average, certainty or collapse)."
    ),
    "collapse_target": "Stratum {stratum} cannot join {target}: no row is in {target}.",
    "no_degrees_of_freedom": "{psus} PSUs in {strata} strata leave no degrees of freedom for a variance.",
    "not_estimated": "There is no estimate of {name!r} for {domain}. Check the name and the domain.",
    "not_estimated_by": "Nothing was estimated by {columns}. Add that tuple to `by`.",
    "no_levels": "A mean needs at least one level of {variable!r}.",
    "no_error_in_census": "A census has no sampling error, so no covariance.",
    "total_missing": "{target} has no population total. Give one, or leave its rows out.",
    "total_invalid": "The population total of {target} is {total:g}. No weights above zero reach that. Correct it.",
    "total_zero": "{target} has rows, but a population total of zero. Correct the total, or leave those rows out.",
    "category_empty": (
        "The population has {total:g} in {target}, but no row is there. Join it with another category, in both."
    ),
    "margins_disagree": (
        "The totals of {first!r} add to {first_sum:.10g}, and those of {other!r} to {other_sum:.10g}. "
        "They must be of one population."
    ),
    "auxiliary_missing": "{count} patterns have no finite number in {auxiliary!r}. Fill it in.",
    "not_converged": (
        "After {iterations} iterations {target} adds to {reached:.10g}, not to its total {wanted:.10g}. "
        "Join small categories, leave a margin out, or widen the bounds."
    ),
    "bounds_not_around_one": (
        "Ratios cannot be held between {lower:g} and {upper:g}. The lower bound lies between 0 and 1, "
        "the upper above 1."
    ),
    "bounds_too_narrow": (
        "With ratios between {lower:g} and {upper:g}, {target} adds to {least:g} at least and {most:g} at most, "
        "not to {total:g}. Widen the bounds, or scale the base weights to the population first."
    ),
    "ratio_negative": (
        "{count} patterns get weights that are not above zero; the lowest ratio is {lowest:g}. "
        "Use bounds or the exponential method, or widen the bounds of a trimming."
    ),
    "trim_no_room": (
        "Weights with a mean of {mean:g} leave no row to take what is cut between {lower:g} and {upper:g}. "
        "Widen the bounds."
    ),
    "census_and_sample": "A census and a sample have no change with a standard error. Compare figures of one kind.",
    "no_waves": "Name at least one wave and its rows.",
    "wave_column": "The rows have a column {column!r} already. Name another for the wave.",
    "unknown_cell": "Relation of {total} names the cell {cell}, which has no count.",
    "not_additive": "The cells of {total} sum to {parts}, not to its count {count}.",
    "cannot_protect": "No choice of cells protects {cells}. Join categories or publish fewer tables.",
    "no_such_cell": "The table has no cell {cell}, which is to be hidden. Check the rule that named it.",
    "below_floor": (
        "Cell {cell} is to be hidden and holds {value:g}, less than the {floor:g} that readers are taken to know. "
        "Lower the floor."
    ),
    "hierarchy_loops": "{level!r} stands above itself. Name the codes of each level apart, as 'Puno (region)'.",
    "no_level": (
        "Protection levels are lower {lower:g}, upper {upper:g}, either {either:g}. "
        "Give none below zero and one above it."
    ),
    "percent_out_of_range": "The percentage of a rule is {percent:g}. Use a number between 0 and 100.",
    "too_few_kept": "The rule needs the {number} largest contributors, and cells hold {kept}. Ask for more.",
    "value_not_numeric": "{count} rows have no number in {column!r}. Correct them or leave them out.",
    "value_negative": (
        "{count} values in {column!r} are negative, and rules on contributors need zero or more. Leave those rows out."
    ),
    # planning
    "out_of_range": "{name} is {value}. Use a number from {low:g} to {high:g}.",
    "groups_differ": "{name} has the numbers {numbers} for {groups} groups. Give one for each.",
    "deff_twice": "The design effect is {deff}, and icc {icc} and weighting {weighting} say another. Give one of both.",
    "pooled_not_a_gap": "Only the test of a gap between two shares of one wave can be pooled.",
    "power_below_alpha": "The power, {power}, must be above alpha, {alpha}.",
    "nothing_to_detect": "The expected numbers show no difference. State the smallest one that matters.",
    "no_variance": "Every expected share is 0 or 1: no sampling error to plan with. Expect something less sure.",
    "wilson_not_a_share": "Wilson's interval is of one share in one wave. Use 'wald'.",
    "population_too_small": (
        "A population of {population:g} is too small for {rows} rows. Accept less power or a wider interval, "
        "or ask everybody."
    ),
    "overlap_too_large": (
        "A first wave of {before} answers cannot hold {overlap:g} of {answers}. Declare less overlap: "
        "the follow-up needs this many."
    ),
    "out_of_reach": (
        "Not even {answers} answers reach it: the first wave is too small, or the difference or interval too narrow."
    ),
    "not_detectable": (
        "With these rows even an effect of {effect:.3g} has a power of {reached:.3f}, below {power}. Ask more rows."
    ),
}


class BrechaError(Exception):
    """A refusal: `code` is stable, `values` are what a caller needs to say it in its reader's language.

    >>> error = BrechaError("weight_zero", column="w", count=2)
    >>> error.code, error.values["count"]
    ('weight_zero', 2)
    >>> print(error)
    2 weights in 'w' are zero. Leave those rows out of the table.
    """

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(MESSAGES[code].format(**values))
