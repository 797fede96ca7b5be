"""Pages of one's own account, of the people an administrator manages, and of the links she hands out."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.accounts import actions
from pallaq.accounts.forms import AcceptForm, InviteForm
from pallaq.accounts.models import User
from pallaq.accounts.perms import is_administrator, refuse_unless


def administrator(request: HttpRequest) -> User:
    """Return who asks, if she is an administrator; refuse everybody else."""
    refuse_unless(is_administrator(request.user))
    assert isinstance(request.user, User)
    return request.user


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Show my roles, and where to change my password, second factor and sessions."""
    return render(request, "accounts/me.html")


@require_safe
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody who may log in, with a search."""
    administrator(request)
    words = request.GET.get("words", "")
    found = User.objects.matching(words).prefetch_related("memberships__study")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"page": page, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person; the answer is her link, shown this once."""
    by = administrator(request)
    form = InviteForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/invite.html", {"form": form})
    user, token = actions.invite(**form.cleaned_data, by=by)
    return link_page(request, user, token)


@require_safe
@login_required
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Show one person: her roles, and what an administrator can do."""
    administrator(request)
    return render(request, "accounts/person.html", {"person": get_object_or_404(User, pk=user_id)})


@require_POST
@login_required
@never_cache
def reset(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Give a person a new link; the answer is the link, shown this once."""
    by, user = administrator(request), get_object_or_404(User, pk=user_id)
    return link_page(request, user, actions.reset_password(user=user, by=by))


def link_page(request: HttpRequest, user: User, token: str) -> HttpResponse:
    """Show a one-time link to copy and hand over."""
    address = request.build_absolute_uri(reverse("account_link", args=[user.pk, token]))
    return render(request, "accounts/link.html", {"person": user, "address": address})


@require_POST
@login_required
def deactivate(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Keep a person out."""
    by, user = administrator(request), get_object_or_404(User, pk=user_id)
    actions.deactivate(user=user, by=by)
    return said(request, user, _("%(user)s can no longer log in, and every session ended."))


@require_POST
@login_required
def reactivate(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Let a person in again."""
    by, user = administrator(request), get_object_or_404(User, pk=user_id)
    actions.reactivate(user=user, by=by)
    return said(request, user, _("%(user)s can log in again."))


@require_POST
@login_required
def mark(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Make a person an administrator, or no longer one."""
    by, user = administrator(request), get_object_or_404(User, pk=user_id)
    wanted = request.POST.get("administrator") == "yes"
    actions.mark_administrator(user=user, administrator=wanted, by=by)
    words = _("%(user)s is an administrator now.") if wanted else _("%(user)s is no longer an administrator.")
    return said(request, user, words)


@require_POST
@login_required
def remove_second_factor(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Let a person who lost her phone log in with her password alone."""
    by, user = administrator(request), get_object_or_404(User, pk=user_id)
    actions.remove_second_factor(user=user, by=by)
    return said(request, user, _("%(user)s logs in with the password alone until a second factor is set up again."))


def said(request: HttpRequest, user: User, words: str) -> HttpResponse:
    """Go back to the person's page and say there what was done."""
    messages.success(request, words % {"user": user})
    return redirect("people:person", user.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def accept(request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
    """Let a person choose her name and password with the link she got."""
    user = actions.user_of_link(user_id, token)
    form = AcceptForm(request.POST or None, user=user)
    if not form.is_valid():
        return render(request, "accounts/accept.html", {"form": form, "person": user})
    values = form.cleaned_data
    actions.accept_link(user_id=user_id, token=token, name=values["name"], password=values["password"])
    messages.success(request, _("Your password is set. Log in with it."))
    return redirect("account_login")
