"""The status list: made anew when something was revoked, and each day, when somebody asks for it; overtaken cards."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.credentials.actions.keys import SCOPE, due, private_half, signing_key, wait_for_keys
from pallaq.credentials.models import Card, StatusFile, WhyCard, seconds
from pallaq.credentials.rules.lists import StatusList, bits_of, signed_status, size_for
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

MADE_ANEW = timedelta(hours=20)  # a list that is older is signed anew when it is asked for
LOOK_EVERY = timedelta(hours=1)  # the worker reads every card: seconds for hundreds of thousands
GOOD_FOR = timedelta(days=7)  # after that a verifier says that it does not know who was revoked since


def status_file() -> StatusFile:
    """Return the status list, signed anew if that is due."""
    now, found = timezone.now(), StatusFile.current()
    return found if found is not None and is_fresh(found, now) else sign_status(now)


def is_fresh(found: StatusFile, now: datetime) -> bool:
    """Say whether the list as it was last signed will do."""
    return not found.due and found.made_at > now - MADE_ANEW


@transaction.atomic
def sign_status(now: datetime) -> StatusFile:
    """Sign the list of what is revoked today."""
    wait_for_keys()
    found = StatusFile.current()
    if found is not None and is_fresh(found, now):
        return found  # whoever came first made it
    key = signing_key()
    private = private_half(key) if key else None
    if key is None or private is None:
        message = _("No key signs here now. An administrator makes one on the page of keys.")
        raise Refusal(message, code="no-signing-key", status=404)
    # A card that has ended says so itself: its place is free of the list.
    revoked = Card.objects.filter(revoked_at__isnull=False, expires_at__gt=now)
    size = list_size()
    status = StatusList(seconds(now), seconds(now + GOOD_FOR), bits_of(indexes(revoked), size))
    content = signed_status(status, private, bytes.fromhex(key.kid))
    looked_at = found.looked_at if found else now
    values = {"made_at": now, "looked_at": looked_at, "due": False, "size": size, "content": content}
    made, _new = StatusFile.objects.update_or_create(pk=1, defaults=values)
    return made


def needs_a_look() -> bool:
    """Say whether it is time to look for overtaken cards; to one who asks, the next hears no for an hour."""
    now = timezone.now()
    return bool(StatusFile.objects.filter(looked_at__lte=now - LOOK_EVERY).update(looked_at=now))


@transaction.atomic
def revoke_overtaken() -> int:
    """Revoke the cards that say what no longer holds; nobody has to remember it. Return how many."""
    now = timezone.now()
    cards = Card.objects.overtaken(timezone.localdate(now)).filter(expires_at__gt=now)
    found = list(cards.values_list("pk", flat=True))
    if found:
        Card.objects.filter(pk__in=found).update(revoked_at=now, revoked_why=WhyCard.ENDED)
        due()
        record(by=None, action="card.overtaken", scope=SCOPE, about="status list", cards=len(found))
    return len(found)


def list_size() -> int:
    """Return how many places the list has; it never shrinks."""
    found = StatusFile.current()
    return max(size_for(Card.objects.count() + 1), found.size if found else 0)


def indexes(cards: "Iterable[Card]") -> Iterable[int]:
    """Return the places of cards."""
    found: Iterable[int] = cards.values_list("status_index", flat=True).iterator(chunk_size=20_000)  # type: ignore[attr-defined]
    return found
