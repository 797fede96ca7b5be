"""Cards: issued with her consent, revoked with a reason, issued again."""

import hashlib
import secrets
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.credentials.actions.keys import SCOPE, due, private_half, signing_key, wait_for_keys
from pallaq.credentials.actions.lists import list_size
from pallaq.credentials.models import Card, SigningKey, WhyCard, seconds
from pallaq.credentials.rules.claims import PHOTO_BYTES, SERIAL_BYTES, Claims
from pallaq.credentials.rules.tokens import packed, sign, survives_copying
from pallaq.registry.actions.people import locked
from pallaq.registry.law import months_later, norm
from pallaq.registry.models import Consent, Person, Photo, Purpose, Registration, State
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

TERM = "card-term-months"


@transaction.atomic
def issue_card(*, person: Person, by: User | None) -> Card:
    """Issue a card to a person who has none that verifies as good."""
    wait_for_keys()
    person = locked(person, None)
    if person.cards.in_force(timezone.now()).exists():
        message = _("She has a card that is good. Issue it again with a reason; the old one then no longer verifies.")
        raise Refusal(message, code="card-in-force", status=409)
    return made_card(person, by)


@transaction.atomic
def reissue_card(*, card: Card, why: WhyCard, by: User | None) -> Card:
    """Issue a card again, and revoke the one that it replaces."""
    wait_for_keys()
    person = locked(owner(card), None)
    card = Card.objects.select_for_update(of=("self",)).select_related("key").get(pk=card.pk)
    if card.replaced_by_id:
        message = _("This card was replaced already. Look at the newest one.")
        raise Refusal(message, code="card-replaced", status=409)
    made = made_card(person, by)
    card.replaced_by = made
    if not card.revoked_at:
        card.revoked_at, card.revoked_why, card.revoked_by = timezone.now(), why, by
        due()
    card.save(update_fields=["replaced_by", "revoked_at", "revoked_why", "revoked_by"])
    facts = {"card": made.serial, "before": card.serial, "why": why}
    record(by=by, action="card.reissue", scope=SCOPE, about=f"person {person.number}", **facts)
    return made


@transaction.atomic
def revoke_card(*, card: Card, why: WhyCard, by: User | None) -> Card:
    """Revoke a card: it verifies as revoked wherever the status list is newer than now."""
    wait_for_keys()
    card = Card.objects.select_for_update(of=("self",)).select_related("person", "key").get(pk=card.pk)
    if card.revoked_at:
        message = _("This card was revoked on %(day)s already. Nothing was changed.")
        day = timezone.localdate(card.revoked_at).isoformat()
        raise Refusal(message % {"day": day}, code="card-revoked", status=409)
    card.revoked_at, card.revoked_why, card.revoked_by = timezone.now(), why, by
    card.save(update_fields=["revoked_at", "revoked_why", "revoked_by"])
    due()
    about = f"person {owner(card).number}"
    record(by=by, action="card.revoke", scope=SCOPE, about=about, card=card.serial, why=why)
    return card


@transaction.atomic
def forget_cards(*, person: Person, by: User | None) -> int:
    """Revoke a person's cards and delete what they say: what remains is a place on the status list."""
    wait_for_keys()
    now, cards = timezone.now(), Card.objects.filter(person=person)
    cards.filter(revoked_at__isnull=True).update(revoked_at=now, revoked_why=WhyCard.WITHDRAWN, revoked_by=by)
    Card.registrations.through.objects.filter(card__person=person).delete()
    count = cards.update(text="", claims_sha256="", person=None)
    due()
    record(by=by, action="card.forget", scope=SCOPE, about=f"person {person.number}", cards=count)
    return count


def made_card(person: Person, by: User | None) -> Card:
    """Return a new card of a locked person, or refuse."""
    now = timezone.now().replace(microsecond=0)
    check_consent(person)
    held = in_force(person, timezone.localdate(now))
    key, private = signing_or_refuse()
    claims = claims_of(person, key, held, now)
    claims, text = signed_text(claims, private, bytes.fromhex(key.kid))
    card = Card.objects.create(
        person=person,
        key=key,
        serial=claims.serial.hex(),
        text=text,
        claims_sha256=hashlib.sha256(claims.written()).hexdigest(),
        status_index=claims.index,
        issued_at=now,
        issued_by=by,
        expires_at=timezone.make_aware(datetime.combine(last_day(now) + timedelta(days=1), time.min)),
        synthetic=key.synthetic,
    )
    card.registrations.set(held)
    facts = {"card": card.serial, "key": key.kid}
    record(by=by, action="card.issue", scope=SCOPE, about=f"person {person.number}", **facts)
    return card


def claims_of(person: Person, key: SigningKey, held: list[Registration], now: datetime) -> Claims:
    """Return what her card says: no sex, no birth, no place, no number whole."""
    ends = timezone.make_aware(datetime.combine(last_day(now) + timedelta(days=1), time.min))
    photo = Photo.objects.filter(person=person).values_list("sha256", flat=True).first()
    return Claims(
        issuer=key.issuer,
        issued_at=seconds(now),
        expires_at=seconds(ends),
        serial=b"",
        number=person.number,
        name=person.name(),
        registrations=tuple((one.scheme_id, int(one.since.strftime("%Y%m%d"))) for one in held),
        index=free_index(),
        document=document_of(person, timezone.localdate(now)),
        photo=bytes.fromhex(photo)[:PHOTO_BYTES] if photo else b"",
        synthetic=key.synthetic,
    )


def signed_text(claims: Claims, private: bytes, kid: bytes) -> tuple[Claims, str]:
    """Return the claims with a serial number, and the text of its code: one that survives being copied."""
    while True:
        claims = replace(claims, serial=secrets.token_bytes(SERIAL_BYTES))
        text = packed(sign(claims.written(), private, kid))
        if survives_copying(text):
            return claims, text


def check_consent(person: Person) -> None:
    """Refuse a card that she did not agree to."""
    if not Consent.objects.filter(person=person, purpose=Purpose.CARD, withdrawn_at__isnull=True).exists():
        message = _("She has not agreed to a card. Ask her, mark her consent in her file, and issue it then.")
        raise Refusal(message, code="no-card-consent")


def in_force(person: Person, today: date) -> list[Registration]:
    """Return her registrations that hold today; refuse a card that would say nothing."""
    found = person.registrations.filter(state=State.REGISTERED)
    held = [one for one in found if one.valid_to is None or one.valid_to >= today]
    if not held:
        message = _("No registration of hers is in force today: a card would say nothing. Register her first.")
        raise Refusal(message, code="no-registration")
    return held


def signing_or_refuse() -> tuple[SigningKey, bytes]:
    """Return the key that signs and its private half, or refuse."""
    key = signing_key()
    private = private_half(key) if key else None
    if key is None or private is None:
        message = _("No key signs here now, so no card can be issued. Ask an administrator to make one.")
        raise Refusal(message, code="no-signing-key", status=409)
    return key, private


def last_day(now: datetime) -> date:
    """Return the last day of a card that is issued now, by the norm in force."""
    today = timezone.localdate(now)
    found = norm(TERM, today)
    if found is None or found.value is None:
        message = _("How long a card is good is not among the norms (%(code)s). Ask an administrator to write it.")
        raise Refusal(message % {"code": TERM}, code="no-card-term")
    return months_later(today, int(found.value))


def document_of(person: Person, today: date) -> tuple[str, str] | None:
    """Return the kind of her identity document and its last three characters."""
    for one in person.identifiers.filter(kind__of_person=True):
        if one.valid_to is None or one.valid_to >= today:
            return one.kind_id, str(one.number)[-3:]
    return None


def free_index() -> int:
    """Return a place on the status list that no card has: random, so that it does not say when or where."""
    size = list_size()
    while True:
        index = secrets.randbelow(size)
        if not Card.objects.filter(status_index=index).exists():
            return index


def owner(card: Card) -> Person:
    """Return whose card it is, or refuse."""
    if card.person is None:
        message = _("The person of this card is no longer on the registry. Her card is revoked already.")
        raise Refusal(message, code="card-of-nobody", status=409)
    return card.person
