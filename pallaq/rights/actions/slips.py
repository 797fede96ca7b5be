"""Slips: made at a desk, tried on her own page, taken back."""

from datetime import timedelta
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.registry.actions.people import SCOPE, locked
from pallaq.registry.models import Person, PersonState
from pallaq.registry.rules.numbers import cleaned_number
from pallaq.rights.models import Slip
from pallaq.rights.rules.codes import cleaned_code, new_code
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

UNKNOWN = "unknown number"  # what was typed is not kept: it may be anything
DAYS = 180  # a paper that lies in a house half a year still opens; then she gets a new one at any desk


@transaction.atomic
def make_slip(*, person: Person, by: User) -> tuple[Slip, str]:
    """Make a slip that voids the one before; return it with the code, which is nowhere else and never again."""
    person = locked(person, None)
    end_slips(person)
    code, now = new_code(), timezone.now()
    slip = Slip.objects.create(
        person=person, code=make_password(code), made_at=now, made_by=by, expires_at=now + timedelta(days=DAYS)
    )
    record(by=by, action="slip.make", scope=SCOPE, about=f"person {person.number}", days=DAYS)
    return slip, code


@transaction.atomic
def take_back_slip(*, person: Person, by: User | None) -> None:
    """Void her slip without a new one: she lost it, or somebody else has it. `by` None: she herself."""
    person = locked(person, None)
    if not end_slips(person):
        raise Refusal(_("She has no slip that opens her page. There is nothing to void."), code="no-slip", status=409)
    record(by=by, action="slip.void", scope=SCOPE, about=f"person {person.number}")


def end_slips(person: Person) -> int:
    """Let no slip of hers open anything any more."""
    return Slip.objects.filter(person=person, ended_at__isnull=True).update(ended_at=timezone.now())


def enter(*, number: str, code: str) -> Slip:
    """Return the slip that a number and a code open; the same words and the same time for whatever is wrong."""
    found = Slip.objects.filter(person__number=cleaned_number(number), ended_at__isnull=True)
    slip = found.select_related("person__merged_into").first()
    right = check_password(cleaned_code(code), slip.code if slip else nobodys())
    if slip is None or not right or not opens(slip):
        known = Person.objects.filter(number=cleaned_number(number)).exists()
        record(by=None, action="mine.fail", scope=SCOPE, about=f"person {cleaned_number(number)}" if known else UNKNOWN)
        message = _("The number or the code is not right, or the paper is too old. Look at the paper and type again.")
        raise Refusal(message, code="mine-wrong", status=403)
    record(by=None, action="mine.enter", scope=SCOPE, about=f"person {owner(slip).number}")
    return slip


def opens(slip: Slip) -> bool:
    """Say whether a slip opens a page today."""
    live = owner(slip).state == PersonState.CURRENT
    return slip.ended_at is None and slip.expires_at > timezone.now() and live


def owner(slip: Slip) -> Person:
    """Return whose page a slip opens: of a row that was merged, the row that it stands for."""
    person = slip.person
    while person.merged_into is not None:
        person = person.merged_into
    return person


@cache
def nobodys() -> str:
    """Return the hash of a code that nobody has, so that an unknown number takes as long as a known one."""
    return make_password(new_code())
