"""All the files of a diagnosis in one folder, in one language: figures, page, PDF, charts, and where they come from."""

import json
from collections.abc import Callable
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from pallaq.report.charts import draw_charts
from pallaq.report.outline import outline
from pallaq.report.phrases import synthetic_explained, synthetic_words
from pallaq.report.rules.document import Document
from pallaq.report.rules.words import finding, headline, say
from pallaq.report.spreadsheet import about_lines, write_csv, write_xlsx
from pallaq.shared.documents.blocks import Paper
from pallaq.shared.documents.comparing import file_names, sum_of
from pallaq.shared.documents.page import page
from pallaq.shared.documents.pdf import pdf

Progress = Callable[[str, int, int], None]

PROVENANCE = "provenance.json"
LOCALES = {"es": "es-pe", "en": "en"}


def silent(_step: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


def write_files(document: Document, folder: Path, language: str, command: str, progress: Progress = silent) -> None:
    """Write every file of a diagnosis into a folder that exists; `progress` hears the step and how far it is."""
    with translation.override(LOCALES.get(language, language)):
        write_figures(document, folder, command, progress)
        charts = draw_charts(document, lambda done, total: progress(_("Drawing charts"), done, total))
        (folder / "charts").mkdir(exist_ok=True)
        for code, drawn in charts.items():
            for width, svg in drawn.items():
                (folder / "charts" / f"{code}-{width}.svg").write_text(svg, encoding="utf-8")
        paper = paper_of(document, language, command, charts)
        progress(_("Writing the report"), 0, 2)
        (folder / "report.html").write_text(page(paper), encoding="utf-8")
        progress(_("Writing the report"), 1, 2)
        (folder / "report.pdf").write_bytes(pdf(paper))
        progress(_("Writing the report"), 2, 2)
        write_provenance(document, folder, language, command)


def paper_of(document: Document, language: str, command: str, charts: dict[str, dict[int, str]]) -> Paper:
    """Return the report as a document to print."""
    return Paper(
        title=say(document.title),
        author=say(document.source),
        language=language,
        blocks=outline(document, command, {code: alt_text(document, code) for code in charts}),
        charts=charts,
        stamp=synthetic_words() if document.synthetic else "",
        stamp_meaning=synthetic_explained(),
        footer=_("Data %(sha)s") % {"sha": document.data.sha256[:16]},
    )


def write_figures(document: Document, folder: Path, command: str, progress: Progress) -> None:
    """Write the figures alone: JSON, CSV and XLSX."""
    progress(_("Writing figures"), 0, 3)
    text = json.dumps(document.to_dict(), ensure_ascii=False, indent=1)
    (folder / "estimates.json").write_text(text + "\n", encoding="utf-8")
    progress(_("Writing figures"), 1, 3)
    write_csv(document, folder / "estimates.csv")
    progress(_("Writing figures"), 2, 3)
    made_by = [f"{document.data.name} {document.data.sha256}", document.format, command]
    write_xlsx(document, folder / "estimates.xlsx", about_lines(document, made_by))
    progress(_("Writing figures"), 3, 3)


def alt_text(document: Document, code: str) -> str:
    """Return what a chart says for who cannot see it."""
    return headline(document) if code == "overview" else finding(document, document.indicator(code))


def write_provenance(document: Document, folder: Path, language: str, command: str) -> None:
    """Write from what the files were made, and the sum of each, so that a changed file is noticed."""
    values = document.to_dict()
    made = {
        "format": document.format,
        "study": document.study,
        "synthetic": document.synthetic,
        "language": language,
        "command": command,
        "breakdowns": [variable.code for variable in document.variables if variable.role == "breakdown"],
        "inputs": {"data": values["data"], "study_sha256": document.study_sha256},
        "versions": values["versions"],
        "design": values["design"],
        "files": {name: sum_of(folder / name) for name in file_names(folder) if name != PROVENANCE},
    }
    text = json.dumps(made, ensure_ascii=False, indent=1)
    (folder / PROVENANCE).write_text(text + "\n", encoding="utf-8")
