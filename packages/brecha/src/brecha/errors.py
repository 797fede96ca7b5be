"""What brecha refuses: a stable code, the values that explain it, and a plain English sentence."""

MESSAGES = {
    "file_missing": "There is no file {path}. Check the name.",
    "unknown_format": "{path} is neither CSV nor Parquet. Name a .csv or .parquet file, or pass a table.",
    "unknown_kind": "A design cannot be of kind {kind!r}. Use one of {allowed}.",
    "unknown_degrees": "There are no degrees of freedom of the {degrees!r}. Use one of {allowed}.",
    "unknown_rule": "There is no single-PSU rule {rule!r}. Use one of {allowed}.",
    "unknown_base": "Share {name!r} has base {base!r}. Use one of {allowed}.",
    "unknown_columns": "The table has no column {columns}. Check the names; they are case-sensitive.",
    "unknown_level": "No row has {variable} = {level!r}. The levels are {levels}.",
    "duplicate_name": "Two items are named {name!r}. Give each its own name.",
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
    # what comes out
    "library_missing": "{package} is not installed. Install it: pip install {package}",
    "no_request": "R's script is of what brecha.estimate made: not of quantiles, tests or replicates.",
    "no_data_file": "The rows came from no file that R could read. Name one in data.",
    "no_r_calibration": "R has no line for the calibration {method!r}. Write the script of the design without it.",
    "no_r_item": "R has no line for the item {name!r}. Write the script without it.",
    "no_such_column": "The table has no column {column!r}. {advice}",
    "many_codes": (
        "Column {column!r} has more than {most} codes and is no number, or is empty. Name the code to count, "
        "as in {column}=yes."
    ),
    "no_items": "No column holds answers that can be estimated. Name them, as in --items ppe=yes,income",
    "one_column": "The groups are levels of one column, not of {columns}. Put the others in --within.",
    "one_level": "{variable!r} has no level but {level!r}: there is nothing to compare. Check the column.",
    "unknown_output": "{path} cannot be written: its name must end in one of {allowed}.",
    "cannot_write": "{path} cannot be written ({reason}). Check the folder and its permissions.",
    "unreadable": (
        "{path} cannot be read: {reason} Save it anew as CSV (UTF-8) or Parquet, and check what separates its values."
    ),
    "nothing_asked": "One number is no gap. Give two, or say --half-width or --asked.",
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
    # tests of independence
    "unknown_test": "There is no test {test!r}. Use one of {allowed}.",
    "no_test_in_census": "A census has no sampling error to test with. Read the differences as they are.",
    "single_level": "{variable!r} has the levels {levels} where it counts. It takes two or more.",
    "table_fixed": "The design fixes the table of {variables}: its shares have no sampling error to test with.",
    "table_too_sparse": "Too many cells of {variables} have no row for a corrected test. Join levels.",
    "too_few_degrees": (
        "Wald's test of {contrasts} contrasts needs as many degrees of freedom, and the design has {df}. "
        "Use the test 'F', or join levels."
    ),
    "wald_singular": (
        "The {contrasts} contrasts of Wald's test do not vary freely in this sample. Use the test 'F', or join levels."
    ),
    # decomposed gaps
    "too_many_combinations": (
        "{columns} have more than {most} combinations of values, and each is summed in every sampling unit. "
        "Group their values."
    ),
    "not_a_mean": "The gap of {name!r} cannot be decomposed. Use a share or a mean.",
    "same_group": "{variable} = {group!r} is compared with itself. Name two groups.",
    "group_empty": "No row of {domain} is in the base of {name!r}. Check the item's universe and missing codes.",
    "covariate_blank": (
        "{count} rows of the two groups have no value in {column!r}. Name the levels to keep in the item's universe, "
        "or give blanks a code."
    ),
    "unknown_pattern": "{columns} = {pattern} has no row in either group, or is itself collapsed. Check `collapse`.",
    "pattern_lacking": "The standard mix has {columns} = {patterns}, where {who} has no row. Collapse patterns.",
    "unknown_standard": "There is no standard {standard!r}. Use one of {allowed}, or known shares by pattern.",
    "standard_invalid": "The standard's share of {pattern} is {share}. Use a number from zero.",
    "standard_incomplete": "The standard has no share of {columns} = {patterns}, where there are rows. Give one.",
    "standard_empty": "The standard's shares are all zero. Give one above zero.",
    "unknown_coefficients": "There are no coefficients {coefficients!r}. Use one of {allowed}.",
    "level_lacking": "No row of {who} has {variable} = {level!r}, so its coefficient is unknown. Join levels.",
    "collinear": "Among {who}, {variable!r} says nothing that {others} have not said. Leave it out, or join levels.",
    # quantiles
    "quantile_out_of_range": (
        "Item {name!r} asks for the quantile {p}. Use a number above 0 and below 1, such as 0.5 for the median."
    ),
    "quantile_without_error": (
        "Quantile {name!r} in {domain} has no standard error, because a limit of its interval lies outside the data. "
        "Use interval='beta', or a larger domain."
    ),
    # replicates
    "replicates_of_census": "A census has no sampling error to replicate. Use `brecha.estimate`.",
    "replicates_of_rows": (
        "A replicate changes the weights of whole PSUs, and here each row is one: there would be as many replicates as "
        "rows. Name the column of PSUs in the design; where rows are few, a column that numbers them will do."
    ),
    "replicates_of_stages": (
        "Replicates change whole PSUs, and do not see what was drawn inside them. Leave out the later stages and the "
        "population, for errors that are a little too large, or use `brecha.estimate`."
    ),
    "replicates_of_calibration": (
        "Weights by {method} cannot be calibrated anew in each replicate. Use poststratify, rake without bounds, or "
        "calibrate with the distance 'linear' or 'raking', once; or use `brecha.estimate`."
    ),
    "replicate_not_calibrated": (
        "Replicate {replicate} cannot be calibrated by {method} without the PSUs it leaves out ({reason}). "
        "Join small categories, or use `brecha.estimate`."
    ),
    "replicates_single_psu": (
        "Replicates have no rule {rule!r} for strata with a single PSU: {strata}. Use certainty or collapse."
    ),
    "brr_needs_two_psus": (
        "Half-samples need two PSUs in each stratum, and {strata} have another number. "
        "Use the jackknife or the bootstrap."
    ),
    "fay_out_of_range": "Fay's factor is {fay}. Use a number from 0 to below 1, such as 0.3.",
    "hadamard_not_balanced": (
        "The matrix lacks {strata} columns of 1 and -1 that are orthogonal and have as many of both. "
        "Use a Hadamard matrix with more columns than strata, its first column all 1."
    ),
    "few_replicates": "The bootstrap has {replicates} replicates. Use two at least; several hundred is usual.",
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
