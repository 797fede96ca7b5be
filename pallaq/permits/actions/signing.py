"""Signatures: both sides sign the same words, on screen or on paper; with the second it is in force."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pallaq.accounts.models import User
from pallaq.permits.actions.authorisations import SCOPE, Move, locked, move
from pallaq.permits.errors import terms_changed
from pallaq.permits.models import Authorisation, Side, Signature, State
from pallaq.registry.models import PersonState
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record


@dataclass(frozen=True)
class OnPaper:
    """A signature on paper: the day it bears, and who signed for the holder or as witness."""

    signed_on: date
    name: str = ""


@transaction.atomic
def sign(
    *, authorisation: Authorisation, side: Side, sha256: str, paper: OnPaper | None = None, by: User | None
) -> Authorisation:
    """Sign the terms that have this sum. `by` None: the selector herself, on her own page.

    On paper `by` is who saw the paper. Who may act for whom is the caller's question (`perms`).
    """
    found = locked(authorisation, None)
    today = timezone.localdate()
    check_signature(found, side, paper, by)
    if sha256 != found.sha256():
        raise terms_changed()
    day = paper.signed_on if paper else today
    Signature.objects.create(
        authorisation=found,
        side=side,
        on_paper=paper is not None,
        name=" ".join(paper.name.split()) if paper else "",
        signed_on=day,
        sha256=sha256,
        by=by,
    )
    facts = {"person": found.person.number, "side": side, "on_paper": paper is not None, "sha256": sha256}
    record(by=by, action="permit.sign", scope=SCOPE, about=f"authorisation {found.pk}", **facts)
    days = [one.signed_on for one in standing(found) if one.side != Side.WITNESS]
    if len(days) == 2:
        found.signed_on = max(days)
        move(found, Move(State.IN_FORCE, side), by)
    return found


def standing(authorisation: Authorisation) -> list[Signature]:
    """Return the signatures that count: under the terms as they are now."""
    return list(authorisation.signatures.filter(fell_at=None, sha256=authorisation.sha256()))


def check_signature(found: Authorisation, side: Side, paper: OnPaper | None, by: User | None) -> None:
    """Refuse a signature that nobody can give so, now."""
    if (paper is None and side != (Side.SELECTOR if by is None else Side.HOLDER)) or (paper and by is None):
        message = _("Each side signs for itself; what was signed on paper is recorded at the desk, with its date.")
        raise Refusal(message, code="signs-for-itself", status=403)
    if found.person.state == PersonState.ERASED:
        raise Refusal(_("She is no longer on the registry. Nothing can be signed."), code="person-closed", status=409)
    if found.state != State.OFFERED or found.ends_on is None:
        message = _("It is “%(state)s”: there is nothing to sign. Look at how it stands now.")
        raise Refusal(message % {"state": found.standing_words()}, code="nothing-to-sign", status=409)
    today = timezone.localdate()
    if found.ends_on < today:
        raise Refusal(_("The offer has run out. The holder must offer it again with later dates."), code="permit-over")
    if side != Side.WITNESS and any(one.side == side for one in standing(found)):
        raise Refusal(_("This side has signed already. Nothing was added."), code="signed-already", status=409)
    if paper:
        check_paper(side, paper, today)


def check_paper(side: Side, paper: OnPaper, today: date) -> None:
    """Refuse a paper of tomorrow, and one of which nobody says who signed it."""
    if paper.signed_on > today:
        raise Refusal(_("The paper's date is in the future. Look at it again."), code="day-in-future")
    if side != Side.SELECTOR and not paper.name.strip():
        raise Refusal(_("Write who signed: for the holder, or as witness."), code="signer-missing")
