"""The words of the command line, with their help."""

import argparse
import csv
from typing import get_args

from brecha.command.answering import answer_estimate, answer_gaps, answer_r
from brecha.command.sizing import answer_sizes
from brecha.design import Kind, Rule
from brecha.intervals import Interval

EXAMPLES = """\
examples:
  brecha gaps answers.parquet --by profile --reference men --strata region,profile --weight w
  brecha gaps answers.csv --by sex --reference men --within region --items ppe=yes,income --kind quota
  brecha estimate answers.csv --by profile --by profile,region --psu village --out shares.csv
  brecha r answers.csv --by profile --items ppe=yes --out check.R
  brecha sizes --expect 0.55,0.67

Each has more: brecha gaps --help"""
ITEMS = """\
items, separated by commas (in double quotes if they hold one themselves):
  ppe=yes          the share that gave the code yes
  ppe=yes|partly   the share that gave one of these codes
  income           its mean if it is a number, or the share of each code if it has at most 10
  mean:children    the mean, whatever the number of codes; share:children the share of each code
  total:grams      the population total; count:sex=women the number of people
  ratio:grams/ore  the total of grams over the total of ore
Without --items every column that is not part of the design is taken like this, and the output says how."""


def words(text: str) -> tuple[str, ...]:
    """Return what is between the commas; double quotes hold a comma together.

    >>> words('region, "a,b"')
    ('region', 'a,b')
    """
    return tuple(word for word in next(csv.reader([text], skipinitialspace=True), []) if word)


def numbers(text: str) -> tuple[float, ...]:
    """Return the numbers between the commas.

    >>> numbers("0.55,0.67")
    (0.55, 0.67)
    """
    return tuple(float(word) for word in words(text))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    whole = argparse.ArgumentParser(
        prog="brecha",
        description="Estimates and gaps between groups of a survey, with the errors of its design.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    gaps = _command(commands, "gaps", "compare every other group with a reference", ITEMS)
    _survey(gaps)
    gaps.add_argument("--by", type=words, required=True, metavar="COLUMN", help="the groups")
    gaps.add_argument("--reference", required=True, metavar="CODE", help="the group that others are compared with")
    gaps.add_argument("--within", type=words, default=(), metavar="COLUMNS", help="compare inside each of their levels")
    gaps.add_argument(
        "--adjust", action="store_true", help="adjust the p-values for their number (Benjamini and Hochberg)"
    )
    _figures(gaps)
    gaps.set_defaults(run=answer_gaps)
    estimate = _command(commands, "estimate", "estimate in everybody and in groups", ITEMS)
    _survey(estimate)
    _domains(estimate)
    _figures(estimate)
    estimate.set_defaults(run=answer_estimate)
    r = _command(commands, "r", "write an R script that estimates the same", ITEMS)
    _survey(r)
    _domains(r)
    r.add_argument("--out", required=True, metavar="SCRIPT.R", help="where to write it")
    r.set_defaults(run=answer_r)
    _sizes(_command(commands, "sizes", "how many rows to ask for, or what a number of rows can see", None))
    return whole


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, does: str, more: str | None
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _survey(command: argparse.ArgumentParser) -> None:
    """Add the data, the items and the design."""
    command.add_argument("data", help="a .csv or .parquet file, a row an answer")
    command.add_argument("--items", type=words, default=(), metavar="ITEMS", help="what to estimate, see below")
    command.add_argument(
        "--kind", choices=get_args(Kind), help="how who answered was chosen (default: probability, that is at random)"
    )
    command.add_argument(
        "--strata", type=words, default=(), metavar="COLUMNS", help="what the sample was drawn inside of"
    )
    command.add_argument("--psu", metavar="COLUMN", help="what was drawn first, such as villages (default: the rows)")
    command.add_argument("--weight", metavar="COLUMN", help="the rows' weights (default: 1)")
    command.add_argument("--population", metavar="COLUMN", help="how many PSUs each stratum has in the population")
    command.add_argument(
        "--single-psu",
        choices=[rule for rule in get_args(Rule) if rule != "collapse"],
        default="refuse",
        help="what to do with a stratum that has one PSU (default: refuse)",
    )
    command.add_argument(
        "--base",
        choices=("answered", "asked"),
        default="answered",
        help="what shares are of: those who answered (default), or all who were asked",
    )
    command.add_argument(
        "--missing",
        type=words,
        default=("NA",),
        metavar="CODES",
        help="codes that mean no answer, beside blanks (default: NA)",
    )
    command.add_argument(
        "--separator", default=",", metavar="CHARACTER", help="between the values of a CSV (default: ,)"
    )
    command.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help="what adds the rows up")


def _domains(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--by",
        type=words,
        action="append",
        default=[],
        metavar="COLUMNS",
        help="estimate in each combination of their levels; may be given again",
    )


def _figures(command: argparse.ArgumentParser) -> None:
    """Add what is said of the figures and where they go."""
    command.add_argument("--level", type=float, default=0.95, help="of confidence (default: 0.95)")
    command.add_argument("--interval", choices=get_args(Interval), default="wilson", help="of shares (default: wilson)")
    command.add_argument(
        "--minimum", type=int, default=10, metavar="ROWS", help="hide figures of fewer rows (default: 10)"
    )
    command.add_argument("--show-small", action="store_true", help="hide nothing")
    command.add_argument("--out", metavar="FILE", help="write a .csv, .parquet or .json instead of printing a table")


def _sizes(command: argparse.ArgumentParser) -> None:
    """Add the questions of planning and its assumptions."""
    command.epilog = """\
examples:
  brecha sizes --expect 0.55,0.67                    how many rows to see this gap
  brecha sizes --expect 0.55,0.67 --asked 300,200    how likely these rows see it, and the least gap they see
  brecha sizes --expect 0.3 --half-width 0.05        how many rows for an interval of plus and minus 0.05
  brecha sizes --expect 0.3 --asked 400              how wide the interval will be"""
    command.add_argument(
        "--expect", type=numbers, required=True, metavar="GROUP,REFERENCE", help="the shares, or means; one or two"
    )
    command.add_argument("--asked", type=numbers, metavar="ROWS,ROWS", help="rows that will be asked, a number a group")
    command.add_argument("--half-width", type=float, help="of the interval that is wanted")
    command.add_argument("--sd", type=float, help="standard deviation, which makes them means")
    command.add_argument("--power", type=float, default=0.8, help="chance to see the gap (default: 0.8)")
    command.add_argument("--level", type=float, default=0.95, help="of confidence (default: 0.95)")
    command.add_argument("--cluster-size", type=float, default=1, help="answers a PSU (default: 1)")
    command.add_argument("--icc", type=float, default=0, help="how alike the answers of a PSU are (default: 0)")
    command.add_argument("--weighting", type=float, default=1, help="Kish's effect of unequal weights (default: 1)")
    command.add_argument("--deff", type=float, help="the design effect, instead of the two before")
    command.add_argument(
        "--response", type=float, default=1, help="the fraction of the asked that answers (default: 1)"
    )
    command.add_argument("--strata", type=float, default=1, help="number of strata (default: 1)")
    command.add_argument(
        "--population", type=numbers, metavar="ROWS,ROWS", help="size of the population, a number a group"
    )
    command.set_defaults(run=answer_sizes)
