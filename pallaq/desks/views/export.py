"""The page that takes people out of the registry: for officers with a permission of its own, with a reason, logged."""

import csv
import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.desks.actions.export import Export, export_people, header, rows
from pallaq.desks.forms.log import ExportForm
from pallaq.registry import perms
from pallaq.registry.tabs import about
from pallaq.shared.errors import Refusal
from pallaq.shared.tabular import Cell, Sheet, write_xlsx
from pallaq.shared.tabular.writers import csv_cell

MOST_IN_A_WORKBOOK = 50_000
LINES = 500  # that go out together
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Line:
    """Stands for a file: what is written to it comes back."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def export(request: HttpRequest) -> HttpResponseBase:
    """Take people out as CSV or XLSX, once it is logged."""
    refuse_unless(perms.can_export(request.user))
    regions = perms.export_regions(request.user)
    form, status = ExportForm(request.POST or None, regions=regions), 200
    if form.is_valid():
        kind = form.cleaned_data["kind"]
        most = MOST_IN_A_WORKBOOK if kind == "xlsx" else None
        why, by = form.cleaned_data["why"], signed_in(request)
        try:
            made = export_people(wanted=form.wanted(), regions=regions, why=why, most=most, by=by)
            return workbook(made) if kind == "xlsx" else streamed(made)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
    status = 422 if status == 200 and form.errors else status
    return render(request, "desks/export.html", {**about(request), "form": form}, status=status)


def streamed(made: Export) -> StreamingHttpResponse:
    """Answer with CSV that is written while it is read from the database."""
    answer = StreamingHttpResponse(csv_lines(header(made.wanted), rows(made)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file_name()}.csv"'
    return answer


def csv_lines(names: Sequence[str], found: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the text of a CSV file, some lines at a time; no cell is a formula."""
    writer = csv.writer(Line())
    waiting: list[str] = []
    for cells in itertools.chain([names], found):
        waiting.append(writer.writerow([csv_cell(cell) for cell in cells]))
        if len(waiting) == LINES:
            yield "".join(waiting)
            waiting = []
    yield "".join(waiting)


def workbook(made: Export) -> FileResponse:
    """Answer with an XLSX file, which is nowhere once it is sent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.xlsx"
        write_xlsx(path, [Sheet("people", header(made.wanted), rows(made))])
        return FileResponse(path.open("rb"), as_attachment=True, filename=f"{file_name()}.xlsx", content_type=XLSX)


def file_name() -> str:
    """Return the name of a file: it says the day, and nothing of anybody."""
    return f"registry-{timezone.localdate().isoformat()}"
