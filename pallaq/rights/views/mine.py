"""Her own page: what is held on her, who read it, what she agreed to, what she asks, and all of it to take away."""

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pallaq.credentials.showing import card_page_values
from pallaq.permits.actions.signing import sign, standing
from pallaq.permits.models import Authorisation, Side
from pallaq.permits.models import State as PermitState
from pallaq.registry.models import Person, Purpose
from pallaq.registry.rules.numbers import cleaned_number, shown_number
from pallaq.rights.actions.consents import give_consent, withdraw_consent
from pallaq.rights.actions.requests import Asked, take_request
from pallaq.rights.actions.slips import enter
from pallaq.rights.copies import data_of, paper_of
from pallaq.rights.forms import AskForm, EnterForm, tried
from pallaq.rights.holding import MINE, due_words, reading_heads, reading_rows, readings_of, sections
from pallaq.rights.models import Kind, Request
from pallaq.rights.rules.wording import agreed, current
from pallaq.rights.views.entering import begin, hers, herself, leave
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

EDIT = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 30


@EDIT
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Let her in with the number and the code of her paper; show her page once she is in."""
    if request.method != "POST" and herself(request) is not None:
        return overview(request)
    form = EnterForm(request.POST or None)
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            begin(request, let_in(request, form))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            return redirect("rights:mine")
    return render(request, "rights/enter.html", {"form": form}, status=status)


def let_in(request: HttpRequest, form: EnterForm) -> Any:
    """Return the slip that opens, after the same limits as a login's: by address, and by the number that is typed."""
    if request.user.is_authenticated:
        message = _("Somebody of the registry is logged in here. Log out first: her page is hers alone.")
        raise Refusal(message, code="mine-staff", status=409)
    number = cleaned_number(form.cleaned_data["number"])
    if not ratelimit.consume(request, action="mine", key=number):
        message = _("Too many tries. Wait five minutes, then try again.")
        raise Refusal(message, code="mine-too-many", status=429)
    return enter(number=number, code=form.cleaned_data["code"])


@hers
def overview(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what is held on her."""
    waiting = Authorisation.objects.of_person(person).filter(
        state=PermitState.OFFERED, ends_on__gte=timezone.localdate()
    )
    values = {
        "person": person,
        "number": shown_number(person.number),
        "sections": sections(person),
        "to_sign": [one for one in waiting if Side.SELECTOR not in {each.side for each in standing(one)}],
        "card": newest_card(person),
    }
    return render(request, "rights/mine.html", values)


def newest_card(person: Person) -> dict[str, Any] | None:
    """Return her newest card that is good, as a phone shows it."""
    card = next((one for one in person.cards.select_related("key") if one.in_force()), None)
    return card_page_values(card) if card else None


@require_POST
def mine_leave(request: HttpRequest) -> HttpResponse:
    """Close her page. A login of the registry in this browser stays."""
    if not request.user.is_authenticated:
        leave(request)
        messages.success(request, _("Your page is closed."))
    return redirect("rights:mine")


@require_safe
@hers
def mine_readings(request: HttpRequest, person: Person) -> HttpResponse:
    """Show who else read of her, and how often she did."""
    others = readings_of(person).filter(by__isnull=False)
    page = Paginator(others, PAGE).get_page(request.GET.get("page"))
    heads = reading_heads()
    rows = [list(zip(heads, row, strict=True)) for row in reading_rows(page.object_list)]
    values = {"page": page, "heads": heads, "rows": rows, "own": readings_of(person).filter(by=None).count()}
    return render(request, "rights/mine_readings.html", values)


@EDIT
@hers
def mine_consents(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what she agreed to, purpose by purpose, and let her give and take back each."""
    if request.method == "POST":
        purpose = request.POST.get("purpose", "")
        if purpose not in Purpose.values:
            raise Http404
        if request.POST.get("agree") == "yes":
            give_consent(person=person, purpose=Purpose(purpose), by=None)
            messages.success(request, _("You agreed. You can take it back here at any time."))
        else:
            withdraw_consent(person=person, purpose=Purpose(purpose), by=None)
            messages.success(request, _("Taken back."))
        return redirect("rights:mine_consents")
    return render(request, "rights/mine_consents.html", {"purposes": purposes_of(person)})


def purposes_of(person: Person) -> list[dict[str, Any]]:
    """Return every purpose with its words, and whether and since when she agrees."""
    given = {one.purpose: one for one in person.consents.filter(withdrawn_at__isnull=True)}
    language = get_language() or "es"
    found = []
    for purpose in Purpose:
        consent = given.get(purpose)
        wording = agreed(purpose, consent.wording) if consent else current(purpose)
        mine_words = MINE.get(purpose, purpose.label)
        texts = {"words": wording.words(language), "others": wording.others(language), "version": wording.version}
        found.append({"code": purpose.value, "label": purpose.label, "mine": mine_words, "consent": consent, **texts})
    return found


@EDIT
@hers
def mine_requests(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what she asked for, and take what she asks now."""
    form = AskForm(request.POST or None)
    if form.is_valid() and not tried(form, lambda: take_request(person=person, asked=form.asked(), by=None)):
        messages.success(request, _("We have your request. Look here for the answer."))
        return redirect("rights:mine_requests")
    rows = [{"one": one, "due": due_words(one)} for one in asked_by(person)]
    values = {"form": form, "rows": rows}
    return render(request, "rights/mine_requests.html", values, status=422 if form.errors else 200)


def asked_by(person: Person) -> Any:
    """Return what she asked, the newest first."""
    return Request.objects.filter(person=person).order_by("-received_on", "-id")


@EDIT
@hers
def mine_withdraw(request: HttpRequest, person: Person) -> HttpResponse:
    """Explain what leaving ends and what only an authority ends, and take the request to leave."""
    if request.method == "POST":
        take_request(person=person, asked=Asked(Kind.WITHDRAW), by=None)
        messages.success(request, _("We have your request to leave. An officer answers it; look here for the answer."))
        return redirect("rights:mine_requests")
    held = person.registrations.filter(state__in=["applied", "registered", "suspended"]).select_related("scheme")
    return render(request, "rights/mine_withdraw.html", {"registrations": held})


@require_safe
@hers
def mine_copy(request: HttpRequest, person: Person, form: str) -> HttpResponse:
    """Give her everything that is held on her, to keep: `json` for machines, `pdf` to read."""
    record(by=None, action="person.copy", scope="registry", about=f"person {person.number}", form=form)
    if form == "json":
        options = {"ensure_ascii": False, "indent": 1}
        response: HttpResponse = JsonResponse(data_of(person), json_dumps_params=options)
    else:
        response = HttpResponse(paper_of(person), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="pallaq-{person.number}.{form}"'
    return response


@EDIT
@hers
def mine_sign(request: HttpRequest, person: Person, key: UUID) -> HttpResponse:
    """Show her an authorisation that waits for her signature, and sign it."""
    found = Authorisation.objects.of_person(person).filter(pk=key).select_related("holder", "person").first()
    if found is None:
        raise Http404
    if request.method == "POST":
        sign(authorisation=found, side=Side.SELECTOR, sha256=request.POST.get("sha256", ""), by=None)
        messages.success(request, _("You signed. The holder's desk sees it at once."))
        return redirect("rights:mine")
    return render(request, "rights/mine_sign.html", {"one": found, "sha256": found.sha256()})
