"""The menus of the registry: of the whole, and of a person's file. Rooms above are named by their addresses alone."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pallaq.accounts.perms import Person as Visitor
from pallaq.registry import perms
from pallaq.registry.models import Person


@dataclass(frozen=True)
class Tab:
    """A page of a menu: the name of its address, its label, and who sees it."""

    address: str
    label: str | Promise
    seen_by: Callable[[Visitor], bool]


# Each room adds its line here.
REGISTRY = [
    Tab("registry:people", _("People"), perms.can_search),
    # register a person, possible duplicates
    Tab("matching:register", _("Register"), perms.can_register),
    Tab("matching:duplicates", _("Duplicates"), perms.can_decide),
    # official lists
    Tab("rolls:list", _("Official lists"), perms.can_decide),
    # registrations, law, desks, log, export
    Tab("registry:registrations", _("Registrations"), perms.can_search),
    Tab("desks:export", _("Export"), perms.can_export),
    Tab("desks:readings", _("Who read"), perms.can_read_logs),
    Tab("desks:law", _("Law"), perms.may_enter),
    Tab("desks:desks", _("Desks"), perms.can_give_seats),
    # authorisations and certificates
    Tab("permits:list", _("Authorisations"), perms.sees_permits),
    Tab("permits:certificates", _("Certificates of origin"), perms.sees_certificates),
    # organisations
    Tab("associations:organisations", _("Organisations"), perms.sees_organisations),
    # cards and keys
    Tab("credentials:waiting", _("Cards"), perms.can_register),
    Tab("credentials:keys", _("Keys"), perms.can_give_seats),
    # her rights: requests, what goes when
    Tab("rights:requests", _("Requests"), perms.can_read_logs),
    Tab("rights:retention", _("Retention"), perms.sees_retention),
]
# Pages under /registry/people/<key>/, for whoever may open her file.
PERSON = [
    Tab("registry:person", _("Her file"), perms.can_search),
    # registrations, log
    Tab("registry:person_registrations", _("Registrations"), perms.can_search),
    Tab("desks:person_log", _("Who read"), perms.can_read_logs),
    # authorisations
    Tab("permits:person", _("Authorisations"), perms.can_search),
    # associations
    Tab("associations:person", _("Associations"), perms.can_search),
    # card
    Tab("credentials:card", _("Card"), perms.can_search),
    # her rights: consents, slip, requests
    Tab("rights:person", _("Rights"), perms.can_search),
]


def about(request: HttpRequest) -> dict[str, object]:
    """Return what every page of the registry needs: its menu."""
    return {"registry_tabs": menu(request, [(tab, reverse(tab.address)) for tab in REGISTRY])}


def about_person(request: HttpRequest, person: Person) -> dict[str, object]:
    """Return what every page of a person's file needs: the menus, and who she is."""
    tabs = menu(request, [(tab, reverse(tab.address, args=[person.pk])) for tab in PERSON])
    return {**about(request), "person": person, "person_tabs": tabs}


def first_address(user: Visitor) -> str:
    """Return where "Registry" leads somebody: the first page that she may see, or "" if there is none."""
    ask_once(user)
    return next((reverse(tab.address) for tab in REGISTRY if tab.seen_by(user)), "")


def ask_once(user: Visitor) -> None:
    """Keep her seats on her for the rest of the request: each tab asks for them."""
    if user.is_authenticated:
        prefetch_related_objects([user], "desks")


def menu(request: HttpRequest, tabs: list[tuple[Tab, str]]) -> list[dict[str, object]]:
    """Return the tabs that she may see."""
    ask_once(request.user)
    here = request.path
    return [
        {"label": tab.label, "address": address, "current": here == address}
        for tab, address in tabs
        if tab.seen_by(request.user)
    ]
