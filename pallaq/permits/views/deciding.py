"""Authorisations requested, offered, refused, withdrawn, ended and renewed."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.permits import perms
from pallaq.permits.actions import authorisations as verbs
from pallaq.permits.forms.authorisations import OfferForm, ReasonForm, RequestForm
from pallaq.permits.forms.fields import EditionForm
from pallaq.permits.models import Authorisation, Side, State
from pallaq.permits.views.finding import asked, authorisation_or_refuse, shown
from pallaq.registry.actions.reading import read
from pallaq.registry.forms.fields import district_labels, holder_names
from pallaq.registry.models import Person
from pallaq.registry.models.log import What
from pallaq.registry.perms import can_edit
from pallaq.registry.tabs import about_person
from pallaq.registry.views.finding import person_or_refuse

EDIT = require_http_methods(["GET", "HEAD", "POST"])


@EDIT
@login_required
def request_new(request: HttpRequest, key: UUID) -> HttpResponse:
    """Request an authorisation for a person at the desk."""
    person = person_or_refuse(request, key)
    refuse_unless(can_edit(request.user, person))
    form = RequestForm(request.POST or None, initial=first_wish(person))
    made: list[Authorisation] = []

    def verb() -> None:
        fields = dict(form.cleaned_data)
        holder = fields.pop("holder")
        by = signed_in(request)
        made.append(verbs.request_authorisation(person=person, holder=holder, fields=fields, by=by))

    done, status = asked(form, request, verb)
    if done:
        messages.success(request, _("Requested. The holder finds it in her list."))
        return redirect("permits:one", made[0].pk)
    read(person, by=signed_in(request), what=What.PERMIT)
    context = {"form": form, "holders": holder_names(), "districts": near(person.region)}
    return render(request, "permits/request.html", {**about_person(request, person), **context}, status=status)


def first_wish(person: Person) -> dict[str, Any]:
    """Return what her file says of where she selects, and for whom."""
    found = person.activities.filter(ends_on=None).select_related("organisation").last()
    if found is None:
        return {}
    return {
        "holder": found.organisation.name if found.organisation else "",
        "place": found.place,
        "centre": found.centre,
    }


def near(region: str) -> list[str]:
    """Return the districts of a region, as a browser offers them."""
    return district_labels(frozenset({region}))


@EDIT
@login_required
def offer_terms(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write the terms on which the holder authorises her."""
    found = authorisation_or_refuse(request, key)
    refuse_unless(perms.can_answer(request.user, found))
    initial = {name: getattr(found, name) for name in verbs.FIELDS}
    form = OfferForm(request.POST or None, edition=found.edition, initial=initial)

    def verb() -> None:
        fields = dict(form.cleaned_data)
        edition = fields.pop("edition")
        verbs.offer(authorisation=found, edition=edition, fields=fields, by=signed_in(request))

    done, status = asked(form, request, verb)
    if done:
        messages.success(request, _("Offered. Now both sides sign these terms."))
        return redirect("permits:one", key)
    context = {"form": form, "districts": near(found.place[:2]), "conflict": status == 409}
    return shown(request, found, "permits/offer.html", context, status)


@EDIT
@login_required
def closing(request: HttpRequest, key: UUID, *, state: State, template: str, done: str) -> HttpResponse:
    """Refuse, withdraw or end an authorisation, with a reason."""
    found = authorisation_or_refuse(request, key)
    sides = perms.sides(request.user, found)
    if state == State.REFUSED:  # a request is the holder's to refuse, an offer hers
        sides = [side for side in sides if side == refuser(found)]
    refuse_unless(bool(sides))
    form = ReasonForm(request.POST or None, edition=found.edition, sides=sides)

    def verb() -> None:
        how = verbs.Move(state, Side(form.cleaned_data["side"]), form.cleaned_data["reason"])
        edition = form.cleaned_data["edition"]
        verbs.close(authorisation=found, edition=edition, how=how, by=signed_in(request))

    is_done, status = asked(form, request, verb)
    if is_done:
        messages.success(request, {"refuse": _("Refused."), "withdraw": _("Withdrawn."), "end": _("Ended.")}[done])
        return redirect("permits:one", key)
    return shown(request, found, template, {"form": form, "conflict": status == 409}, status)


def refuser(found: Authorisation) -> Side:
    """Return whose turn it is to refuse."""
    return Side.HOLDER if found.state == State.REQUESTED else Side.SELECTOR


refuse = partial(closing, state=State.REFUSED, template="permits/refuse.html", done="refuse")
withdraw = partial(closing, state=State.WITHDRAWN, template="permits/withdraw.html", done="withdraw")
end = partial(closing, state=State.ENDED, template="permits/end.html", done="end")


@EDIT
@login_required
def renew_it(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for the same again; the terms are offered and signed anew."""
    found = authorisation_or_refuse(request, key)
    refuse_unless(perms.can_act(request.user, found))
    form = EditionForm(request.POST or None, edition=found.edition)
    made: list[Authorisation] = []

    def verb() -> None:
        edition = form.cleaned_data["edition"]
        made.append(verbs.renew(authorisation=found, edition=edition, by=signed_in(request)))

    done, status = asked(form, request, verb)
    if done:
        messages.success(request, _("Requested again, on the same terms. Next: the holder offers it."))
        return redirect("permits:one", made[0].pk)
    return shown(request, found, "permits/renew.html", {"form": form, "conflict": status == 409}, status)
