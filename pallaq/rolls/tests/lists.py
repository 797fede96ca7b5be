"""Made-up official lists to test with, and the way from bringing one to its end."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from pallaq.accounts.models import User
from pallaq.registry.models import IdentifierKind, Scheme
from pallaq.rolls.actions.bringing import Brought, begin_import, bring_roll
from pallaq.rolls.actions.working import check_roll, import_roll
from pallaq.rolls.models import Roll

HEADER = (
    "N° de documento",
    "Apellido paterno",
    "Apellido materno",
    "Nombres",
    "Sexo",
    "Fecha de nacimiento",
    "Ubigeo",
    "N° de inscripción",
    "Estado",
    "Fecha de inscripción",
    "Actividad",
    "Centro minero",
    "Titular",
)
ISSUED = date(2025, 6, 30)
PUNO = frozenset({"21"})


def line(position: int = 1, **changes: str) -> list[str]:
    """Return a row of a list: Juana Mamani of Ananea, or somebody who differs from her."""
    cells = {
        "document": f"{40000000 + position}",
        "paternal": "MAMANI",
        "maternal": "QUISPE",
        "names": "JUANA ROSA",
        "sex": "F",
        "born": "03/05/1981",
        "place": "211002",
        "number": f"P-{position}",
        "state": "Vigente",
        "since": "01/03/2024",
        "activity": "Pallaqueo",
        "centre": "LA RINCONADA",
        "holder": "Corporación Minera Ananea (ficticia)",
    }
    return list({**cells, **changes}.values())


def csv_list(*lines: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    """Return a list as CSV, its cells as they stand."""
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (header, *lines)]
    return "\r\n".join(quoted).encode()


def xlsx_list(*lines: Sequence[Any], header: Sequence[str] = HEADER) -> bytes:
    """Return a list as XLSX."""
    workbook, out = Workbook(), io.BytesIO()
    for row in (header, *lines):
        workbook.active.append(list(row))  # type: ignore[union-attr]
    workbook.save(out)
    return out.getvalue()


def brought(
    data: bytes,
    by: User,
    *,
    name: str = "padron.csv",
    scheme: str = "selectors-puno",
    regions: frozenset[str] | None = PUNO,
    issued_on: date = ISSUED,
) -> Roll:
    """Bring a list, and check it if its columns are understood."""
    wanted = Brought(Scheme.objects.get(pk=scheme), issued_on, IdentifierKind.objects.get(pk="dni"))
    roll = bring_roll(brought=wanted, data=data, name=name, regions=regions, by=by)
    check_roll(roll)
    roll.refresh_from_db()
    return roll


def imported(data: bytes, by: User, **how: Any) -> Roll:
    """Bring a list, check and import it."""
    roll = brought(data, by, **how)
    assert roll.state == "checked", roll.failure
    import_roll(begin_import(roll=roll, by=by))
    roll.refresh_from_db()
    return roll


def codes(roll: Roll) -> dict[int, list[str]]:
    """Return what is wrong with each bad row."""
    return dict(roll.bad_rows.filter(mended_at=None).values_list("row", "codes"))


def files(data: Path) -> list[bytes]:
    """Return what lies in the folder of lists."""
    return [path.read_bytes() for path in (data / "rolls").glob("*")]
