"""What a person sees in the terminal: progress, and the widest gaps as a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from pallaq.report.rules.document import Document, Gap
from pallaq.report.rules.words import board_gaps, headline, interval_meaning, level_name, say
from pallaq.shared.numbers import points, points_interval, probability


class Step(Protocol):
    """Hears what is being done, and how far it is."""

    def __call__(self, name: str, done: int = 0, total: int = 1) -> None: ...


@contextmanager
def steps(console: Console) -> Iterator[Step]:
    """Show one bar for each step: a new name finishes the bar before."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=not console.is_terminal) as progress:
        bars: dict[str, int] = {}

        def step(name: str, done: int = 0, total: int = 1) -> None:
            if name not in bars:
                finish()
                bars[name] = progress.add_task(step_name(name), total=total)
            progress.update(bars[name], completed=done, total=total)  # type: ignore[arg-type] # rich's own int type

        def finish() -> None:
            for task in progress.tasks:
                progress.update(task.id, completed=task.total)

        yield step
        finish()


def step_name(code: str) -> str:
    """Return what a step is called; those of the report come in words already."""
    return {"read": _("Reading and checking"), "estimate": _("Estimating")}.get(code, code)


def gap_table(document: Document, most: int = 12) -> Table:
    """Return the widest gaps, each with its interval in percentage points."""
    table = Table(title=headline(document), caption=interval_meaning(document), title_justify="left")
    table.add_column(_("Indicator"))
    table.add_column(_("Gap"), overflow="fold")
    table.add_column(_("Points"), justify="right")
    table.add_column(_("95 % interval"), justify="right")
    table.add_column("p", justify="right")
    for gap in board_gaps(document)[:most]:
        table.add_row(*row(document, gap))
    return table


def row(document: Document, gap: Gap) -> list[str]:
    """Return a gap as the table's cells."""
    pair = " − ".join(level_name(document, gap.variable, code) for code in (gap.group, gap.reference))
    return [
        say(document.indicator(gap.indicator).title),
        pair,
        "" if gap.difference is None else points(gap.difference),
        "" if gap.low is None or gap.high is None else points_interval(gap.low, gap.high),
        "" if gap.p_adjusted is None else probability(gap.p_adjusted),
    ]
