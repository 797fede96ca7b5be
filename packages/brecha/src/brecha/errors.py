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
    "level_out_of_range": "The confidence level is {level}. Use a number between 0 and 1, such as 0.95.",
    "weight_missing": "{count} rows have no weight in {column!r}. Give every row a weight above zero.",
    "weight_not_numeric": "{count} weights in {column!r} are not finite numbers. Correct them.",
    "weight_negative": "{count} weights in {column!r} are negative. Correct them.",
    "weight_zero": "{count} weights in {column!r} are zero. Leave those rows out of the table.",
    "stratum_missing": "{count} rows have no value in the stratum column {column!r}. Fill them in.",
    "psu_missing": "{count} rows have no PSU in {column!r}. Fill them in.",
    "population_missing": "{count} rows have no population above zero in {column!r}. Fill them in.",
    "population_varies": "Stratum {stratum} has populations from {low:g} to {high:g}. It must have one.",
    "fraction_above_one": (
        "Stratum {stratum} has {psus} PSUs in a population of {population:g}. Correct the population: "
        "it counts PSUs, and cannot be smaller than the sample."
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
    "unknown_cell": "Relation of {total} names the cell {cell}, which has no count.",
    "not_additive": "The cells of {total} sum to {parts}, not to its count {count}.",
    "cannot_protect": "No choice of cells protects {cells}. Join categories or publish fewer tables.",
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
