"""`pallaq study`: check a study's files; reconstruct respondents from its printed percentages."""

from pathlib import Path

import click
import django

LANGUAGES = {"es": "es-pe", "en": "en"}


@click.group()
@click.option("--lang", type=click.Choice(list(LANGUAGES)), default="es", help="Language of the messages.")
@click.pass_context
def command(ctx: click.Context, lang: str) -> None:
    """Check a study's files, or reconstruct respondents from its printed percentages."""
    django.setup()
    from django.utils import translation

    ctx.with_resource(translation.override(LANGUAGES[lang]))


@command.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def check(ctx: click.Context, folder: Path) -> None:
    """Say everything that is wrong in a study's files, with file, line and remedy."""
    from pallaq.study.rules.loading import read_study, summary

    study, problems = read_study(folder)
    for problem in problems:
        place = ":".join(str(part) for part in (problem.file, problem.row, problem.column) if part)
        click.echo(f"{place}: {problem.message}")
    if study is None or problems:
        ctx.exit(1)
    click.echo(summary(study))


@command.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write responses.csv into.")
def reconstruct(folder: Path, out: Path) -> None:
    """Make synthetic respondents that give back a study's printed percentages."""
    from pallaq.study.rules.loading import load_study
    from pallaq.study.rules.printed import comparison
    from pallaq.study.rules.reconstruction import reconstruct as respondents
    from pallaq.study.rules.tables import write_reconstruction

    study = load_study(folder)
    columns = respondents(study)
    write_reconstruction(out, study, columns)
    for line in comparison(study, columns):
        click.echo(line)
