"""`pallaq plan`: check a plan's file, load it as a new plan, write a plan to a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pallaq.cli import dump, place
from pallaq.cli.terminal import plainly, start_django
from pallaq.shared.errors import Refusal

if TYPE_CHECKING:
    from pallaq.exchange.rules.plan_file import Sheets

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def command() -> None:
    """Check a plan's file (YAML or XLSX), load it as a new plan, or write a plan to a file."""
    start_django()


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def check(ctx: click.Context, file: Path) -> None:
    """Say everything that is wrong in a plan's file, with its line or row, and what to do."""
    from pallaq.cli import line_of
    from pallaq.exchange.loading import read_plan

    sheets, problems = read_plan(file, str(file))
    for problem in problems:
        click.echo(f"{line_of(problem.file, problem.row, problem.column)}{problem.message}")
    if sheets is None or problems:
        ctx.exit(1)
    nodes, indicators = len(sheets["chain"]), len(sheets["indicators"])
    counts = [
        ngettext("%(n)d node", "%(n)d nodes", nodes) % {"n": nodes},
        ngettext("%(n)d indicator", "%(n)d indicators", indicators) % {"n": indicators},
    ]
    words = {"plan": sheets["plan"][0].values["code"], "counts": ", ".join(counts)}
    click.echo(_("%(plan)s: %(counts)s: no problems") % words)


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def load(file: Path) -> None:
    """Make a new plan, a draft, of a file; or say everything that is wrong in it and store nothing."""
    from pallaq.exchange.loading import load_file

    with plainly():
        place.prepare(settings.DATA)
        with dump.database(settings.DATA):
            call_command("migrate", verbosity=0, interactive=False)
            version = load_file(path=file, by=None)
    click.echo(_("%(plan)s is here, as a draft. A planner approves it on its page.") % {"plan": version.plan.code})


@command.command()
@click.argument("code")
@click.option("--out", required=True, type=FILE, help="File to write: its ending, .yaml or .xlsx, says what.")
def export(code: str, out: Path) -> None:
    """Write a plan's draft, or else the version in force, to a file that can be loaded elsewhere."""
    from pallaq.exchange.workbook import sheets_of
    from pallaq.plan.models import Plan

    if out.suffix not in {".yaml", ".yml", ".xlsx"}:
        raise Refusal(_("The file must end in .yaml or .xlsx. Name it so."), code="unknown-ending")
    with plainly(), dump.database(settings.DATA):
        plan = Plan.objects.filter(code=code).first()
        version = (plan.draft() or plan.approved()) if plan else None
        if version is None:
            known = ", ".join(Plan.objects.values_list("code", flat=True)) or "-"
            message = _("There is no plan “%(code)s” here. There are: %(known)s.")
            raise Refusal(message % {"code": code, "known": known}, code="no-plan")
        write(out, sheets_of(version, values=out.suffix == ".xlsx"))
    click.echo(str(out))


def write(out: Path, sheets: "Sheets") -> None:
    """Write rows as the file's ending says."""
    from pallaq.exchange.rules.rows import workbook_of
    from pallaq.exchange.rules.yaml_plan import yaml_text
    from pallaq.shared.tabular import write_xlsx

    if out.suffix == ".xlsx":
        write_xlsx(out, workbook_of(sheets))
    else:
        out.write_text(yaml_text(sheets), encoding="utf-8")
