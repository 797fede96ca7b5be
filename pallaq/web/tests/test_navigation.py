"""The rail and a plan's tabs: who is led where, and how many places a phone's bar holds."""

import re

import pytest
from django.urls import reverse

from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.diagnosis.tests.samples import load
from pallaq.plan.actions.versions import make_plan
from pallaq.plan.tests.samples import CODE, small
from pallaq.report.tests.documents import gold

pytestmark = pytest.mark.django_db
PLAN = f"/plans/{CODE}/"


def page(user: object, address: str = "/about/") -> str:
    answer = client_of(user).get(address, headers={"Accept-Language": "en"})  # type: ignore[arg-type] # a User or None
    assert answer.status_code == 200
    return answer.content.decode()


def plan_link(shown: str) -> str | None:
    found = re.search(r'<a href="([^"]+)"[^>]*>Plan</a>', shown)
    return found[1] if found else None


def tabs(shown: str) -> list[str]:
    block = shown.partition("Pages of the plan")[2].partition("</nav>")[0]
    return re.findall(r">([^<>\n]+)</a>", block)


def test_whoever_works_in_one_plan_is_led_to_it() -> None:
    made = small()
    assert plan_link(page(made.planner)) == PLAN
    assert plan_link(page(made.reporter())) == PLAN


def test_whoever_works_in_several_plans_is_led_to_their_list() -> None:
    small()
    make_plan(code="other", title={"es": "Otro"}, by=None)
    assert plan_link(page(administrator())) == reverse("plan:list")


def test_everybody_else_is_led_to_the_public_page_of_a_public_plan() -> None:
    made = small()
    public = reverse("exchange:public", args=[CODE])
    assert plan_link(page(None)) == public
    assert plan_link(page(person("Marta"))) == public
    type(made.plan).objects.update(public=False)
    assert plan_link(page(None)) is None


def test_a_plan_that_was_never_approved_is_nobody_elses() -> None:
    small(approved=False)
    assert plan_link(page(None)) is None


@pytest.mark.parametrize("with_plan", [True, False])
def test_the_bar_of_a_phone_holds_four_places_at_most(with_plan: bool) -> None:
    load(gold(), featured=True)
    if with_plan:
        small()
    bar = re.findall(r'class="on-bar[^"]*"\s*>\s*<a[^>]*>([^<]+)</a>', page(None))
    assert bar == ["Gaps", "Report", "Plan" if with_plan else "Studies", "More"]


def test_the_tabs_of_a_plan_mark_the_page_at_hand_and_keep_seats_to_planners() -> None:
    made = small()
    shown = page(made.planner, f"{PLAN}versions/")
    assert re.search(r'aria-current="page">Versions<', shown)
    planners, readers = tabs(shown), tabs(page(made.reader(), PLAN))
    assert planners[0] == readers[0] == "The plan"
    assert set(planners) - set(readers) == {"Periods", "Who works here"}
    assert not set(readers) - set(planners)


def test_every_tab_opens() -> None:
    made = small()
    shown = page(made.planner, PLAN)
    block = shown.partition("Pages of the plan")[2].partition("</nav>")[0]
    browser = client_of(made.planner)
    for address in re.findall(r'href="([^"]+)"', block):
        assert browser.get(address).status_code == 200, address
