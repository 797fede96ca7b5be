"""Pages of the log: who read of a person, and what was read in the regions of whoever looks after it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts.models import User
from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.desks.actions.export import export_log
from pallaq.desks.forms.log import LogForm, ReasonForm
from pallaq.desks.views.export import csv_lines
from pallaq.registry import perms
from pallaq.registry.actions.reading import read
from pallaq.registry.models import Person, Reading, Role, What
from pallaq.registry.rules.numbers import cleaned_number
from pallaq.registry.tabs import about, about_person
from pallaq.registry.views.finding import person_or_refuse
from pallaq.shared.models import AuditEvent

PAGE, READERS = 50, 20
COLUMNS = ("at", "reader", "role", "what", "why")


@require_safe
@login_required
def of_person(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show who read of a person, the newest first."""
    person = person_or_refuse(request, key)
    refuse_unless(perms.can_read_log(request.user, person))
    return log_page(request, person, ReasonForm())


def log_page(request: HttpRequest, person: Person, form: ReasonForm) -> HttpResponse:
    """Answer with her log; looking at it is a reading too."""
    page = Paginator(person.readings.select_related("by"), PAGE).get_page(request.GET.get("page"))
    rows = [(one, role_words(one.role)) for one in page.object_list]
    read(person, by=signed_in(request), what=What.FOUND)
    context = {"page": page, "rows": rows, "form": form, "takes": perms.can_export_log(request.user, person)}
    status = 422 if form.errors else 200
    return render(request, "desks/person_log.html", {**about_person(request, person), **context}, status=status)


@require_POST
@login_required
def csv_file(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Give who read of a person as CSV, to whoever may export and says what for."""
    person = person_or_refuse(request, key)
    refuse_unless(perms.can_read_log(request.user, person) and perms.can_export_log(request.user, person))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return log_page(request, person, form)
    export_log(person=person, why=form.cleaned_data["why"], by=signed_in(request))
    found = person.readings.select_related("by").iterator(chunk_size=2000)
    rows = ([one.at.isoformat(), str(one.by or ""), one.role, one.what, one.why] for one in found)
    answer = StreamingHttpResponse(csv_lines(COLUMNS, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="log-{timezone.localdate().isoformat()}.csv"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def readings(request: HttpRequest) -> HttpResponse:
    """Show what was read in her regions, and who read most on a day; of people only their numbers.

    What is asked is posted: a reader's name would stay in histories and logs.
    """
    refuse_unless(perms.can_read_logs(request.user))
    form = LogForm(request.POST or None)
    asked = form.cleaned_data if form.is_valid() else {}
    regions = perms.regions(request.user, Role.OFFICER, Role.AUDITOR)
    seen = Reading.objects.all() if regions is None else Reading.objects.filter(person__region__in=sorted(regions))
    found = before(request, chosen(seen, asked)).select_related("by", "person").order_by("-pk")
    rows = list(found.defer("person__phone", "person__address")[: PAGE + 1])
    day = asked.get("day") or timezone.localdate()
    context = {
        "form": form,
        "rows": [(one, role_words(one.role)) for one in rows[:PAGE]],
        "last": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "day": day,
        "readers": readers_of(seen, day),
        "exports": exports_of(day),
    }
    return render(request, "desks/readings.html", {**about(request), **context})


def chosen(seen: QuerySet[Reading], asked: dict[str, Any]) -> QuerySet[Reading]:
    """Return the readings that were asked for."""
    if words := asked.get("reader", "").strip():
        seen = seen.filter(by__in=User.objects.matching(words))
    if number := cleaned_number(asked.get("number", "")):
        seen = seen.filter(person__number=number)
    if what := asked.get("what"):
        seen = seen.filter(what=what)
    return seen.filter(of_day(asked["day"])) if asked.get("day") else seen


def before(request: HttpRequest, found: QuerySet[Reading]) -> QuerySet[Reading]:
    """Return the readings older than the last one of the page before; rows are never counted."""
    after = request.POST.get("after", "")
    return found.filter(pk__lt=int(after)) if after.isdecimal() and len(after) < 18 else found


def of_day(day: date) -> Q:
    """Return the question whether a reading was on a day, in Peru's time."""
    begins = timezone.make_aware(datetime.combine(day, time.min))
    return Q(at__gte=begins, at__lt=begins + timedelta(days=1))


def readers_of(seen: QuerySet[Reading], day: date) -> list[dict[str, Any]]:
    """Return who read on a day, whoever opened most files first: how many people, not how many times."""
    # An export may be of a million: the trail has counted it, here it would be counted anew at each visit.
    counted = seen.filter(of_day(day), by__isnull=False).exclude(what=What.EXPORT).order_by()
    found = counted.values("by__name", "by__email").annotate(
        files=Count("person", distinct=True, filter=~Q(what=What.FOUND)),
        listed=Count("person", distinct=True, filter=Q(what=What.FOUND)),
    )
    return [dict(row) for row in found.order_by("-files", "-listed", "by__email")[:READERS]]


def exports_of(day: date) -> list[AuditEvent]:
    """Return the exports of a day, as the trail counted them."""
    return list(AuditEvent.objects.filter(of_day(day), action="export.people").select_related("by")[:READERS])


def role_words(role: str) -> str:
    """Return a role in words; the log keeps what was said then."""
    return str(Role(role).label) if role in Role.values else role
