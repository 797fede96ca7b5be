"""Pages where a plan goes out as a workbook and comes back: what it would change, what others changed, the change."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.models import User
from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.exchange.applying import refuse_problems
from pallaq.exchange.forms import ChangesForm, FileForm
from pallaq.exchange.merging import Proposal, apply_workbook, proposal
from pallaq.exchange.rules.merging import counts, digest
from pallaq.exchange.rules.rows import workbook_of
from pallaq.exchange.rules.yaml_plan import yaml_text
from pallaq.exchange.workbook import sheets_of
from pallaq.plan import perms
from pallaq.plan.models import Plan, Version
from pallaq.plan.views.finding import plan_or_refuse
from pallaq.shared import waiting
from pallaq.shared.errors import Problems, Refusal
from pallaq.shared.tabular import write_xlsx

SHOWN = 300  # changes without conflict that a page lists; all are counted, all are made
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def version_to_give(request: HttpRequest, code: str) -> Version:
    """Return the draft, or the version in force, of a plan whose records she may see whole."""
    plan = plan_or_refuse(request, code)
    refuse_unless(perms.can_see_everything(request.user, plan))
    if version := plan.draft() or plan.approved():
        return version
    raise Refusal(_("This plan has no version yet, so there is nothing to take."), code="no-version", status=404)


@require_safe
@login_required
def workbook(request: HttpRequest, plan: str) -> HttpResponse:
    """Give the plan as a workbook to edit."""
    version = version_to_give(request, plan)
    with TemporaryDirectory(prefix="pallaq-") as folder:
        path = Path(folder) / "plan.xlsx"
        write_xlsx(path, workbook_of(sheets_of(version, values=True)))
        response = HttpResponse(path.read_bytes(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{plan}-{version.number}.xlsx"'
    return response


@require_safe
@login_required
def yaml(request: HttpRequest, plan: str) -> HttpResponse:
    """Give the plan as a plan file."""
    version = version_to_give(request, plan)
    response = HttpResponse(yaml_text(sheets_of(version)), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{plan}-{version.number}.yaml"'
    return response


def plan_to_edit(request: HttpRequest, code: str) -> Plan:
    """Return a plan that she may edit."""
    plan = plan_or_refuse(request, code)
    refuse_unless(perms.can_edit(request.user, plan))
    return plan


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def workbook_in(request: HttpRequest, plan: str) -> HttpResponse:
    """Take an edited workbook: show all that is wrong in it and keep nothing, or keep it and show what it changes."""
    found, user = plan_to_edit(request, plan), signed_in(request)
    form = FileForm(request.POST or None, request.FILES or None, accept=".xlsx")
    context = {"plan": found, "form": form}
    if not form.is_valid():
        return render(request, "exchange/import_workbook.html", context, status=422 if form.errors else 200)
    upload = waiting.keep(owner_of(found, user), form.cleaned_data["file"])
    path = waiting.find(owner_of(found, user), upload)
    try:
        refuse_wrong(proposal(found, path), path)
    except Problems as refusal:
        waiting.discard(path)
        return render(request, "exchange/import_workbook.html", context | {"refusal": refusal}, status=422)
    return redirect("exchange:workbook_changes", plan, upload)


def refuse_wrong(shown: Proposal, path: Path) -> None:
    """Refuse a workbook that would be wrong whatever she chose in its conflicts."""
    every = [shown.problems(path.name, {change.name for change in shown.conflicts}), shown.problems(path.name, ())]
    refuse_problems(path.name, [problem for problem in every[0] if problem in every[1]])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def workbook_changes(request: HttpRequest, plan: str, upload: UUID) -> HttpResponse:
    """Show what a workbook changes and where somebody else changed the same; make it so when she has decided."""
    found, user = plan_to_edit(request, plan), signed_in(request)
    path = waiting.find(owner_of(found, user), upload)
    shown = proposal(found, path)
    form = ChangesForm(
        request.POST or None,
        conflicts=shown.conflicts,
        needs_reason=shown.needs_reason,
        initial={"seen": digest(shown.changes)},
    )
    refusal: Refusal | None = None
    if form.is_valid():
        facts = form.cleaned_data
        try:
            reason = facts.get("reason", "")
            apply_workbook(plan=found, path=path, mine=form.mine(), seen=facts["seen"], reason=reason, by=user)
        except Refusal as refused:
            refusal, shown = refused, proposal(found, path)
            form = ChangesForm(
                conflicts=shown.conflicts, needs_reason=shown.needs_reason, initial={"seen": digest(shown.changes)}
            )
        else:
            waiting.discard(path)
            messages.success(request, _("The changes of %(file)s are in the plan.") % {"file": path.name})
            return redirect("exchange:files", plan)
    context = {"plan": found, "upload": upload, "file": path.name, "shown": shown, "form": form, "refusal": refusal}
    context |= tables(shown, form)
    return render(request, "exchange/conflicts.html", context, status=refusal.status if refusal else 200)


def tables(shown: Proposal, form: ChangesForm) -> dict[str, object]:
    """Return what the page lists: a choice beside each conflict, then the other changes, and how many of each."""
    plain: Sequence[object] = [change for change in shown.changes if not change.conflict]
    return {
        "counts": counts(shown.changes),
        "conflicts": [(change, form[change.name]) for change in shown.conflicts],
        "listed": plain[:SHOWN],
        "more": max(0, len(plain) - SHOWN),
    }


@require_POST
@login_required
def workbook_discard(request: HttpRequest, plan: str, upload: UUID) -> HttpResponse:
    """Throw a workbook away."""
    found = plan_to_edit(request, plan)
    waiting.discard(waiting.find(owner_of(found, signed_in(request)), upload))
    messages.success(request, _("The workbook was thrown away. Nothing of it is left here."))
    return redirect("exchange:files", plan)


def owner_of(plan: Plan, user: User) -> str:
    """Return whose a waiting workbook is: of one person for one plan."""
    return f"{plan.pk}.{user.pk}"
