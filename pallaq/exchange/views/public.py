"""The public page of a plan: how it stands, for anybody, in totals only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pallaq.exchange.models import Publisher
from pallaq.exchange.papers.figures import source_words
from pallaq.exchange.public import public_plan
from pallaq.plan.models import Plan
from pallaq.progress.views.board import period_of
from pallaq.shared.errors import Refusal


@require_safe
def public(request: HttpRequest, plan: str) -> HttpResponse:
    """Show a public plan in force to anybody."""
    found = Plan.objects.filter(code=plan, public=True).first()
    version = found.approved() if found else None
    if found is None or version is None:
        message = _("There is no public plan “%(plan)s”. Check the address, or log in if it is yours.")
        raise Refusal(message % {"plan": plan}, code="no-public-plan", status=404)
    version.plan, today = found, timezone.localdate()
    period = period_of(request.GET.get("period", ""), version, today)
    told = public_plan(version, period, request.GET.get("objective", ""), today)
    context = {
        "plan": found,
        "version": version,
        "told": told,
        "board": told.board,
        "choice": told.board.choice,
        "source": source_words(found),
        "on_iati": Publisher.objects.filter(plan=found).exists(),
    }
    return render(request, "exchange/public.html", context)
