"""Pages where a plan goes out and comes in as files: the list of its files, and a whole new plan."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pallaq.accounts.perms import is_administrator, refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.exchange.forms import FileForm
from pallaq.exchange.loading import load_file
from pallaq.plan import perms
from pallaq.plan.views.finding import plan_or_refuse
from pallaq.shared.errors import Refusal


@require_safe
@login_required
def files(request: HttpRequest, plan: str) -> HttpResponse:
    """List everything that the plan gives and takes as a file."""
    found = plan_or_refuse(request, plan)
    context = {
        "plan": found,
        "version": found.shown(),
        "can_see_everything": perms.can_see_everything(request.user, found),
        "can_import": is_administrator(request.user),
        "can_edit": perms.can_edit(request.user, found),
    }
    return render(request, "exchange/files.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_plan(request: HttpRequest) -> HttpResponse:
    """Make a new plan, a draft, of a file; or say everything that is wrong in it and make nothing."""
    refuse_unless(is_administrator(request.user))
    form = FileForm(request.POST or None, request.FILES or None, accept=".yaml,.yml,.xlsx")
    if not form.is_valid():
        return render(request, "exchange/import.html", {"form": form}, status=422 if form.errors else 200)
    file = form.cleaned_data["file"]
    with NamedTemporaryFile(prefix="pallaq-") as copy:
        for piece in file.chunks():
            copy.write(piece)
        copy.flush()
        try:
            version = load_file(path=Path(copy.name), name=Path(file.name).name, by=signed_in(request))
        except Refusal as refusal:
            return render(request, "exchange/import.html", {"form": form, "refusal": refusal}, status=refusal.status)
    messages.success(request, _("The plan is here, as a draft: look at it, and approve it when it is right."))
    return redirect("exchange:files", version.plan.code)
