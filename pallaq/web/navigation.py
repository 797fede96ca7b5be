"""The places a person may go from any page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from pallaq.accounts.perms import Person, is_administrator
from pallaq.plan.models import Plan
from pallaq.plan.perms import can_edit
from pallaq.registry.tabs import first_address
from pallaq.study.models import Study
from pallaq.study.perms import can_see_study
from pallaq.web.doors import doors
from pallaq.web.trail import trail_scopes

REGISTRY = {"registry", "desks", "matching", "rolls", "associations", "permits", "credentials", "rights"}


@dataclass(frozen=True)
class Place:
    """A link of the rail; `on_bar` puts it on the phone's bottom bar too."""

    address: str
    label: str
    current: bool
    on_bar: bool = False


def shell(request: HttpRequest) -> dict[str, object]:
    """Give every template the places of its rail; nothing is asked of the database until one is printed."""
    return {
        "places": SimpleLazyObject(lambda: places(request)),
        "doors": SimpleLazyObject(lambda: doors(request)),
        "plan_tabs": SimpleLazyObject(lambda: plan_tabs(request)),
    }


def places(request: HttpRequest) -> list[Place]:
    """Return the rail: the pages of the study at hand, then those that are about no study."""
    match = request.resolver_match
    code = match.kwargs.get("study", "") if match else ""
    if not code and (study := first_study(request.user)):
        code = study.code
    here = match.view_name if match else ""
    in_plan = match is not None and ("plan" in match.kwargs or here.startswith(("plan:", "progress:", "exchange:")))
    plan, registry = plan_address(request), first_address(request.user)
    in_registry = here.partition(":")[0] in REGISTRY
    found = [  # the bar of a phone holds four places: three of these, and "More"
        (address_of("diagnosis:board", study=code), _("Gaps"), {"web:home", "diagnosis:board", "diagnosis:row"}, True),
        (address_of("diagnosis:report", study=code), _("Report"), {"diagnosis:report"}, not registry),
        (address_of("diagnosis:print", study=code), _("Against the print"), {"diagnosis:print"}, False),
        (address_of("diagnosis:study", study=code), _("The study"), {"diagnosis:study"}, False),
        (plan, _("Plan"), {here} if in_plan else set(), True),
        (registry, _("Registry"), {here} if in_registry else set(), True),
        (address_of("figures:figures"), _("Figures of the registry"), {"figures:figures", "figures:registries"}, False),
        (address_of("credentials:verify"), _("Verify a card"), set(), False),
        (address_of("study:list"), _("Studies"), {"study:list"}, not plan),
        (address_of("people:list") if is_administrator(request.user) else "", _("People"), {"people:list"}, False),
        (address_of("web:audit") if trail_scopes(request.user) != [] else "", _("Audit trail"), {"web:audit"}, False),
        (address_of("web:glossary"), _("Glossary"), {"web:glossary"}, False),
        (address_of("web:about"), _("About"), {"web:about"}, False),
    ]
    return [Place(address, label, here in names, on_bar) for address, label, names, on_bar in found if address]


def plan_tabs(request: HttpRequest) -> list[Place]:
    """Return the pages of the plan at hand, for whoever has a role in it."""
    match = request.resolver_match
    plan = Plan.objects.seen_by(request.user).filter(code=match.kwargs.get("plan", "")).first() if match else None
    if match is None or plan is None:
        return []
    here = match.view_name
    found = [
        ("plan:plan", _("The plan"), {"plan:node", "plan:node_edit", "plan:node_add", "plan:node_remove"}),
        ("progress:board", _("Scoreboard"), set()),
        ("progress:work", _("Reports"), {"progress:values", "progress:value_new", "progress:value_correct"}),
        ("following:late", _("What is late"), set()),
        ("following:timeline", _("Timeline"), set()),
        (
            "plan:indicators",
            _("Indicators"),
            {"plan:indicator", "plan:targets", "baselines:followup"},
        ),
        ("following:meetings", _("Meetings"), {"following:meeting", "following:agreements"}),
        ("web:measures", _("Measures"), set()),
        ("exchange:files", _("Files"), {"exchange:workbook_in", "exchange:workbook_changes"}),
        ("plan:versions", _("Versions"), {"plan:changes"}),
    ]
    if can_edit(request.user, plan):
        found += [("progress:periods", _("Periods"), {"progress:period"}), ("plan:seats", _("Who works here"), set())]
    return [Place(reverse(name, args=[plan.code]), label, here in {name, *more}) for name, label, more in found]


def first_study(user: Person) -> Study | None:
    """Return the study of the home page: the featured one, or the first that the user may see."""
    return next((study for study in Study.objects.all() if can_see_study(user, study)), None)


def plan_address(request: HttpRequest) -> str:
    """Return where "Plan" leads: to her one plan, to the list of several, or to a public plan's page."""
    mine = list(Plan.objects.seen_by(request.user)[:2])
    if mine:
        return reverse("plan:plan", args=[mine[0].code]) if len(mine) == 1 else reverse("plan:list")
    public = Plan.objects.filter(public=True, versions__state="approved").first()
    return reverse("exchange:public", args=[public.code]) if public else ""


def address_of(name: str, **values: str) -> str:
    """Return an address, or "" where there is no study to show."""
    return "" if "" in values.values() else reverse(name, kwargs=values)
