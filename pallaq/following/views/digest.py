"""The page where a person says which of her seats send her the weekly e-mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pallaq.accounts.visitors import signed_in
from pallaq.following.actions.digests import want_digests
from pallaq.following.digests import mail_is_set
from pallaq.following.views.meetings import FORM


@require_http_methods(FORM)
@login_required
def digest(request: HttpRequest) -> HttpResponse:
    """Show her seats, each with its switch; keep what she switched."""
    user = signed_in(request)
    if request.method == "POST":
        want_digests(user=user, wanted=request.POST.getlist("seat"))
        messages.success(request, _("Your choice is kept."))
        return redirect("following:digest")
    rows = user.seats.select_related("plan", "organisation")
    return render(request, "following/digest_page.html", {"rows": rows, "mail_is_set": mail_is_set()})
