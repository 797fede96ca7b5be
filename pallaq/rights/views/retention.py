"""What goes when, by which norm, and what went."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.registry.perms import sees_retention
from pallaq.registry.tabs import about
from pallaq.rights.actions.retention import RULES, due
from pallaq.shared.models import AuditEvent

PAGE = 20


@require_safe
@login_required
def retention(request: HttpRequest) -> HttpResponse:
    """Show counts alone: nobody is read here."""
    refuse_unless(sees_retention(request.user))
    runs = AuditEvent.objects.filter(action="retention.run")
    page = Paginator(runs, PAGE).get_page(request.GET.get("page"))
    titles = {rule.code: rule.title for rule in RULES}
    went = [
        (run.at, [(titles.get(code, code), many) for code, many in run.details.get("gone", {}).items()])
        for run in page.object_list
    ]
    values = {"rules": due(timezone.localdate()), "page": page, "went": went}
    return render(request, "rights/retention.html", {**about(request), **values})
