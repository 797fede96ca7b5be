"""Money spent on an action or activity."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.plan.models import Node
from pallaq.progress.actions.spending import SPENT_ON, correct_spending, record_spending, spent_of
from pallaq.progress.forms.values import CorrectSpendingForm, SpendingForm
from pallaq.progress.models import Spending
from pallaq.progress.views.finding import plan_or_refuse, tried
from pallaq.progress.views.reach import node_or_refuse, nothing_there

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
@login_required
def spending(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """Show what was spent on an action or activity beside its budget, and record more."""
    node, reach = node_or_refuse(request, plan, code)
    if node.item.kind not in SPENT_ON:
        raise nothing_there(code)
    form = SpendingForm(request.POST or None, initial={"year": timezone.localdate().year})
    if request.method == "POST":
        refuse_unless(reach.totals)
        if form.is_valid() and not tried(form, lambda: spend(request, node, form)):
            warn(request, node)
            return redirect("progress:spending", plan, code)
    rows = Spending.objects.filter(item=node.item_id)
    context = {
        "plan": node.version.plan,
        "node": node,
        "reach": reach,
        "form": form,
        "rows": rows.filter(current=True).select_related("by").order_by("-year", "-quarter"),
        "old": Paginator(rows.filter(current=False).select_related("replaced_by__by").order_by("-at"), 25).get_page(
            request.GET.get("old")
        ),
        **money(node),
    }
    return render(request, "progress/spending.html", context, status=422 if form.errors else 200)


def spend(request: HttpRequest, node: Node, form: SpendingForm) -> None:
    """Record what a form says."""
    facts = {"amount": form.cleaned_data["amount"], "note": form.cleaned_data["note"]}
    record_spending(node=node, period=form.period(), by=signed_in(request), **facts)


def money(node: Node) -> dict[str, object]:
    """Return what was spent on a node and below it, and by how much that is over its budget."""
    spent = spent_of(node)
    over = spent - node.budget if node.budget is not None and spent > node.budget else None
    return {"spent": spent, "over": over}


def warn(request: HttpRequest, node: Node) -> None:
    """Say that it is saved, and warn of more than the budget."""
    if money(node)["over"]:
        message = _("Saved. More was spent on %(code)s than its budget: tell the planner why in the note.")
        messages.warning(request, message % {"code": node.item.code})
    else:
        messages.success(request, _("Saved."))


@require_http_methods(FORM)
@login_required
def spending_correct(request: HttpRequest, plan: str, key: int) -> HttpResponse:
    """Correct an amount, with a reason."""
    found = Spending.objects.filter(item__plan=plan_or_refuse(request, plan), pk=key).select_related("item").first()
    if found is None:
        raise nothing_there(str(key))
    node, reach = node_or_refuse(request, plan, found.item.code)
    refuse_unless(reach.totals)
    form, by = CorrectSpendingForm(request.POST or None, initial={"amount": found.amount}), signed_in(request)
    if form.is_valid() and not tried(
        form, lambda: correct_spending(spending=found, node=node, by=by, **form.cleaned_data)
    ):
        warn(request, node)
        return redirect("progress:spending", plan, found.item.code)
    context = {"plan": node.version.plan, "node": node, "spending": found, "form": form}
    return render(request, "progress/spending_correct.html", context, status=422 if form.errors else 200)
