"""The same estimates in R: a script for its package survey, so that they can be checked without brecha."""

from pathlib import Path
from typing import Protocol

from brecha.errors import BrechaError
from brecha.r_script.asking import item_lines
from brecha.r_script.designing import MEANINGS, design_lines
from brecha.r_script.words import text
from brecha.request import Request

__all__ = ["Request", "Requested", "script", "to_r"]

# R's names for the rules; what is collapsed is no longer alone.
RULES = {"refuse": "fail", "collapse": "fail", "adjust": "adjust", "average": "average", "certainty": "certainty"}
# Where R treats a single PSU in another way.
DIFFERENCES = {
    "adjust": "# The error of a total differs: R measures a single PSU from zero, brecha from the mean of all PSUs.\n",
    "average": "# The error of a domain may differ: R averages over the strata in the domain, brecha over all.\n",
}
NUMBER = """\
# A number, and 0 for what is none; those rows are outside every base.
number <- function(x) {
  x <- suppressWarnings(as.numeric(x))
  ifelse(is.na(x), 0, x)
}"""
CSV = """\
# Codes are texts, as they stand in the file; a blank is NA.
rows <- read.csv({path}, sep = {separator}, colClasses = "character", na.strings = "", check.names = FALSE,
                 fileEncoding = "UTF-8-BOM")"""
PARQUET = """\
# Codes are texts: whole numbers without decimals, true and false in small letters; a blank is NA.
code <- function(x) {{
  found <- as.character(x)
  if (is.numeric(x) && !inherits(x, "integer64")) {{
    whole <- is.finite(x) & x %% 1 == 0
    found[whole] <- sprintf("%.0f", as.numeric(x[whole]))
  }}
  if (is.logical(x)) found <- tolower(found)
  ifelse(found %in% c("", "NaN"), NA, found)
}}
rows <- as.data.frame(arrow::read_parquet({path}))
rows[] <- lapply(rows, code)"""
ADD = """\
estimates <- NULL
add <- function(name, found, by = character()) {{
  if (sum(weights(base)) == 0) return(invisible()) # nobody is in the base, and `found` is never worked out
  domain <- do.call(paste, c(Map(paste, by, as.list(found)[by], sep = "="), sep = ", "))
  one <- data.frame(name = name, domain = if (length(by)) domain else "", estimate = as.vector(coef(found)),
                    se = {error})
  estimates <<- rbind(estimates, one[is.finite(one$estimate), ])
}}"""


class Requested(Protocol):
    """Anything that keeps what was asked for, such as a result."""

    @property
    def request(self) -> Request | None: ...


def to_r(asked: Request | Requested, path: str | Path, data: str | Path | None = None) -> None:
    """Write to `path` the R script (package survey) that makes the estimates again from the same file.

    `data` names the file with the rows, where the request does not. The script prints a data frame with the
    columns name, domain, estimate and se. A Parquet file is read with R's package arrow.

    Refuses figures that `brecha.estimate` did not make (`no_request`), rows that came from no file
    (`no_data_file`) and calibrations that R has no function for
    (`no_r_calibration`). R agrees to 1e-9 (bench/r_agrees.py), but for two uses of single PSUs that the
    script states.
    """
    request = asked if isinstance(asked, Request) else asked.request
    if request is None:
        raise BrechaError("no_request")
    Path(path).write_text(script(request, data), encoding="utf-8")


def script(request: Request, data: str | Path | None = None) -> str:
    """Return the script that `to_r` writes.

    >>> from brecha import Design, Share
    >>> ppe = Share(name="ppe.yes", variable="ppe", counted=("yes",), missing=("no_answer",), base="answered")
    >>> request = Request((ppe,), Design(kind="quota", strata=("region",)), ((), ("profile",)), source="answers.csv")
    >>> for line in script(request).splitlines()[-6:-2]:
    ...     print(line)
    # ppe.yes
    base <- subset(design, !(`ppe` %in% "no_answer"))
    add("ppe.yes", svymean(~I(1 * (`ppe` %in% "yes")), base))
    add("ppe.yes", svyby(~I(1 * (`ppe` %in% "yes")), ~`profile`, base, svymean, covmat = TRUE), "profile")
    """
    source = request.source if data is None else str(data)
    if source is None:
        raise BrechaError("no_data_file")
    design = request.design
    read = PARQUET if source.lower().endswith(".parquet") else CSV
    error = "NA_real_" if design.kind == "census" else "as.vector(SE(found))"
    parts = [
        "# The estimates of brecha, made again by R's package survey.\n"
        f"# The design is {MEANINGS[design.kind]}.\n"
        f"{DIFFERENCES.get(design.single_psu.rule, '')}"
        "library(survey)\n"
        f"options(survey.lonely.psu = {text(RULES[design.single_psu.rule])}, survey.adjust.domain.lonely = FALSE)",
        NUMBER,
        read.format(path=text(source), separator=text(request.separator)),
        "\n".join(design_lines(design)),
        ADD.format(error=error),
        *("\n".join(item_lines(item, request.by, design.calibration is not None)) for item in request.items),
        "print(estimates, digits = 15, row.names = FALSE, right = FALSE)",
    ]
    return "\n\n".join(parts) + "\n"
