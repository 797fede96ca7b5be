"""The places a person may go from any page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from pallaq.accounts.perms import is_administrator
from pallaq.study.models import Study
from pallaq.study.perms import audit_scopes


@dataclass(frozen=True)
class Place:
    """A link of the rail; `on_bar` puts it on the phone's bottom bar too."""

    address: str
    label: str
    current: bool
    on_bar: bool = False


def shell(request: HttpRequest) -> dict[str, object]:
    """Give every template the places of its rail; nothing is asked of the database until one is printed."""
    return {"places": SimpleLazyObject(lambda: places(request))}


def places(request: HttpRequest) -> list[Place]:
    """Return the rail: the pages of the study at hand, then those that are about no study."""
    match = request.resolver_match
    code = (match.kwargs.get("study") or match.kwargs.get("code") if match else None) or featured_code()
    here = match.view_name if match else ""
    found = [
        (address_of("diagnosis:board", study=code), _("Gaps"), {"web:home", "diagnosis:board", "diagnosis:row"}, True),
        (address_of("diagnosis:report", study=code), _("Report"), {"diagnosis:report"}, True),
        (address_of("diagnosis:print", study=code), _("Against the print"), {"diagnosis:print"}, False),
        (address_of("diagnosis:study", study=code), _("The study"), {"diagnosis:study"}, False),
        (address_of("study:list"), _("Studies"), {"study:list"}, True),
        (address_of("people:list") if is_administrator(request.user) else "", _("People"), {"people:list"}, False),
        (address_of("web:audit") if audit_scopes(request.user) != [] else "", _("Audit trail"), {"web:audit"}, False),
        (address_of("web:glossary"), _("Glossary"), {"web:glossary"}, False),
        (address_of("web:about"), _("About"), {"web:about"}, False),
    ]
    return [Place(address, label, here in names, on_bar) for address, label, names, on_bar in found if address]


def featured_code() -> str:
    """Return the code of the study on the home page, or "" when there is none."""
    study = Study.objects.first()
    return study.code if study else ""


def address_of(name: str, **values: str) -> str:
    """Return an address, or "" where this installation has no such page or there is no study to show."""
    if "" in values.values():
        return ""
    try:
        return reverse(name, kwargs=values)
    except NoReverseMatch:
        return ""
