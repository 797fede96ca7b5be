"""Totals of official registries: those of the study, and what somebody brings later."""

import csv
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.figures.models import RegistryTotal
from pallaq.shared.errors import Problem, Problems
from pallaq.shared.models import record
from pallaq.shared.tabular import Table, read_table

DATA = Path(__file__).resolve().parents[1] / "data" / "registries.csv"
COLUMNS = ("registry", "name_es", "name_en", "persons", "percent_women", "as_of", "source")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?")


@transaction.atomic
def load_totals() -> None:
    """Add the totals that the study prints, if they are not there."""
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            made = total_of(row)
            if not RegistryTotal.objects.filter(code=made.code, as_of=made.as_of).exists():
                made.save()


@transaction.atomic
def import_totals(*, path: Path, name: str, by: User) -> int:
    """Read a file of totals and store them; one of a registry and date that is there already is replaced."""
    table = read_table(path, name=name)
    totals = checked(table, name)
    for total in totals:
        RegistryTotal.objects.filter(code=total.code, as_of=total.as_of).delete()
        total.save()
    record(by=by, action="figures.totals", scope="registry", about="totals of registries", rows=len(totals))
    return len(totals)


def checked(table: Table, name: str) -> list[RegistryTotal]:
    """Return the totals of a file, or refuse it with all that is wrong in it."""
    if missing := [column for column in COLUMNS if column not in table.columns]:
        message = _("The file lacks the columns %(columns)s. Its header must be: %(all)s.")
        words = {"columns": ", ".join(missing), "all": ", ".join(COLUMNS)}
        raise Problems(message % words, [])
    problems: list[Problem] = []
    totals = []
    for number, found in zip(table.rows, table.data.select(COLUMNS).to_pylist(), strict=True):
        row = {column: value or "" for column, value in found.items()}
        problems += [Problem("total", text, name, number, column, row[column]) for column, text in wrong(row)]
        if not problems:
            totals.append(total_of(row))
    if problems:
        raise Problems(_("The file holds errors. Nothing was stored. Correct them and bring it again."), problems)
    return totals


def wrong(row: dict[str, str]) -> list[tuple[str, str]]:
    """Return what is wrong in a row: the column, and what to do."""
    found = []
    if not re.fullmatch(r"[A-Za-z0-9-]{1,20}", row["registry"]):
        found.append(("registry", _("Write a code of up to 20 letters, digits or dashes, such as REINFO.")))
    if not row["persons"].isdecimal() or int(row["persons"]) > 40_000_000:
        found.append(("persons", _("Write how many people, in digits alone.")))
    if row["percent_women"] and percent(row["percent_women"]) is None:
        found.append(("percent_women", _("Write a percentage from 0 to 100 with a point, such as 24.16, or nothing.")))
    if not MONTH.fullmatch(row["as_of"]):
        found.append(("as_of", _("Write the date as 2021-01 or 2021-01-31.")))
    if not row["source"].strip():
        found.append(("source", _("Write where the total is from.")))
    return found


def percent(text: str) -> Decimal | None:
    """Return a percentage, or None if it is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value <= 100 else None


def total_of(row: dict[str, str]) -> RegistryTotal:
    """Return the total that a row says, unsaved."""
    names = {"es": row["name_es"] or row["registry"], "en": row["name_en"] or row["registry"]}
    return RegistryTotal(
        code=row["registry"],
        title=names,
        persons=int(row["persons"]),
        percent_women=percent(row["percent_women"]),
        as_of=row["as_of"],
        source=row["source"][:300],
    )
