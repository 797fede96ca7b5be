"""Pages of what was agreed: the tasks, and each one done or opened again."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import BooleanField, Case, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.following import perms as perms
from pallaq.following.actions.agreements import agree, mark_done, reopen
from pallaq.following.forms.meetings import NATIONAL, AgreementForm, DoneForm, ReopenForm
from pallaq.following.views.finding import agreement_or_refuse, entities_of, meeting_or_refuse
from pallaq.following.views.meetings import FORM, address, agreement_line, can_hold, form_page
from pallaq.plan.perms import can_edit
from pallaq.progress.scoreboard import region_names
from pallaq.progress.views.finding import plan_or_refuse, tried

STATES = {
    "open": gettext_lazy("open"),
    "late": gettext_lazy("late"),
    "done": gettext_lazy("done"),
    "all": gettext_lazy("all"),
}


@require_safe
@login_required
def agreements(request: HttpRequest, plan: str) -> HttpResponse:
    """List what was agreed as tasks, her own entities' first: open ones, unless she asks for others."""
    found, today = plan_or_refuse(request, plan), timezone.localdate()
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    seen, entity = perms.agreements_seen(request.user, found), request.GET.get("entity", "")
    chosen = {"open": Q(done_on=None), "late": Q(done_on=None, due_on__lt=today), "done": Q(done_on__isnull=False)}
    rows = seen.filter(chosen.get(state, Q())).select_related("responsible", "meeting", "done_by")
    choices = entities_of(found).filter(pk__in=seen.order_by().values("responsible"))
    if one := next((choice for choice in choices if str(choice.pk) == entity), None):
        rows = rows.filter(responsible=one)
    mine = perms.agreements_of(request.user, found)
    hers = Case(When(mine, then=Value(True)), default=Value(False), output_field=BooleanField())
    page = Paginator(rows.annotate(mine=hers).order_by("-mine", "due_on", "pk"), 25).get_page(request.GET.get("page"))
    everything, regions = can_edit(request.user, found), region_names(found)
    keeps = set(seen.filter(mine, pk__in=[one.pk for one in page.object_list]).values_list("pk", flat=True))
    context = {
        "plan": found,
        "page": page,
        "rows": [
            {
                **agreement_line(one, everything or one.pk in keeps, today),
                "meeting": one.meeting,
                "region": regions.get(one.region, NATIONAL),
            }
            for one in page.object_list
        ],
        "states": STATES,
        "state": state,
        "entities": choices,
        "entity": entity,
        "late": seen.filter(chosen["late"]).count(),
    }
    return render(request, "following/agreements.html", context)


@require_http_methods(FORM)
@login_required
def agreement_new(request: HttpRequest, plan: str, key: UUID) -> HttpResponse:
    """Write down what a meeting agreed."""
    meeting = meeting_or_refuse(request, plan, key)
    refuse_unless(can_hold(request, meeting))
    form, refusal = AgreementForm(request.POST or None, entities=entities_of(meeting.plan)), None
    if form.is_valid():
        refusal = tried(form, lambda: agree(meeting=meeting, by=signed_in(request), **form.cleaned_data))
        if not refusal:
            messages.success(request, _("The agreement is kept. It is a task of its entity now."))
            return redirect("following:meeting", plan, key)
    words = {"heading": _("Add an agreement"), "button": _("Add the agreement"), "back": address(meeting)}
    return form_page(request, meeting.plan, form, refusal, **words)


@require_http_methods(FORM)
@login_required
def agreement_done(request: HttpRequest, plan: str, key: UUID) -> HttpResponse:
    """Mark an agreement done."""
    found = agreement_or_refuse(request, plan, key)
    refuse_unless(perms.can_keep(request.user, found))
    form, refusal = DoneForm(request.POST or None, initial={"done_on": timezone.localdate()}), None
    if form.is_valid():
        refusal = tried(form, lambda: mark_done(agreement=found, by=signed_in(request), **form.cleaned_data))
        if not refusal:
            return redirect(tasks(plan))
    words = {
        "heading": _("Mark as done"),
        "button": _("It is done"),
        "back": reverse("following:agreements", args=[plan]),
    }
    return form_page(request, found.plan, form, refusal, about=found, **words)


@require_http_methods(FORM)
@login_required
def agreement_reopen(request: HttpRequest, plan: str, key: UUID) -> HttpResponse:
    """Open an agreement again that was not done after all."""
    found = agreement_or_refuse(request, plan, key)
    refuse_unless(perms.can_keep(request.user, found))
    form, refusal = ReopenForm(request.POST or None), None
    if form.is_valid():
        refusal = tried(form, lambda: reopen(agreement=found, by=signed_in(request), **form.cleaned_data))
        if not refusal:
            return redirect(tasks(plan))
    words = {
        "heading": _("Open again"),
        "button": _("Open it again"),
        "back": reverse("following:agreements", args=[plan]),
    }
    return form_page(request, found.plan, form, refusal, about=found, **words)


def tasks(plan: str) -> str:
    """Return the address of the list of tasks."""
    return reverse("following:agreements", args=[plan])
