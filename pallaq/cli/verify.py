"""`pallaq verify FOLDER --data DATA`: recompute every figure of a report and name each that differs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pallaq.cli.terminal import plainly, start_django
from pallaq.shared.errors import Refusal

if TYPE_CHECKING:
    from rich.table import Table

    from pallaq.shared.documents.comparing import Mismatch

MOST = 100  # lines of the table; data of another study would fill thousands


@click.command
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--data", required=True, type=click.Path(path_type=Path), help="The data that the report was made from.")
@click.option("--study", type=click.Path(path_type=Path), help="The study's folder, unless Pallaq brings it.")
@click.pass_context
def command(ctx: click.Context, folder: Path, data: Path, study: Path | None) -> None:
    """Recompute every figure in the PDF, HTML, XLSX, CSV, JSON and SVG files of FOLDER from DATA."""
    start_django()
    from django.utils.translation import gettext as _
    from rich.console import Console

    from pallaq.diagnosis.reading import diagnose_file
    from pallaq.report.verification import provenance_of, verify

    with plainly():
        made = provenance_of(folder)
        place = study or brought(str(made.get("study")))
        found = verify(folder, diagnose_file(place, data, breakdowns(place, made.get("breakdowns"))))
    if not found:
        click.echo(_("Every figure in %(folder)s is what the data give.") % {"folder": folder})
        return
    Console().print(mismatch_table(found))
    ctx.exit(1)


def brought(code: str) -> Path:
    """Return the folder of a study that Pallaq brings; a Refusal when it brings none of that name."""
    from django.conf import settings
    from django.utils.translation import gettext as _

    if code not in {path.name for path in settings.STUDIES.iterdir()}:
        raise Refusal(_("Pallaq brings no study “%(study)s”. Name its folder with --study.") % {"study": code})
    place: Path = settings.STUDIES / code
    return place


def breakdowns(place: Path, recorded: object) -> tuple[str, ...]:
    """Return the indicators that the report was asked to estimate by, beyond what its study declares."""
    from pallaq.study.rules.loading import load_study

    study = load_study(place)
    asked = set(recorded if isinstance(recorded, list) else ()) - {variable.code for variable in study.breakdowns}
    first = {indicator.variable: indicator.code for indicator in reversed(study.indicators)}
    return tuple(first[variable] for variable in sorted(asked & set(first)))


def mismatch_table(found: "list[Mismatch]") -> "Table":
    """Return what differs as a table."""
    from django.utils.translation import gettext as _
    from rich.table import Table

    title = _("%(count)d differences") % {"count": len(found)}
    caption = _("The first %(most)d are shown.") % {"most": MOST} if len(found) > MOST else None
    table = Table(title=title, caption=caption, title_justify="left")
    for head in (_("File"), _("Figure"), _("Where"), _("Printed"), _("By the data")):
        table.add_column(head, overflow="fold")
    for one in found[:MOST]:
        table.add_row(one.file, one.id, one.field, one.printed, one.expected)
    return table
