"""Plans from files into the database: read and checked whole, then a new plan made of them, or none."""

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.exchange.applying import apply, refuse_problems
from pallaq.exchange.rules.checking import check, dimensions_of, typed
from pallaq.exchange.rules.merging import MERGED, Change
from pallaq.exchange.rules.plan_file import SHEETS, Sheets
from pallaq.exchange.rules.rows import read_workbook
from pallaq.exchange.rules.yaml_plan import read_yaml
from pallaq.exchange.workbook import TRANSLATION
from pallaq.plan.actions.versions import make_plan
from pallaq.plan.models import Version
from pallaq.shared.errors import Problem, Problems, Refusal
from pallaq.study.models import Study
from pallaq.study.rules.findings import Findings


def read_plan(path: Path, name: str = "") -> tuple[Sheets | None, list[Problem]]:
    """Return the rows of a whole plan's file, YAML or XLSX by its content, and everything that is wrong in them."""
    findings = Findings(name or path.name)
    if path.stat().st_size > settings.UPLOAD_LIMIT // 10:
        words = {"most": settings.UPLOAD_LIMIT // 10_000_000}
        findings.add(
            "too-large", _("The file has more than %(most)s MB. No plan is that long: look what it is.") % words
        )
        return None, findings.problems
    with path.open("rb") as file:
        is_yaml = file.read(2) != b"PK" and not findings.file.lower().endswith((".xlsx", ".xls"))
    try:
        raw = read_yaml(path, findings) if is_yaml else read_workbook(path, findings.file, findings).sheets
    except Problems as refusal:
        return None, refusal.problems
    if raw is None or (findings.problems and not is_yaml):
        return None, findings.problems
    if not raw.get("plan"):
        findings.add("plan-missing", _("The sheet “plan” is missing or empty. Write the plan's code and title there."))
        return None, findings.problems
    sheets = typed({**{sheet: [] for sheet in SHEETS if sheet != "values"}, **raw}, findings)
    check(sheets, findings)
    return sheets, list(dict.fromkeys(findings.problems))


def load_file(*, path: Path, name: str = "", by: User | None) -> Version:
    """Make a new plan of a file, as a draft; refused whole with everything that is wrong in it."""
    sheets, problems = read_plan(path, name)
    refuse_problems(name or path.name, problems)
    assert sheets is not None
    return load_plan(sheets=sheets, name=name or path.name, by=by)


@transaction.atomic
def load_plan(*, sheets: Sheets, name: str, by: User | None) -> Version:
    """Make a new plan, a draft, of checked rows."""
    values = dict(sheets["plan"][0].values)
    if translation := values.pop(TRANSLATION, ""):
        values["source"] = {**(values.get("source") or {}), TRANSLATION: translation}
    study = values.pop("study", "")
    if study and not Study.objects.filter(code=study).exists():
        message = _("There is no study “%(study)s” here. Load it first, or leave the study out.")
        raise Refusal(message % {"study": study}, code="study-unknown")
    fields = {column: value for column, value in values.items() if value not in (None, {})}
    version = make_plan(**fields, dimensions=dimensions_of(sheets), study_id=study or None, by=by)
    added = [Change("added", None, row, conflict=False) for sheet in MERGED for row in sheets.get(sheet, [])]
    apply(version=version, changes=added, name=name, by=by)
    return version
