"""The files that a diagnosis offers for download."""

import csv
import io
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language, get_language_info

from pallaq.diagnosis.models import Diagnosis
from pallaq.diagnosis.rules.document import Document
from pallaq.study.models import Release

LANGUAGES = ("es", "en")
NAMES = ("report.pdf", "report.html", "estimates.xlsx", "estimates.csv", "estimates.json", "provenance.json")
FIGURES = ("estimate", "se", "low", "high", "df", "n", "asked", "missing")
GAP_FIGURES = ("difference", "se", "low", "high", "df", "p", "p_adjusted", "ratio", "ratio_low", "ratio_high")


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
    """Return every estimate and gap of an indicator as CSV, figures as fractions; hidden ones are empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    stamp = "SYNTHETIC" if document.synthetic else ""
    writer.writerow(["id", "data_status", "hidden", "imprecise", "assumed", *FIGURES])
    for estimate in document.estimates_of(indicator):
        values = [getattr(estimate, name) for name in FIGURES]
        writer.writerow([estimate.id, stamp, estimate.hidden, estimate.imprecise, estimate.assumed, *values])
    writer.writerow([])
    writer.writerow(["id", "data_status", "hidden", "imprecise", "n_group", "n_reference", *GAP_FIGURES])
    for gap in document.gaps_of(indicator):
        values = [getattr(gap, name) for name in GAP_FIGURES]
        writer.writerow([gap.id, stamp, gap.hidden, gap.imprecise, gap.n_group, gap.n_reference, *values])
    return out.getvalue()
