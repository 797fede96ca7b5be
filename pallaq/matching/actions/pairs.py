"""Pairs kept, and decided to be two people."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.matching.finding import Candidate
from pallaq.matching.models import Pair, PairState
from pallaq.registry.actions.people import SCOPE
from pallaq.registry.models import Person
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record

LONGEST = 300  # characters of a reason


def keep_pair(person: Person, candidate: Candidate, *, why: str, by: User | None) -> Pair:
    """Keep what a registrar said of a candidate: two people, unless one document's number says otherwise.

    One number at two people stays open: an officer looks at both documents.
    """
    first, second = sorted((person, candidate.person), key=lambda one: one.pk)
    pair = Pair(first=first, second=second, score=candidate.score, reasons=candidate.reasons, why=why[:LONGEST])
    if "document" not in candidate.reasons:
        pair.state, pair.decided_by, pair.decided_at = PairState.DIFFERENT, by, timezone.now()
    pair.save(force_insert=True)
    about = f"people {first.number} {second.number}"
    record(by=by, action="pair.keep", scope=SCOPE, about=about, state=pair.state, score=pair.score)
    return pair


@transaction.atomic
def decide_different(*, pair: Pair, why: str, by: User | None) -> Pair:
    """Say that a pair is two people. A later search does not bring it up again."""
    reason = " ".join(why.split())
    if not reason:
        raise Refusal(_("Say how you know that they are two people: whoever looks later reads it."), code="why")
    pair = locked_pair(pair)
    pair.state, pair.why = PairState.DIFFERENT, reason[:LONGEST]
    pair.decided_by, pair.decided_at = by, timezone.now()
    pair.save()
    about = f"people {pair.first.number} {pair.second.number}"
    record(by=by, action="pair.different", scope=SCOPE, about=about, score=pair.score)
    return pair


@transaction.atomic
def open_again(*, pair: Pair, by: User | None) -> Pair:
    """Take back that a pair is two people."""
    pair = locked_pair(pair, PairState.DIFFERENT)
    pair.state, pair.decided_by, pair.decided_at = PairState.OPEN, None, None
    pair.save()
    record(by=by, action="pair.open", scope=SCOPE, about=f"people {pair.first.number} {pair.second.number}")
    return pair


def locked_pair(pair: Pair, state: PairState = PairState.OPEN) -> Pair:
    """Return the pair as it is now, locked; refuse if somebody decided of it meanwhile."""
    now = Pair.objects.select_for_update(of=("self",)).select_related("first", "second", "decided_by").get(pk=pair.pk)
    if now.state != state:
        who = now.decided_by or _("Somebody")
        message = _("%(who)s decided of this pair meanwhile: %(state)s. Nothing of yours was saved; look at it again.")
        words = {"who": who, "state": now.get_state_display()}
        raise Refusal(message % words, code="pair-decided-meanwhile", status=409)
    return now
