"""This room's refusals, and the words of its tables' constraints by their names."""

from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal


def words_of(constraint: str) -> str:
    """Return what a broken constraint means to whoever typed; "" for one that only a fault breaks."""
    words = {
        "associations_ruc_once": _("Another organisation has this RUC. Search for it and use that one."),
        "associations_membership_once": _(
            "She is a member on some of these days already. Look at the list of members, former ones too."
        ),
        "associations_board_once": _(
            "There is a board on some of these days already. End that one first, or choose a later first day."
        ),
        "associations_post_once": _(
            "Somebody holds this post on some of these days already. End that first, or choose a later day."
        ),
        "associations_post_one_each": _("She holds a post in this board on some of these days already."),
        "associations_holding_once": _(
            "The organisation is written as this of the right on some of these days already. Nothing was added."
        ),
        "associations_recpo_once": _(
            "There is a state in the RECPO for some of these days already. Choose a later first day."
        ),
        "associations_plant_name_once": _("The organisation has a plant of this name already. Change that one."),
        "associations_statute_version_once": _("Somebody added a statute at this moment. Look at it, then save again."),
    }
    return words.get(constraint, "")


def edited_meanwhile(who: object) -> Refusal:
    """Refuse to save over what somebody else wrote."""
    message = _(
        "%(who)s changed what is known of this organisation while you were at it. Nothing of yours is lost: look at "
        "what changed, then save again."
    )
    return Refusal(message % {"who": who or _("Somebody")}, code="organisation-edited-meanwhile", status=409)


def no_organisation() -> Refusal:
    """Answer whoever asks for an organisation that is not there, or not hers."""
    message = _("There is no organisation here that you may see. Search for it among the organisations.")
    return Refusal(message, code="no-organisation", status=404)


def nothing_here() -> Refusal:
    """Answer whoever asks for a row that an organisation's file does not have."""
    message = _("This is not in the organisation's file. Look at its page again.")
    return Refusal(message, code="not-in-file", status=404)
