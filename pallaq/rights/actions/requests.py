"""What she asks for: taken with the day until which it must be answered, and answered by an officer."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.registry.actions.people import SCOPE, locked
from pallaq.registry.law import norm
from pallaq.registry.models import Norm, Person
from pallaq.rights.actions.erasing import erase_person
from pallaq.rights.models import Kind, Outcome, Request, Way
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

NORMS = {Kind.ACCESS: "access-answer-days", Kind.PORTABILITY: "access-answer-days"}
ELSE = "correction-answer-days"


@dataclass(frozen=True)
class Asked:
    """What she asks: the kind, the part of her file it is about, her words, how and when it came (today)."""

    kind: Kind
    words: str = ""
    subject: str = ""
    way: Way = Way.PAGE
    on: date | None = None


@transaction.atomic
def take_request(*, person: Person, asked: Asked, by: User | None) -> Request:
    """Note what she asks, and until when the law wants an answer; `by` None is she herself."""
    today = timezone.localdate()
    on = asked.on or today
    if on > today:
        raise Refusal(_("The day is in the future. Write the day on which she asked."), code="day-in-future")
    if asked.kind in (Kind.CORRECT, Kind.OPPOSE) and not asked.words.strip():
        raise Refusal(_("Write what is wrong and how it should be, so that it can be answered."), code="words-missing")
    person = locked(person, None)
    same = Request.objects.unanswered().filter(person=person, kind=asked.kind)
    if asked.kind not in (Kind.CORRECT, Kind.OPPOSE, Kind.ACCESS) and same.exists():
        message = _("That was asked already and waits for its answer. Nothing was added.")
        raise Refusal(message, code="request-open", status=409)
    due, law = due_on(asked.kind, on)
    request = Request.objects.create(
        person=person,
        kind=asked.kind,
        subject=asked.subject,
        words=asked.words.strip(),
        way=asked.way,
        received_on=on,
        due_on=due,
        norm=law,
        taken_by=by,
    )
    facts = {"kind": asked.kind, "way": asked.way, "due": due.isoformat() if due else ""}
    record(by=by, action="request.take", scope=SCOPE, about=f"person {person.number}", **facts)
    return request


def due_on(kind: Kind, received: date) -> tuple[date | None, Norm | None]:
    """Return until when a request must be answered, and the norm that says so; None where no norm has a value.

    Days are counted as calendar days. Should the law mean working days, we answer earlier than it asks.
    """
    law = norm(NORMS.get(kind, ELSE), received)
    if law is None or law.value is None:
        return None, None
    return received + timedelta(days=int(law.value)), law


@transaction.atomic
def answer_request(*, request: Request, outcome: Outcome, answer: str, by: User) -> Request:
    """Answer a request. What was asked for, where it is to be erased or to leave, is done with the answer."""
    request = Request.objects.select_for_update(of=("self",)).select_related("person", "answered_by").get(pk=request.pk)
    if request.outcome != Outcome.OPEN:
        message = _("%(who)s answered this already. Look at the answer.")
        raise Refusal(message % {"who": request.answered_by or _("Somebody")}, code="request-answered", status=409)
    if outcome == Outcome.OPEN:
        raise Refusal(_("Choose what became of the request."), code="outcome-missing")
    if outcome != Outcome.GRANTED and not answer.strip():
        raise Refusal(_("Say why: she reads it on her page, and may complain to the authority."), code="answer-missing")
    request.outcome, request.answer = outcome, answer.strip()
    request.answered_at, request.answered_by = timezone.now(), by
    request.save()
    facts = {"kind": request.kind, "outcome": outcome, "late": bool(request.due_on and late(request))}
    record(by=by, action="request.answer", scope=SCOPE, about=f"person {request.person.number}", **facts)
    if outcome == Outcome.GRANTED and request.erases():
        erase_person(person=request.person, why="request", by=by)
    return request


def late(request: Request) -> bool:
    """Say whether the answer came after its day."""
    return request.due_on is not None and timezone.localdate() > request.due_on
