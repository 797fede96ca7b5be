"""Pages of the keys that sign: administrators make and withdraw them, and see no person."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.credentials import perms
from pallaq.credentials.actions.keys import make_key, withdraw_key
from pallaq.credentials.forms import KeyForm, WithdrawForm
from pallaq.credentials.models import SigningKey, StatusFile, WhyKey
from pallaq.registry.tabs import about

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@EDIT
@login_required
def keys(request: HttpRequest) -> HttpResponse:
    """Show every key, and make a new one."""
    refuse_unless(perms.can_keep_keys(request.user))
    form = KeyForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        make_key(issuer=given["issuer"], synthetic=given["synthetic"], by=signed_in(request))
        messages.success(request, _("The key is made, and signs from now on."))
        return redirect("credentials:keys")
    good = Q(cards__expires_at__gt=timezone.now(), cards__revoked_at__isnull=True)
    listed = list(SigningKey.objects.defer("private").annotate(good=Count("cards", filter=good)))
    signing = next((key for key in listed if key.signs), None)
    values = {"keys": listed, "signing": signing, "form": form, "status": StatusFile.current()}
    return render(request, "credentials/keys.html", {**about(request), **values})


@EDIT
@login_required
def withdraw(request: HttpRequest, kid: str) -> HttpResponse:
    """Ask why a key is withdrawn, and withdraw it."""
    refuse_unless(perms.can_keep_keys(request.user))
    key = get_object_or_404(SigningKey.objects.defer("private"), kid=kid)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        withdraw_key(key=key, why=WhyKey(form.cleaned_data["why"]), by=signed_in(request))
        messages.success(request, _("The key is withdrawn. Its cards wait to be issued again."))
        return redirect("credentials:keys")
    cards = key.cards.filter(expires_at__gt=timezone.now(), revoked_at__isnull=True).count()
    values = {**about(request), "key": key, "cards": cards, "form": form}
    return render(request, "credentials/key_withdraw.html", values)
