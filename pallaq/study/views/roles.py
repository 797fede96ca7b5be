"""Pages where an administrator gives and takes roles."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from pallaq.accounts.models import User
from pallaq.accounts.perms import is_administrator, refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.study import actions
from pallaq.study.forms import RoleForm
from pallaq.study.models import Membership, Role, Study
from pallaq.study.rules.loading import load_study


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def roles(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give a person a role in a study."""
    refuse_unless(is_administrator(request.user))
    person = get_object_or_404(User, pk=user_id)
    definitions = [load_study(study.source_folder()) for study in Study.objects.all()]
    regions = [(study.code, level) for study in definitions for level in study.region.levels]
    form = RoleForm(request.POST or None, regions=regions, language=(get_language() or "es")[:2])
    if not form.is_valid():
        return render(request, "study/roles.html", {"person": person, "form": form})
    values = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
    actions.give_role(user=person, by=signed_in(request), **values)
    return redirect("study:roles", user_id)


@require_POST
@login_required
def take_role(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Take a role from a person."""
    refuse_unless(is_administrator(request.user))
    membership = get_object_or_404(Membership, pk=membership_id)
    actions.take_role(membership=membership, by=signed_in(request))
    return redirect("study:roles", membership.user_id)
