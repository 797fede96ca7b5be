"""`pallaq diagnose STUDY DATA --out FOLDER`: a survey's gaps, in the terminal and in files, without a database."""

import shlex
import sys
from pathlib import Path

import click
from django.utils import translation
from rich.console import Console

from pallaq.cli.terminal import plainly, start_django

LANGUAGES = {"es": "es-pe", "en": "en"}


@click.command
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the report and its files.")
@click.option("--lang", type=click.Choice(list(LANGUAGES)), default="es", help="Language of the report.")
@click.option("--by", multiple=True, metavar="INDICATOR", help="Estimate by this indicator's answers too.")
def command(study: Path, data: Path, out: Path, lang: str, by: tuple[str, ...]) -> None:
    """Estimate the gender gaps of DATA (CSV, XLSX or Parquet) as the folder STUDY declares.

    Writes report.pdf, report.html, estimates.csv, .xlsx and .json, charts and provenance.json.
    """
    start_django()
    from pallaq.cli.showing import gap_table, steps
    from pallaq.diagnosis.reading import diagnose_file
    from pallaq.report.files import write_files
    from pallaq.report.placing import whole_folder

    console = Console()
    with translation.override(LANGUAGES[lang]), plainly():
        with steps(console) as step, whole_folder(out) as draft:
            document = diagnose_file(study, data, by, step)
            write_files(document, draft, lang, shlex.join(["pallaq", *sys.argv[1:]]), step)
        console.print(gap_table(document))
        console.print(str(out / "report.pdf"), highlight=False)
