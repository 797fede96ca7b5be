"""Pages of the technical groups' meetings."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.following import perms as perms
from pallaq.following.actions.meetings import cancel_meeting, edit_meeting, hold_meeting, plan_meeting
from pallaq.following.forms.meetings import CAME, NATIONAL, CancelForm, MeetingForm, MinutesForm
from pallaq.following.views.finding import entities_of, meeting_or_refuse
from pallaq.plan.models import Node, Plan
from pallaq.plan.perms import can_edit
from pallaq.progress.models import Agreement, Attendance, Meeting
from pallaq.progress.scoreboard import region_names
from pallaq.progress.views.finding import plan_or_refuse, tried
from pallaq.shared.errors import Refusal

SEXES = {name: Sum(name, default=0) for name in ("women", "men", "other")}
FORM = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def meetings(request: HttpRequest, plan: str) -> HttpResponse:
    """List the meetings, of one region or year perhaps, with how many women and men came."""
    found = plan_or_refuse(request, plan)
    seen = perms.meetings_seen(request.user, found)
    regions = region_names(found)
    years = [day.year for day in seen.dates("held_on", "year", "DESC")]
    region, year = request.GET.get("region", ""), request.GET.get("year", "")
    shown = seen.filter(region="" if region == "national" else region) if region else seen
    shown = shown.filter(held_on__year=int(year)) if year.isdecimal() and int(year) in years else shown
    rows = shown.select_related("item", "convened_by").annotate(
        open_agreements=Count("agreements", Q(agreements__done_on=None))
    )
    page = Paginator(rows.order_by("-held_on", "-pk"), 25).get_page(request.GET.get("page"))
    came = {row["meeting"]: row for row in counted(page.object_list).values("meeting").annotate(**SEXES)}
    context = {
        "plan": found,
        "page": page,
        "rows": [
            {"meeting": one, "came": came.get(one.pk), "region": regions.get(one.region, NATIONAL)}
            for one in page.object_list
        ],
        "totals": counted(shown).aggregate(**SEXES),
        "regions": regions,
        "region": region,
        "years": years,
        "year": year,
        "can_plan": bool(perms.meeting_regions(request.user, found)),
        "today": timezone.localdate(),
    }
    return render(request, "following/meetings.html", context)


def counted(rows: Any) -> QuerySet[Attendance]:
    """Return who came to some meetings."""
    return Attendance.objects.filter(meeting__in=rows).order_by()


@require_safe
@login_required
def meeting(request: HttpRequest, plan: str, key: UUID) -> HttpResponse:
    """Show a meeting: what about, who came, what was said and agreed."""
    found = meeting_or_refuse(request, plan, key)
    mine = found.plan.agreements.filter(perms.agreements_of(request.user, found.plan))
    keeps, everything = set(mine.values_list("pk", flat=True)), can_edit(request.user, found.plan)
    agreements = found.agreements.select_related("responsible", "done_by")
    context = {
        "plan": found.plan,
        "meeting": found,
        "region": region_names(found.plan).get(found.region, NATIONAL),
        "came": found.attendance.select_related("organisation"),
        "totals": found.attendance.aggregate(**SEXES),
        "rows": [agreement_line(one, everything or one.pk in keeps, timezone.localdate()) for one in agreements],
        "can_hold": can_hold(request, found),
        "today": timezone.localdate(),
    }
    return render(request, "following/meeting.html", context)


def agreement_line(one: Agreement, keeps: bool, today: date) -> dict[str, Any]:
    """Return an agreement as a table prints it: whether she may mark it, and for how many days it is late."""
    return {"agreement": one, "keeps": keeps, "late": (today - one.due_on).days if one.is_late(today) else 0}


def can_hold(request: HttpRequest, found: Meeting) -> bool:
    """Say whether she may change this meeting."""
    return found.region in perms.meeting_regions(request.user, found.plan)


@require_http_methods(FORM)
@login_required
def meeting_new(request: HttpRequest, plan: str) -> HttpResponse:
    """Plan a meeting."""
    found = plan_or_refuse(request, plan)
    refuse_unless(bool(perms.meeting_regions(request.user, found)))
    last, made = found.meetings.order_by("-made_at").first(), []
    form = meeting_form(request, found, {"item": last and node_of(found, last), "held_on": timezone.localdate()})
    refusal = None
    if form.is_valid():
        refusal = tried(form, lambda: made.append(plan_meeting(plan=found, by=signed_in(request), **form.facts())))
        if not refusal:
            return redirect("following:meeting", plan, made[0].pk)
    words = {
        "heading": _("Plan a meeting"),
        "button": _("Plan the meeting"),
        "back": reverse("following:meetings", args=[plan]),
    }
    return form_page(request, found, form, refusal, **words)


@require_http_methods(FORM)
@login_required
def meeting_edit(request: HttpRequest, plan: str, key: UUID) -> HttpResponse:
    """Change when a meeting is, where, and about what."""
    found = meeting_or_refuse(request, plan, key)
    refuse_unless(can_hold(request, found))
    names = ("region", "held_on", "place", "convened_by", "agenda", "edition")
    now = {name: getattr(found, name) for name in names} | {"item": node_of(found.plan, found)}
    form, refusal = meeting_form(request, found.plan, now), None
    if form.is_valid():
        asked = {"edition": form.cleaned_data["edition"] or 0, "by": signed_in(request), **form.facts()}
        refusal = tried(form, lambda: edit_meeting(meeting=found, **asked))
        if not refusal:
            return redirect("following:meeting", plan, key)
    theirs = [(form.fields[name].label, now[name]) for name in ("held_on", "place", "convened_by", "agenda")]
    words = {"heading": _("Change the meeting"), "button": _("Save"), "back": address(found)}
    return form_page(request, found.plan, form, refusal, theirs=theirs, edition=found.edition, **words)


@require_http_methods(FORM)
@login_required
def meeting_hold(request: HttpRequest, plan: str, key: UUID) -> HttpResponse:
    """Write a meeting's minutes, and how many came from where."""
    found = meeting_or_refuse(request, plan, key)
    refuse_unless(can_hold(request, found))
    rows = list(found.attendance.select_related("organisation"))
    now = [{"entity": row.organisation, "women": row.women, "men": row.men, "other": row.other} for row in rows]
    form = MinutesForm(request.POST or None, initial={"minutes": found.minutes, "edition": found.edition})
    came = CAME(request.POST or None, prefix="came", initial=now, form_kwargs={"entities": entities_of(found.plan)})
    refusal = None
    if form.is_valid() and came.is_valid():
        asked = {**form.cleaned_data, "came": came.came(), "by": signed_in(request)}
        refusal = tried(form, lambda: hold_meeting(meeting=found, **asked))
        if not refusal:
            messages.success(request, _("The minutes are kept. Now write what was agreed."))
            return redirect("following:meeting", plan, key)
    theirs = [(_("Minutes"), found.minutes), *((row.organisation or _("of no entity"), row) for row in rows)]
    words = {"heading": _("Minutes, and who came"), "button": _("Save the minutes"), "back": address(found)}
    return form_page(request, found.plan, form, refusal, rows=came, theirs=theirs, edition=found.edition, **words)


@require_http_methods(FORM)
@login_required
def meeting_cancel(request: HttpRequest, plan: str, key: UUID) -> HttpResponse:
    """Call a meeting off."""
    found = meeting_or_refuse(request, plan, key)
    refuse_unless(can_hold(request, found))
    form, refusal = CancelForm(request.POST or None, initial={"edition": found.edition}), None
    if form.is_valid():
        refusal = tried(form, lambda: cancel_meeting(meeting=found, by=signed_in(request), **form.cleaned_data))
        if not refusal:
            return redirect("following:meeting", plan, key)
    words = {"heading": _("Cancel the meeting"), "button": _("Cancel the meeting"), "back": address(found)}
    return form_page(request, found.plan, form, refusal, edition=found.edition, **words)


def meeting_form(request: HttpRequest, plan: Plan, initial: dict[str, Any]) -> MeetingForm:
    """Return the form of a meeting, with what this person may choose."""
    allowed, names = perms.meeting_regions(request.user, plan), {"": str(NATIONAL), **region_names(plan)}
    return MeetingForm(
        request.POST or None,
        actions=Node.objects.filter(version=plan.shown()).of_kind("action").select_related("item"),
        regions=[(code, name) for code, name in names.items() if code in allowed],
        entities=entities_of(plan),
        initial=initial,
    )


def node_of(plan: Plan, found: Meeting) -> Node | None:
    """Return what the meeting's action is in the version that is shown."""
    return Node.objects.filter(version=plan.shown(), item=found.item_id).first()


def address(found: Meeting) -> str:
    """Return the address of a meeting's page."""
    return reverse("following:meeting", args=[found.plan.code, found.pk])


def form_page(request: HttpRequest, plan: Plan, form: forms.Form, refusal: Refusal | None, **more: Any) -> HttpResponse:
    """Show a form, with what was typed; after a conflict also what is there now, and the next save means it."""
    conflict = refusal is not None and refusal.code == "plan-edited-meanwhile"
    if conflict:
        form.data = request.POST.copy()
        form.data["edition"] = str(more["edition"])
    context = {"plan": plan, "form": form, **more, "theirs": more.get("theirs") if conflict else None}
    status = refusal.status if refusal else 422 if request.method == "POST" else 200
    return render(request, "following/meeting_form.html", context, status=status)
