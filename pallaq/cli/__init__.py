"""The command line: `pallaq up`, `pallaq diagnose`, `pallaq study check`, ...

Each command lives in a module of this folder named after it, imported only when it is called, so that
`pallaq --help` is instant.
"""

import importlib
import os

import click

from pallaq.shared.errors import Problems, Refusal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pallaq.settings")

COMMANDS = {
    "up": "Start Pallaq here: database, demo study, web page.",
    "diagnose": "Estimate a survey's gender gaps and write the report.",
    "verify": "Recompute every figure of a report from its data.",
    "study": "Check a study's files; reconstruct respondents from printed percentages.",
    "plan": "Check a plan's file, load it as a new plan, write a plan to a file.",
    "administrator": "Make someone an administrator and print her one-time link.",
    "registry": "Rotate the keys of the registry's encrypted fields; run its retention.",
    "digest": "Send this week's e-mails of the plans to those who want them.",
    "backup": "Save the database and the releases to one file.",
    "restore": "Bring a backup back into an empty data folder.",
}


class Pallaq(click.Group):
    """Finds a command's module by its name, and shows refusals as one clear line each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the command's module, or return None when there is no such command."""
        if name not in COMMANDS:
            return None
        command = importlib.import_module(f"pallaq.cli.{name}").command
        command.name, command.short_help = name, COMMANDS[name]
        return command  # type: ignore[no-any-return] # an attribute of a module found by name

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a refusal goes to standard error, exit code 1, without a traceback."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"pallaq: {refusal.message}", err=True)
            for problem in refusal.problems if isinstance(refusal, Problems) else []:
                click.echo(f"  {line_of(problem.file, problem.row, problem.column)}{problem.message}", err=True)
            ctx.exit(1)


def line_of(file: str, row: int | None, column: str) -> str:
    """Return where a problem is, in the form editors understand: `file:row: column: `."""
    place = ":".join(part for part in (file, str(row) if row else "") if part)
    return "".join(f"{part}: " for part in (place, column) if part)


@click.group(cls=Pallaq)
@click.version_option(package_name="pallaq")
def main() -> None:
    """Pallaq: gender diagnosis, action plan and registry for artisanal gold mining."""
