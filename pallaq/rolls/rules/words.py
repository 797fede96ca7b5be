"""What is wrong with a row, in words: what, and what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "ragged": _(
        "The row has more cells than there are columns. Look for a separator too many, or put the text that contains "
        "it in quotes."
    ),
    "formula": _("A formula. Paste its value instead."),
    "error-value": _("%(value)s is a spreadsheet's error. Write the value, or empty the cell."),
    "too-long": _("%(length)s characters; at most %(longest)s fit. Look whether two cells ran into one."),
    "nothing-to-know-her-by": _(
        "Neither a document's number nor a number of registration. Write one: without it the same row would make a "
        "second person."
    ),
    "document-kind-unknown": _(
        "“%(value)s” is no kind of document that is known here. Write DNI, CE, pasaporte or RUC."
    ),
    "document-shape": _("This is no %(kind)s: it has %(shape)s, and here are %(count)s characters. %(hint)s"),
    "names-missing": _("The name is missing. Write it as on her document."),
    "names-unclear": _(
        "“%(value)s” is one word: surnames and given names cannot be told apart. Write surnames, a comma, given names."
    ),
    "sex-unknown": _("“%(value)s” is not understood. Write F or M, or leave it empty."),
    "date-unreadable": _("“%(value)s” is no date. Write day/month/year with four digits of the year: 03/05/1981."),
    "birth-in-future": _("The date of birth, %(value)s, is in the future. Look at her document."),
    "birth-too-long-ago": _("The date of birth, %(value)s, is more than %(years)s years ago. Look at the year."),
    "since-in-future": _("The date of registration, %(value)s, is in the future. Look at the list."),
    "ubigeo-unknown": _(
        "There is no district with the code %(value)s among %(whose)s codes. Correct it, or say on the page of columns "
        "whose codes the list holds."
    ),
    "district-unknown": _(
        "No district is called “%(value)s” there. Look at its spelling, its province and department."
    ),
    "district-several": _(
        "Several districts are called “%(value)s”. Write the province and the department, or the code."
    ),
    "place-missing": _("The district is missing. Write its code or its name."),
    "other-region": _(
        "%(value)s is in a region that is not yours. Leave the row out: an officer of that region brings it."
    ),
    "scheme-elsewhere": _("The scheme does not hold in %(value)s. Look at the district, or at the scheme you chose."),
    "state-unknown": _(
        "“%(value)s” is no state that is known here. Say on the page of columns what it means, or correct it."
    ),
    "twice-in-list": _("The list has her already, in row %(row)s. Leave one of the two."),
    "document-of-several": _(
        "Several people of the registry have this document. Decide first, among duplicates, who they are."
    ),
    "number-of-another": _(
        "The number of registration is at somebody else's file, with another document. Look which of the two numbers "
        "is wrong."
    ),
    "person-of-other-region": _(
        "She is in the registry with a district of a region that is not yours. An officer of both regions brings the "
        "row."
    ),
    "practice-meets-real": _(
        "One of the two is made up and the other is not: the list, or her file. Look at how the list is marked, or "
        "leave the row out."
    ),
    "transition-forbidden": _(
        "She is “%(before)s” here, and the scheme does not allow to go from there to “%(after)s”. Look at her file: "
        "whoever decides may have to open a new registration."
    ),
    "list-older": _(
        "She is “%(before)s” here since %(since)s, after the day of this list. Bring a newer list, or change it in "
        "her file."
    ),
}
KINDS: dict[str, str | Promise] = {  # in a few words, to choose by
    "ragged": _("too many cells"),
    "formula": _("formula"),
    "error-value": _("spreadsheet's error"),
    "too-long": _("too long"),
    "nothing-to-know-her-by": _("no number"),
    "document-kind-unknown": _("unknown document"),
    "document-shape": _("document's number"),
    "names-missing": _("no name"),
    "names-unclear": _("unclear name"),
    "sex-unknown": _("sex"),
    "date-unreadable": _("no date"),
    "birth-in-future": _("born in the future"),
    "birth-too-long-ago": _("born too long ago"),
    "since-in-future": _("registered in the future"),
    "ubigeo-unknown": _("unknown district code"),
    "district-unknown": _("unknown district"),
    "district-several": _("several districts"),
    "place-missing": _("no district"),
    "other-region": _("other region"),
    "scheme-elsewhere": _("outside the scheme"),
    "state-unknown": _("unknown state"),
    "twice-in-list": _("twice in the list"),
    "document-of-several": _("document of several people"),
    "number-of-another": _("somebody else's number"),
    "person-of-other-region": _("person of another region"),
    "practice-meets-real": _("made up and real"),
    "transition-forbidden": _("change not allowed"),
    "list-older": _("older than her file"),
}
HINT = _("Spreadsheets drop zeros at the front: format the column as text, and write them again.")
WHOSE = {"inei": _("INEI's"), "reniec": _("RENIEC's")}


def said(wrong: Mapping[str, Any], states: Mapping[str, Any], kinds: Mapping[str, Any]) -> str:
    """Return the words of one thing wrong, as it was kept; `states` and `kinds` name states and documents."""
    more = dict(wrong.get("more", {}))
    kind = kinds.get(more.get("kind", ""))
    facts = {
        **more,
        "value": wrong.get("value", ""),
        "before": states.get(more.get("before", ""), ""),
        "after": states.get(more.get("after", ""), ""),
        "whose": WHOSE.get(more.get("codes", ""), ""),
        "kind": kind or "",
        "shape": kind.words("shape") if kind else "",
        "hint": HINT if more.get("kind") == "dni" and more.get("count", 8) < 8 else "",
    }
    return (str(WORDS[wrong["code"]]) % facts).strip()
