"""The files that a diagnosis offers for download."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language, get_language_info

from pallaq.diagnosis.models import Diagnosis
from pallaq.report.rows import all_columns, all_rows
from pallaq.report.rules.document import Document
from pallaq.report.spreadsheet import csv_value
from pallaq.shared.tabular.writers import csv_text
from pallaq.study.models import Release

LANGUAGES = ("es", "en")
NAMES = ("report.pdf", "report.html", "estimates.xlsx", "estimates.csv", "estimates.json", "provenance.json")


@dataclass(frozen=True)
class File:
    """A file of the report."""

    name: str
    size: int


@dataclass(frozen=True)
class LanguageFiles:
    """The report's files in one language."""

    code: str
    name: str
    files: tuple[File, ...]


def offered(diagnosis: Diagnosis) -> list[LanguageFiles]:
    """Return the files that were written, language by language."""
    return [
        LanguageFiles(
            language,
            get_language_info(language)["name_local"],
            tuple(
                File(name, path.stat().st_size)
                for name in NAMES
                if (path := diagnosis.folder(language) / name).is_file()
            ),
        )
        for language in LANGUAGES
    ]


def chart_of(diagnosis: Diagnosis, indicator: str) -> str:
    """Return the address of an indicator's chart in the reader's language, or "" where none was drawn."""
    language, name = (get_language() or "es").split("-")[0], f"charts/{indicator}-720.svg"
    if not (diagnosis.folder(language) / name).is_file():
        return ""
    values = {"study": diagnosis.release.study_id, "language": language, "name": name}
    return reverse("diagnosis:file", kwargs=values)


def file_name(release: Release, language: str, name: str) -> str:
    """Return the name that a downloaded file keeps: "women-and-men-of-gold-1-es-report.pdf"."""
    return f"{release.study_id}-{release.number}-{language}-{name.replace('/', '-')}"


def row_table(document: Document, indicator: str) -> str:
    """Return the lines of estimates.csv about one indicator, each stamped when the data are synthetic."""
    columns = all_columns(document)
    rows = (row for row in all_rows(document) if row["indicator"] == indicator)
    return csv_text(columns, ([csv_value(row.get(column)) for column in columns] for row in rows))
