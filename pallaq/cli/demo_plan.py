"""The demo's plan: the study's own, with two logins, and example indicators that say that they are examples."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pallaq.accounts.models import User
from pallaq.baselines.actions.gaps import take_figures
from pallaq.baselines.rules.sheets import source, study_sheet
from pallaq.baselines.rules.taking import Measured, figures
from pallaq.diagnosis.readable import Shown, newest
from pallaq.exchange.loading import load_file
from pallaq.places.models import Organisation
from pallaq.plan.actions.indicators import add_indicator, set_baseline, set_target
from pallaq.plan.actions.nodes import edit_node
from pallaq.plan.actions.organisations import save_organisation
from pallaq.plan.actions.seats import give_seat
from pallaq.plan.actions.versions import approve
from pallaq.plan.models import Indicator, Plan, Role, Version
from pallaq.plan.rules.periods import Period, last_ended
from pallaq.progress.actions.values import record_value
from pallaq.shared.models import record
from pallaq.study.models import Study

# (e-mail, role, password), as `demo.STUDY_LOGINS`
PLAN_LOGINS: list[tuple[str, str, str]] = [
    ("planificadora@pallaq.example", "planner", "hilo-de-azogue"),
    ("informante@pallaq.example", "reporter", "posta-de-ananea"),
]
PUNO = "21"
REGION = f"region={PUNO}"
EXAMPLE = {
    "es": "EJEMPLO: el estudio no tiene indicadores ni metas; estas metas son de la demostración.",
    "en": "EXAMPLE: the study has no indicators and no targets; these targets are the demonstration's.",
}
MARKS = {"es": "(ejemplo)", "en": "(example)"}

# Node, code, indicator of the study, share, and what is aimed at by group: per cent one, two and four years later.
FROM_THE_STUDY: tuple[tuple[str, str, str, str, Mapping[str, tuple[int, int, int]]], ...] = (
    ("15.3", "E1", "enough_ppe", "yes", {"": (70, 75, 85), "profile=pallaqueras": (40, 50, 70)}),
    ("R9", "E2", "unaware_of_emergency_centre", "yes", {"": (68, 60, 40), "profile=pallaqueras": (64, 55, 35)}),
    ("R7", "E3", "enough_mercury_risk_information", "yes", {"": (35, 45, 60)}),
    ("R6", "E4", "applied_for_loan", "yes", {"": (38, 42, 50), "profile=pallaqueras": (35, 40, 50)}),
)


@transaction.atomic
def load_plan(study: Study) -> None:
    """Load the study's plan, once: its two people, its examples, and version 1 approved."""
    if Plan.objects.filter(code=study.code).exists():
        return
    version = load_file(path=settings.PLANS / study.code / "plan.yaml", by=None)
    planner, reporter = (person(*login) for login in PLAN_LOGINS)
    give_seat(plan=version.plan, user=planner, role=Role.PLANNER, by=None)
    health = directorate(version, planner)
    give_seat(plan=version.plan, user=reporter, role=Role.REPORTER, organisation=health, region=PUNO, by=None)
    if shown := newest(study, planner):
        for node, code, indicator, share, targets in FROM_THE_STUDY:
            take(version, shown, planner, (node, code, indicator, share), targets)
    trained = training(version, health)
    approve(version=version, by=planner)
    report(trained, reporter)


def person(email: str, role: str, password: str) -> User:
    """Return a user of the demonstration."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, email.split("@")[0].capitalize(), password)
        record(by=None, action="user.demo", about=f"user {user.pk}", role=role)
    return user


def directorate(version: Version, by: User) -> Organisation:
    """Return Puno's health directorate, which leads the two actions on health there."""
    made = {"name": "Dirección Regional de Salud de Puno", "short": "Diresa Puno", "kind": "regional", "place": PUNO}
    health = Organisation.objects.filter(country=version.plan.country, short=made["short"]).first()
    health = health or save_organisation(organisation=None, by=by, **made)
    for node in version.nodes.filter(item__code__in=("8.1", "8.2")):
        edit_node(node=node, edition=node.edition, by=by, parts=[(health, "responsible")], places=[PUNO])
    return health


def take(
    version: Version, shown: Shown, by: User, what: tuple[str, str, str, str], targets: Mapping[str, tuple[int, ...]]
) -> None:
    """Make an example indicator whose baselines are the demo release's own figures."""
    node, code, indicator, share = what
    document, release, measured = shown.document, shown.release, Measured(share)
    taken = figures(document, indicator, measured, version.plan.dimensions, regions=False)
    named = release.number, release.sha256
    year = release.frozen_at.year
    made = take_figures(
        node=version.nodes.get(item__code=node),
        code=code,
        release=release,
        figures=taken,
        by=by,
        year=year,
        source=source(document, named),
        design=document.design.kind,
        **as_example(study_sheet(document, indicator, measured, taken, named)),
    )
    for cell, aimed in targets.items():
        for later, value in zip((1, 2, 4), aimed, strict=True):
            set_target(indicator=made, cell=cell, period=Period(year + later), value=Decimal(value), by=by)


def as_example(sheet: dict[str, Any]) -> dict[str, Any]:
    """Return a reference sheet that says in its title and its limits that it is an example."""
    title = {language: f"{words} {MARKS[language]}" for language, words in sheet["title"].items()}
    limits = {language: f"{EXAMPLE[language]} {sheet['limits'].get(language, '')}".strip() for language in MARKS}
    return {**sheet, "title": title, "limits": limits}


def training(version: Version, health: Organisation) -> Indicator:
    """Make an example indicator that the reporter fills in, by quarters."""
    sheet = as_example(
        {
            "title": {
                "es": "Personal de salud capacitado en exposición al mercurio",
                "en": "Health staff trained in mercury exposure",
            },
            "limits": {},
        }
    )
    indicator = add_indicator(
        node=version.nodes.get(item__code="8.1"),
        code="E5",
        unit="number",
        measured_in={"es": "personas", "en": "people"},
        disaggregation=["region", "sex"],
        frequency="quarterly",
        responsible=health,
        deadline_days=30,
        by=None,
        **sheet,
    )
    first = last_ended(timezone.localdate(), "quarterly").previous
    set_baseline(indicator=indicator, cell=REGION, value=Decimal(0), year=first.year - 1, source=EXAMPLE["es"], by=None)
    period = first
    for value in (20, 40, 60, 80, 100, 120):
        set_target(indicator=indicator, cell=REGION, period=period, value=Decimal(value), by=None)
        period = period.following
    return indicator


def report(indicator: Indicator, by: User) -> None:
    """Record one example value, so that the scoreboard shows a light and what is still missing."""
    period = last_ended(timezone.localdate(), "quarterly").previous
    day: date = period.ends_on
    record_value(
        indicator=indicator,
        period=period,
        cell=REGION,
        value=Decimal(17),
        measured_on=day,
        source="EJEMPLO inventado, de la demostración",
        by=by,
    )
