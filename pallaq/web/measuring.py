"""Pages of measures: the table of all of them, and what one proposes as an indicator's values, to be accepted."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.baselines.statistics import newest_of
from pallaq.plan.models import Indicator
from pallaq.progress.actions.values import is_locked
from pallaq.progress.grid import open_periods
from pallaq.progress.perms import Sight
from pallaq.progress.views.reach import indicator_or_refuse
from pallaq.progress.views.scope import version_or_refuse
from pallaq.shared.errors import Refusal
from pallaq.web.measures import BY_NAME, MEASURES
from pallaq.web.proposing import STUDY, Asked, accept, period_of, rows_of, sources_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def measures(request: HttpRequest, plan: str) -> HttpResponse:
    """Show every measure; or, where the address names an indicator, what is proposed for it, and accept it."""
    if not request.GET.get("indicator"):
        refuse_unless(request.method != "POST")
        return table_page(request, plan)
    asked = asked_of(request, plan)
    if request.method != "POST":
        return proposed_page(request, asked)
    refuse_unless(asked.reach.can_report)
    try:
        count = accept(asked=asked, tokens=request.POST.getlist("take"), note=request.POST.get("note", ""))
    except Refusal as refusal:
        return proposed_page(request, asked, refusal)
    text = ngettext("%(count)d figure is recorded now.", "%(count)d figures are recorded now.", count)
    messages.success(request, text % {"count": count})
    return redirect(f"{reverse('web:measures', args=[plan])}?{urlencode(query_of(asked))}")


def asked_of(request: HttpRequest, plan: str) -> Asked:
    """Return what the address asks for; a source that nobody offers is the indicator's own."""
    indicator, reach = indicator_or_refuse(request, plan, request.GET["indicator"])
    sources, source = sources_of(indicator), request.GET.get("source", "")
    period = period_of(indicator, request.GET.get("period", ""), timezone.localdate())
    return Asked(indicator, period, source if source in sources else sources[0], signed_in(request), reach)


def query_of(asked: Asked) -> dict[str, str]:
    """Return what an address says to ask the same."""
    return {"indicator": asked.indicator.item.code, "period": str(asked.period), "source": asked.source}


def proposed_page(request: HttpRequest, asked: Asked, refusal: Refusal | None = None) -> HttpResponse:
    """Show what is proposed beside what is recorded."""
    indicator, today = asked.indicator, timezone.localdate()
    plan, rows, known = indicator.version.plan, rows_of(asked), open_periods(indicator, today)
    context = {
        "plan": plan,
        "indicator": indicator,
        "asked": asked,
        "study": newest_of(indicator, asked.reader) if asked.source == STUDY else None,
        "sources": [(name, BY_NAME.get(name)) for name in sources_of(indicator)],
        "periods": known if asked.period in known else [asked.period, *known],
        "rows": rows,
        "can_accept": any(row.can_accept for row in rows) and not is_locked(plan, asked.period),
        "corrects": any(row.can_accept and row.recorded for row in rows),
        "locked": is_locked(plan, asked.period),
        "running": asked.period.ends_on >= today,
        "refusal": refusal,
        "note": request.POST.get("note", ""),
    }
    return render(request, "web/measure.html", context, status=refusal.status if refusal else 200)


def table_page(request: HttpRequest, plan: str) -> HttpResponse:
    """Show every measure with its definition, and the indicators that take their values from one or from a study."""
    version = version_or_refuse(request, plan)
    sight = Sight(request.user, version)
    fed = version.indicators.filter(~Q(measure="") | ~Q(study_indicator="")).select_related("item", "node")
    seen: list[Indicator] = [one for one in fed.order_by("item__code") if sight.of(one.node, one)]
    page = Paginator(seen, 50).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "plan": version.plan,
        "measures": MEASURES,
        "page": page,
        "rows": [(one, BY_NAME.get(one.measure)) for one in page.object_list],
    }
    return render(request, "web/measures.html", context)
