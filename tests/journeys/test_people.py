"""A person comes in: by a link, with a password, in either language, on a phone; and is kept out when she guesses."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from pallaq.accounts.tests.people import PASSWORD, administrator, person
from pallaq.study.actions import give_role
from pallaq.study.models import Role, Study
from pallaq.study.tests.samples import GOLD, gold

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@pytest.fixture(autouse=True)
def study() -> Study:
    cache.clear()
    return gold(public=False)


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main button[type=submit]").click()


@pytest.mark.parametrize(("language", "words"), [("es-PE", "Ingresar"), ("en", "Log in")])
def test_it_lets_a_person_in_and_out_on_a_phone(open_page: OpenPage, language: str, words: str) -> None:
    rosa = person("Rosa")
    page = open_page("/account/login/", width=360, language=language)
    expect(page.locator("h1")).to_have_text(words)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    log_in(page, rosa.email)
    expect(page.locator(".account")).to_contain_text("Rosa")
    page.goto("/account/")
    page.locator("main form button").click()
    expect(page.locator(".account")).to_contain_text(words)


def test_it_says_when_the_password_is_wrong_and_when_the_door_is_shut(open_page: OpenPage) -> None:
    rosa = person("Rosa")
    page = open_page("/account/login/")
    for _attempt in range(5):
        log_in(page, rosa.email, "equivocada")
        expect(page.locator(".errorlist")).to_contain_text("no son correctas")
    log_in(page, rosa.email)
    expect(page.locator(".errorlist")).to_contain_text("Demasiados intentos")
    expect(page.locator("input[name=password]")).to_be_visible()


def test_it_brings_an_invited_person_to_her_study(open_page: OpenPage) -> None:
    ana = administrator()
    email = "rosa.mamani.quispe.de.la.rinconada@example.org"
    page = open_page("/", width=360)
    log_in(page, ana.email)
    page.goto("/people/invite/")
    page.locator("input[name=email]").fill(email)
    page.locator("main button[type=submit]").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    link = page.locator("#link").input_value()
    assert re.search(r"/account/link/[0-9a-f-]{36}/", link)
    page.locator("main a").last.click()
    page.locator("main a.button").click()
    page.locator("select[name=study]").select_option(GOLD)
    page.locator("select[name=role]").select_option("researcher")
    page.locator("main form button").last.click()
    expect(page.locator("main li").first).to_contain_text("investigación")

    rosa = open_page(link, width=360)
    rosa.locator("input[name=name]").fill("Rosa Mamani")
    rosa.locator("input[name=password]").fill(PASSWORD)
    rosa.locator("input[name=repeated]").fill(PASSWORD)
    assert rosa.evaluate("document.documentElement.scrollWidth") <= 360
    rosa.locator("main button[type=submit]").click()
    log_in(rosa, email)
    rosa.goto(f"/studies/{GOLD}/upload/")
    expect(rosa.locator("input[type=file]")).to_be_visible()
    rosa.goto(link)
    expect(rosa.locator("[role=alert]")).to_contain_text("ya no sirve")


@pytest.mark.parametrize(("width", "language"), [(360, "es-PE"), (1280, "en-US")])
def test_axe_finds_nothing_serious_where_people_work(
    open_page: OpenPage, study: Study, width: int, language: str
) -> None:
    ana, rosa = administrator(), person("Rosa")
    give_role(user=rosa, study=study, role=Role.COORDINATOR, region="21", by=ana)
    page = open_page("/account/login/", width=width, language=language)
    found = serious(page)
    log_in(page, ana.email)
    people = ["/people/", "/people/invite/", f"/people/{rosa.pk}/", f"/people/{rosa.pk}/roles/"]
    mine = ["/account/", "/account/2fa/", "/account/sessions/", "/account/password/change/", "/audit/"]
    for address in [*people, *mine, "/studies/", f"/studies/{GOLD}/releases/", f"/studies/{GOLD}/upload/"]:
        page.goto(address)
        found |= {f"{address} {problem}" for problem in serious(page)}
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not found


def serious(page: Page) -> set[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    return {one["id"] for one in violations if one["impact"] in {"serious", "critical"}}
