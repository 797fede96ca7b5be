"""The menus of the registry: of the whole, and of a person's file. Rooms above are named by their addresses alone."""

from collections.abc import Callable
from dataclasses import dataclass

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
]
# Pages under /registry/people/<key>/, for whoever may open her file.
PERSON = [
    Tab("registry:person", _("File"), perms.can_search),
]


def about(request: HttpRequest) -> dict[str, object]:
    """Return what every page of the registry needs: its menu."""
    return {"registry_tabs": menu(request, [(tab, reverse(tab.address)) for tab in REGISTRY])}


def about_person(request: HttpRequest, person: Person) -> dict[str, object]:
    """Return what every page of a person's file needs: the menus, and who she is."""
    tabs = menu(request, [(tab, reverse(tab.address, args=[person.pk])) for tab in PERSON])
    return {**about(request), "person": person, "person_tabs": tabs}


def menu(request: HttpRequest, tabs: list[tuple[Tab, str]]) -> list[dict[str, object]]:
    """Return the tabs that she may see."""
    here = request.path
    return [
        {"label": tab.label, "address": address, "current": here == address}
        for tab, address in tabs
        if tab.seen_by(request.user)
    ]
