"""A search of the whole registry: begun, and how it stands."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.matching.models import Scan
from pallaq.matching.perms import can_search_pairs
from pallaq.matching.tasks import start_scan


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Begin a search (POST); how it stands, as a fragment for the page of the queue (GET)."""
    refuse_unless(can_search_pairs(request.user))
    if request.method == "POST":
        start_scan(by=signed_in(request))
        messages.success(request, _("The search runs. You can leave this page; what it finds comes into the queue."))
        return redirect("matching:duplicates")
    return render(request, "matching/scan.html", {"scan": Scan.objects.first()})
