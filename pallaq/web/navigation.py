"""The places a person may go from any page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from pallaq.accounts.perms import Person, is_administrator
from pallaq.study.models import Study
from pallaq.study.perms import audit_scopes, can_see_study


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
    code = match.kwargs.get("study", "") if match else ""
    if not code and (study := first_study(request.user)):
        code = study.code
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


def first_study(user: Person) -> Study | None:
    """Return the study of the home page: the featured one, or the first that the user may see."""
    return next((study for study in Study.objects.all() if can_see_study(user, study)), None)


def address_of(name: str, **values: str) -> str:
    """Return an address, or "" where there is no study to show."""
    return "" if "" in values.values() else reverse(name, kwargs=values)
