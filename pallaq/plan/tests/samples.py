"""A small plan to test with: one chain from level to activity, two entities, an indicator with baseline and targets."""

from dataclasses import dataclass
from decimal import Decimal

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import person
from pallaq.places.models import Organisation
from pallaq.plan.actions.indicators import add_indicator, set_baseline, set_target
from pallaq.plan.actions.nodes import add_node
from pallaq.plan.actions.seats import give_seat
from pallaq.plan.actions.versions import approve, make_plan
from pallaq.plan.models import Indicator, Node, Plan, Role, Version
from pallaq.plan.rules.periods import Period

CODE = "small"
DIMENSIONS = {
    "profile": {
        "title": {"es": "Perfil", "en": "Profile"},
        "levels": {
            "pallaqueras": {"es": "Pallaqueras", "en": "Selectors"},
            "men": {"es": "Mineros", "en": "Men miners"},
        },
    },
    "sex": {
        "title": {"es": "Sexo", "en": "Sex"},
        "levels": {"women": {"es": "Mujeres", "en": "Women"}, "men": {"es": "Hombres", "en": "Men"}},
    },
    "region": {
        "title": {"es": "Región", "en": "Region"},
        "levels": {"21": {"es": "Puno", "en": "Puno"}, "04": {"es": "Arequipa", "en": "Arequipa"}},
    },
}


@dataclass
class Small:
    """The small plan, its people and its parts."""

    plan: Plan
    version: Version
    planner: User
    ministry: Organisation
    health: Organisation
    nodes: dict[str, Node]
    indicator: Indicator

    def reporter(self, name: str = "Julia", organisation: Organisation | None = None, region: str = "") -> User:
        """Return a user who reports for an entity: the health directorate unless told."""
        user = person(name)
        entity = organisation or self.health
        give_seat(plan=self.plan, user=user, role=Role.REPORTER, organisation=entity, region=region, by=None)
        return user

    def reader(self, name: str = "Lidia") -> User:
        """Return a user who reads everything."""
        user = person(name)
        give_seat(plan=self.plan, user=user, role=Role.READER, by=None)
        return user


def small(*, approved: bool = True) -> Small:
    """Make the small plan. Minem is responsible for all of SO1; Diresa takes part in action 1.2 of Puno."""
    planner = person("Paula")
    version = make_plan(
        code=CODE, title={"es": "Plan pequeño", "en": "Small plan"}, dimensions=DIMENSIONS, public=True, by=None
    )
    give_seat(plan=version.plan, user=planner, role=Role.PLANNER, by=None)
    ministry = Organisation.objects.create(name="Ministerio de Energía y Minas", short="Minem", kind="ministry")
    health = Organisation.objects.create(name="Diresa Puno", kind="regional", place="21")
    nodes: dict[str, Node] = {}

    def add(kind: str, code: str, parent: str = "", **fields: object) -> None:
        title = {"es": f"{code} en castellano", "en": f"{code} in English"}
        above = nodes[parent] if parent else None
        nodes[code] = add_node(version=version, kind=kind, code=code, parent=above, by=None, title=title, **fields)

    add("level", "national")
    add("objective", "SO1", "national", parts=[(ministry, "responsible")])
    add("result", "R1", "SO1")
    add("action", "1.1", "R1", budget=Decimal(1000))
    add("action", "1.2", "R1", parts=[(health, "takes_part")], places=["21"])
    add("activity", "1.2.1", "1.2")
    indicator = add_indicator(
        node=nodes["R1"],
        code="I1",
        title={"es": "Pallaqueras con equipo", "en": "Selectors with equipment"},
        unit="percentage",
        disaggregation=["profile", "region"],
        by=None,
    )
    set_baseline(indicator=indicator, value=Decimal(33), year=2025, by=None)
    for year, value in ((2026, 40), (2027, 60)):
        set_target(indicator=indicator, period=Period(year), value=Decimal(value), by=None)
    if approved:
        version = approve(version=version, by=planner)
    return Small(version.plan, version, planner, ministry, health, nodes, indicator)
