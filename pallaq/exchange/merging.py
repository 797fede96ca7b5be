"""A workbook that was edited, brought back: what it would change, and the change itself once she has decided."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.exchange.applying import apply, refuse_problems
from pallaq.exchange.rules.checking import check, typed
from pallaq.exchange.rules.merging import MERGED, Change, changes, chosen, digest, mark, merged
from pallaq.exchange.rules.plan_file import Sheets
from pallaq.exchange.rules.rows import Workbook, headers, languages_of, read_workbook
from pallaq.exchange.workbook import sheets_of
from pallaq.plan.actions.versions import locked_draft, open_amendment
from pallaq.plan.models import Plan, Version
from pallaq.shared.errors import Problem, Refusal
from pallaq.study.rules.findings import Findings

INCOMPARABLE = {"edition-missing", "edition-edited", "other-plan", "column-missing"}
KEPT = ("plan", "dimensions")  # edited on their own pages, and only shown in a workbook


@dataclass(frozen=True)
class Proposal:
    """What a workbook would change in a version, and what in it is not looked at."""

    version: Version
    theirs: Sheets
    changes: list[Change]
    ignored: list[str]  # sheets whose edits do not count

    @property
    def conflicts(self) -> list[Change]:
        """The rows that somebody else changed too."""
        return [change for change in self.changes if change.conflict]

    @property
    def needs_draft(self) -> bool:
        """Whether it changes the plan itself, and not only what was reported."""
        return any(change.row.sheet != "values" for change in self.changes)

    @property
    def needs_reason(self) -> bool:
        """Whether an amendment has to be opened first."""
        return self.needs_draft and self.version.state != "draft"

    def problems(self, name: str, mine: Collection[str]) -> list[Problem]:
        """Return what would be wrong in the plan if she took her own rows of these conflicts."""
        findings = Findings(name)
        check(merged(self.theirs, chosen(self.changes, mine)), findings)
        return findings.problems


def proposal(plan: Plan, path: Path) -> Proposal:
    """Return what a workbook would change; refused with everything that is wrong in it."""
    version = plan.draft() or plan.approved()
    if version is None:
        raise Refusal(_("This plan has no version. Import it whole instead."), code="no-version", status=409)
    findings = Findings(path.name)
    book, theirs = read_workbook(path, path.name, findings), sheets_of(version, values=True)
    note_other(book, plan, theirs, findings)
    if INCOMPARABLE & {problem.code for problem in findings.problems}:
        refuse_problems(path.name, findings.problems)
    mine = typed(book.sheets, findings)
    everything = changes(book.marks or {}, theirs, mine)
    if findings.problems:  # what is wrong between rows is said in the same breath
        check(merged(theirs, everything), findings)
    refuse_problems(path.name, list(dict.fromkeys(findings.problems)))
    found, ignored = [], [name for name in KEPT if edited(name, theirs, mine)]
    for change in everything:
        if change.row.sheet == "organisations" and change.what != "added":
            ignored.append("organisations")
        else:
            found.append(change)
    return Proposal(version, theirs, found, list(dict.fromkeys(ignored)))


def note_other(book: Workbook, plan: Plan, theirs: Sheets, findings: Findings) -> None:
    """Note a workbook that was not given out by this plan, and sheets that lost a column."""
    if book.marks is None:
        message = _("The sheet “edition” is missing, so nobody can tell what you changed. Take a fresh workbook.")
        findings.add("edition-missing", message)
    codes = {row.values.get("code") for row in book.sheets.get("plan", [])}
    if codes and codes != {plan.code}:
        message = _("This is the workbook of another plan. Bring it to that plan's page.")
        findings.add("other-plan", message, column="plan: code")
    for name, rows in book.sheets.items():
        wanted = {header for header, *_rest in headers(name, languages_of(theirs))}
        found = set[str]()
        for row in rows[:1]:
            for column, value in row.values.items():
                found |= {f"{column}_{language}" for language in value} if isinstance(value, dict) else {column}
        for header in sorted(wanted - found) if rows and name in MERGED else []:
            message = _("The column “%(column)s” is missing. Add it, or take a fresh workbook.") % {"column": header}
            findings.add("column-missing", message, 1, column=f"{name}: {header}")


def edited(name: str, theirs: Sheets, mine: Sheets) -> bool:
    """Say whether a sheet that is only shown was edited."""
    return name in mine and {mark(row) for row in mine[name]} != {mark(row) for row in theirs[name]}


@transaction.atomic
def apply_workbook(*, plan: Plan, path: Path, mine: Collection[str], seen: str, reason: str, by: User) -> Version:
    """Make the changes of a workbook as she decided; refused where they are no longer those that she was shown."""
    if draft := plan.draft():
        locked_draft(draft)
    shown = proposal(plan, path)
    if digest(shown.changes) != seen:
        message = _("Somebody changed the plan while you were looking. Nothing was saved: look at the changes again.")
        raise Refusal(message, code="changed-meanwhile", status=409)
    refuse_problems(path.name, shown.problems(path.name, mine))
    wanted = chosen(shown.changes, mine)
    version = shown.version
    if any(change.row.sheet != "values" for change in wanted) and version.state != "draft":
        version = open_amendment(plan=plan, reason=reason, by=by)
    apply(version=version, changes=wanted, name=path.name, by=by)
    return version
