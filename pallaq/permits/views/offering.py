"""What can be done with an authorisation now, by whom: the next step in words, and the doors to it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from pallaq.accounts.perms import Person as Visitor
from pallaq.permits import perms
from pallaq.permits.actions.signing import standing
from pallaq.permits.models import Authorisation, Side


@dataclass(frozen=True)
class Door:
    """A link to what can be done next."""

    address: str
    label: str
    main: bool = False


def doors(user: Visitor, found: Authorisation) -> list[Door]:
    """Return what she can do with an authorisation as it stands, the most useful first."""
    answers, acts = perms.can_answer(user, found), perms.can_act(user, found)
    signed = {one.side for one in standing(found)}
    stands = found.standing()
    offered = stands == "offered"
    may_sign = offered and perms.is_holder(user, found) and Side.HOLDER not in signed
    refuses = {"requested": answers, "offered": Side.SELECTOR in perms.sides(user, found)}
    possible = [
        ("sign", _("Read and sign"), may_sign, True),
        ("paper", _("Record a signature on paper"), offered and perms.is_desk(user, found), True),
        ("offer", _("Offer terms"), stands == "requested" and answers, True),
        ("offer", _("Change the terms"), found.state == "offered" and answers, stands == "expired"),
        ("issue", _("Issue a certificate of origin"), stands == "in_force" and answers, True),
        ("renew", _("Renew"), found.state == "in_force" and acts, stands == "expired"),
        ("refuse", _("Refuse"), refuses.get(found.state, False), False),
        ("withdraw", _("Withdraw"), found.state in ("requested", "offered", "in_force") and acts, False),
        ("end", _("End before its last day"), stands in ("in_force", "later") and acts, False),
    ]
    return [
        Door(reverse(f"permits:{name}", args=[found.pk]), label, main) for name, label, may, main in possible if may
    ]


def next_words(found: Authorisation) -> str:
    """Return what happens next, and who has to do it."""
    stands = found.standing()
    if stands == "offered":
        signed = {one.side for one in standing(found)}
        if Side.HOLDER in signed:
            return _("The holder has signed. Next: the selector signs, on paper at the desk or on her own page.")
        if Side.SELECTOR in signed:
            return _("The selector has signed. Next: the holder signs.")
    words = {
        "requested": _("Next: the holder offers terms, or refuses with a reason."),
        "offered": _("Next: both sides read the terms and sign them."),
        "later": _("Both have signed. It begins on its first day by itself."),
        "in_force": _("She may select here. Certificates of origin can be issued."),
        "expired": _("It has run out. Next: renew it, so that she does not select without a permission."),
        "refused": _("It was refused. A new one can be requested."),
        "withdrawn": _("It was withdrawn. A new one can be requested."),
        "ended": _("It was ended before its last day. A new one can be requested."),
    }
    if stands == "expired" and found.state == "offered":
        return _("The offer has run out before both signed. Next: the holder offers it again with later dates.")
    return words[stands]
