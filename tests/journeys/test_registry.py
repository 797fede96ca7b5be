"""A selector is registered, found again, authorised, given a card that verifies without a network; she sees who read.

On a desk's screen and on a phone's.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import PASSWORD
from pallaq.credentials.actions.keys import make_key
from pallaq.credentials.models import Card
from pallaq.permits.models import Authorisation
from pallaq.registry.models import Person, Role, Scheme
from pallaq.registry.tests.samples import HOLDER, Desks, desks, seated

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
REGISTER = "/registry/register/"


@pytest.fixture
def made(settings: Settings, tmp_path: Path) -> Desks:
    """The law, the desks of Puno, a concession holder, and a key that signs."""
    settings.DATA = tmp_path / "data"
    cache.clear()
    made = desks()
    make_key(issuer="DREM Puno", synthetic=True, by=None)
    return made


def enter(open_page: OpenPage, user: User, path: str, width: int = 1280) -> Page:
    page = open_page(f"/account/login/?next={path}", width=width, language="en-US")
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"**{path}")
    return page


def serious(page: Page) -> set[str]:
    """Return what axe finds wrong, and that the page is wider than its screen."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    found = {one["id"] for one in violations if one["impact"] in ("serious", "critical")}
    return found | ({"wider than the screen"} if wide else set())


def fill_in(page: Page, given_names: str = "Juana Rosa") -> None:
    """Type what a registrar asks."""
    fields = {
        "given_names": given_names,
        "paternal_surname": "Mamani",
        "maternal_surname": "Quispe",
        "birth_on": "1981-05-03",
        "place": "211002",
        "phone": "951 234 567",
        "document_number": "40123456",
    }
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)
    choose(page, "sex", "female")
    choose(page, "document_kind", "dni")
    choose(page, "activity_kind", "pallaqueo")
    choose(page, "permission", "verbal")
    for purpose in ("registry", "card"):
        page.locator(f"main [name=consent_{purpose}]").check()


def choose(page: Page, name: str, value: str) -> None:
    """Choose from a list, or by a button."""
    listed = page.locator(f"main select[name={name}]")
    if listed.count():
        listed.select_option(value)
    else:
        page.locator(f"main input[name={name}][value={value}]").check()


def send(page: Page) -> None:
    page.locator("main button[type=submit].main").first.click()


def words_of(page: Page, address: str | None, form: dict[str, str | float | bool] | None = None) -> str:
    """Return what a PDF says; the browser's own viewer would show it in a page of its own."""
    assert address
    answer = page.request.post(address, form=form) if form else page.request.get(address)
    assert answer.ok, answer.status
    pdf = pypdfium2.PdfDocument(answer.body())
    return " ".join(pdf[at].get_textpage().get_text_range() for at in range(len(pdf)))


def verdict_of(page: Page, text: str) -> str:
    """Verify a card's text on the open page."""
    if not page.locator("#text").is_visible():
        page.locator("summary").first.click()
    page.fill("#text", text)
    page.locator("#typed button").click()
    expect(page.locator("#result h2")).to_be_visible(timeout=30_000)
    return page.locator("#result").get_attribute("data-outcome") or ""


@pytest.mark.parametrize("width", [1280, 360])
def test_a_selector_is_registered_authorised_and_verified_without_a_network(
    width: int, made: Desks, open_page: OpenPage
) -> None:
    desk = enter(open_page, made.registrar, REGISTER, width)
    assert serious(desk) == set()
    fill_in(desk)
    send(desk)
    desk.wait_for_url(re.compile(r"/registry/people/[0-9a-f-]{36}/$"))
    juana = Person.objects.get()
    file = f"/registry/people/{juana.pk}/"
    expect(desk.locator("main")).to_contain_text("Mamani")
    expect(desk.locator("main")).not_to_contain_text("40123456")
    assert serious(desk) == set()

    # The same woman again, spelled as she sounds: the desk is asked, and nobody is registered twice.
    desk.goto(REGISTER)
    fill_in(desk, "Juana")
    send(desk)
    expect(desk.get_by_role("link", name="It is she: open her file")).to_be_visible()
    assert serious(desk) == set()
    assert Person.objects.count() == 1

    # An officer puts her on the registry; the holder is asked, offers, and both sign.
    officer = enter(open_page, made.officer, f"{file}registrations/open/", width)
    choose(officer, "scheme", Scheme.objects.get(pk="selectors-puno").pk)
    choose(officer, "state", "registered")
    send(officer)
    officer.wait_for_url(f"**{file}registrations/")
    authorise(desk, enter(open_page, seated("Helga", Role.HOLDER, organisation=made.holder), "/about/", width), juana)

    a_card(desk, officer, open_page, juana, width)
    own_page(desk, open_page, juana, width)


def authorise(desk: Page, holder: Page, juana: Person) -> None:
    """Let the desk request, the holder offer and sign, and her hand on paper end it."""
    desk.goto(f"/registry/people/{juana.pk}/authorisations/new/")
    desk.locator("main [name=holder]").fill(HOLDER)
    desk.locator("main [name=place]").fill("211002")
    send(desk)
    expect(desk.locator("h1")).to_be_visible()
    found = Authorisation.objects.get()
    one = f"/registry/authorisations/{found.pk}/"
    holder.goto(f"{one}offer/")
    for name, value in {"right_name": "Ana María 1", "terms": "De día, con casco."}.items():
        holder.locator(f"main [name={name}]").fill(value)
    today = timezone.localdate()
    holder.locator("main [name=starts_on]").fill(today.isoformat())
    holder.locator("main [name=ends_on]").fill((today + timedelta(days=180)).isoformat())
    send(holder)
    holder.goto(f"{one}sign/")
    holder.locator("main [name=agreed]").check()
    assert serious(holder) == set()
    send(holder)
    desk.goto(f"{one}paper/")
    choose(desk, "side", "selector")
    desk.locator("main [name=signed_on]").fill(today.isoformat())
    send(desk)
    expect(desk.locator("main")).to_contain_text("in force")
    assert Authorisation.objects.in_force_on(today).get() == found
    holder.goto(one)
    assert "Ana María 1" in words_of(holder, holder.locator("a[href$='authorisation.pdf']").get_attribute("href"))


def a_card(desk: Page, officer: Page, open_page: OpenPage, juana: Person, width: int) -> None:
    """Issue, print and verify a card without a network; revoke it, and verify again."""
    file = f"/registry/people/{juana.pk}/"
    # A buyer verifies with the network off.
    desk.goto(f"{file}card/")
    for box in desk.locator("main form input[type=checkbox]").all():
        box.check()
    desk.get_by_role("button", name="Issue the card").click()
    expect(desk.get_by_role("link", name="Print it (PDF)")).to_be_visible()
    assert "Mamani" in words_of(desk, desk.get_by_role("link", name="Print it (PDF)").get_attribute("href"))
    text = Card.objects.get().text
    buyer = open_page("/verify/en/", width=width)
    buyer.wait_for_selector("html[data-ready]", state="attached")
    buyer.context.set_offline(True)
    buyer.reload()
    assert verdict_of(buyer, text) == "valid"
    assert serious(buyer) == set()

    # She loses it: revoked, and once the page was online again the buyer is told.
    officer.goto(f"{file}card/")
    officer.get_by_text("Revoke it", exact=True).click()
    revoking = officer.locator("form", has=officer.get_by_role("button", name="Revoke the card"))
    revoking.locator("[name=why]").select_option("lost")
    revoking.locator("[name=sure]").check()
    revoking.get_by_role("button", name="Revoke the card").click()
    expect(officer.locator("main")).to_contain_text("no longer good")
    buyer.context.set_offline(False)
    buyer.goto("/verify/en/")
    buyer.wait_for_selector("html[data-ready]", state="attached")
    buyer.locator("#update").click()
    expect(buyer.locator("#update-said")).not_to_be_empty()
    buyer.context.set_offline(True)
    assert verdict_of(buyer, text) == "revoked"


def own_page(desk: Page, open_page: OpenPage, juana: Person, width: int) -> None:
    """Hand her a slip; she enters, and sees who read."""
    desk.goto(f"/registry/people/{juana.pk}/rights/")
    form = desk.locator("form", has=desk.get_by_role("button", name="Make a slip (PDF)"))
    token = form.locator("[name=csrfmiddlewaretoken]").input_value()
    slip = words_of(desk, form.get_attribute("action"), {"csrfmiddlewaretoken": token})
    code = re.search(r"(?:[0-9A-Z]{4}[ -]){3}[0-9A-Z]{4}", slip)
    assert code
    mine = open_page("/mine/", width=width, language="en-US")
    mine.locator("[name=number]").fill(juana.number)
    mine.locator("[name=code]").fill(code[0])
    send(mine)
    expect(mine.locator("main")).to_contain_text("Mamani")
    expect(mine.locator("main")).to_contain_text("40123456")
    assert serious(mine) == set()
    mine.goto("/mine/readings/")
    expect(mine.locator("main")).to_contain_text("registrar")
    expect(mine.locator("main")).not_to_contain_text("Rita")
    assert serious(mine) == set()
