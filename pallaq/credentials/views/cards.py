"""Pages of a person's card, for the desks of her region, and of cards that wait to be issued again."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from pallaq.accounts.perms import refuse_unless
from pallaq.accounts.visitors import signed_in
from pallaq.credentials import perms
from pallaq.credentials.actions.cards import issue_card, reissue_card, revoke_card
from pallaq.credentials.forms import CardForm, ReissueForm, RevokeForm
from pallaq.credentials.models import Card, WhyCard
from pallaq.credentials.printing import card_pdf
from pallaq.credentials.showing import card_page_values
from pallaq.registry.actions.reading import read, read_many
from pallaq.registry.models import Consent, Person, Purpose
from pallaq.registry.models.log import What
from pallaq.registry.perms import people_seen_by
from pallaq.registry.tabs import about, about_person
from pallaq.registry.views.finding import person_or_refuse
from pallaq.shared.errors import Refusal

SOON = timedelta(days=60)
PAGE = 50


@require_safe
@login_required
def card(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show her card, those before it, and what may be done."""
    person = person_or_refuse(request, key)
    return shown(request, person)


def shown(request: HttpRequest, person: Person, *, status: int = 200, **forms: object) -> HttpResponse:
    """Return the page of her card, perhaps with a form that was not right."""
    read(person, by=signed_in(request), what=What.CARD)
    cards = list(person.cards.select_related("key", "revoked_by").defer("key__private"))
    newest = cards[0] if cards else None
    values = {
        **about_person(request, person),
        "cards": cards,
        "newest": newest,
        "shown": card_page_values(newest) if newest and newest.text else None,
        "good": newest is not None and newest.in_force(),
        "agreed": Consent.objects.filter(person=person, purpose=Purpose.CARD, withdrawn_at__isnull=True).exists(),
        "may_issue": perms.can_issue(request.user, person),
        "may_revoke": perms.can_revoke(request.user, person),
        "issue_form": CardForm(),
        "reissue_form": ReissueForm(),
        "revoke_form": RevokeForm(),
        **forms,
    }
    return render(request, "credentials/card.html", values, status=status)


@require_POST
@login_required
def issue(request: HttpRequest, key: UUID) -> HttpResponse:
    """Issue her card."""
    person = person_or_refuse(request, key)
    refuse_unless(perms.can_issue(request.user, person))
    form = CardForm(request.POST)
    if not form.is_valid():
        return shown(request, person, status=422, issue_form=form)
    issue_card(person=person, by=signed_in(request))
    messages.success(request, _("The card is issued. Print it."))
    return redirect("credentials:card", key)


@require_POST
@login_required
def reissue(request: HttpRequest, key: UUID, card_key: UUID) -> HttpResponse:
    """Issue her card again in place of another, which then no longer verifies: an officer's, as any revocation."""
    person, found = card_or_refuse(request, key, card_key)
    may = perms.can_revoke if found.in_force() else perms.can_issue
    refuse_unless(may(request.user, person))
    form = ReissueForm(request.POST)
    if not form.is_valid():
        return shown(request, person, status=422, reissue_form=form)
    reissue_card(card=found, why=WhyCard(form.cleaned_data["why"]), by=signed_in(request))
    messages.success(request, _("The new card is issued; the old one is revoked. Print the new one."))
    return redirect("credentials:card", key)


@require_POST
@login_required
def revoke(request: HttpRequest, key: UUID, card_key: UUID) -> HttpResponse:
    """Revoke a card of hers."""
    person, found = card_or_refuse(request, key, card_key)
    refuse_unless(perms.can_revoke(request.user, person))
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return shown(request, person, status=422, revoke_form=form)
    revoke_card(card=found, why=WhyCard(form.cleaned_data["why"]), by=signed_in(request))
    messages.success(request, _("The card is revoked. Verifiers know it when they next update."))
    return redirect("credentials:card", key)


@require_safe
@login_required
def paper(request: HttpRequest, key: UUID, card_key: UUID) -> HttpResponse:
    """Give a card as PDF."""
    person, found = card_or_refuse(request, key, card_key)
    refuse_unless(perms.can_issue(request.user, person))
    if not found.in_force():
        message = _("This card is no longer good, so it is not printed. Issue a new one.")
        raise Refusal(message, code="card-not-good", status=409)
    read(person, by=signed_in(request), what=What.CARD)
    with override("es-pe"):  # whoever prints it, it is read in Peru
        made = card_pdf(found, request.build_absolute_uri("/verify/"))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="pallaq-{person.number}.pdf"'
    return answer


@require_safe
@login_required
def waiting(request: HttpRequest) -> HttpResponse:
    """List whose card needs another: its key was withdrawn, it ended, or it ends soon."""
    refuse_unless(perms.can_list(request.user))
    found = Card.objects.waiting(timezone.now() + SOON).filter(person__in=people_seen_by(request.user))
    ordered = found.select_related("person", "key").defer("key__private", "text").order_by("expires_at", "id")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    read_many([one.person for one in page if one.person], by=signed_in(request), what=What.CARD)
    return render(request, "credentials/waiting.html", {**about(request), "page": page})


def card_or_refuse(request: HttpRequest, key: UUID, card_key: UUID) -> tuple[Person, Card]:
    """Return a person and a card of hers."""
    person = person_or_refuse(request, key)
    cards = Card.objects.select_related("key", "person").defer("key__private")
    return person, get_object_or_404(cards, pk=card_key, person=person)
