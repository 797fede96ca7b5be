"""Anyone reads the diagnosis: figures as in the document, any width, language, theme, keyboard only, no JavaScript."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, expect

from pallaq.diagnosis.tests.samples import load
from pallaq.report.rules.document import Document
from pallaq.report.tests.documents import gold, one_gap
from pallaq.shared.numbers import percent, points

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
STUDY = "/studies/women-and-men-of-gold"
PAGES = [
    "/",
    f"{STUDY}/gaps/enough_ppe/",
    f"{STUDY}/",
    f"{STUDY}/report/",
    f"{STUDY}/print/",
    "/glossary/",
    "/about/",
    "/nothing-here/",
    "/studies/nothing/gaps/",
]
ROW = "#row-enough_ppe"
OpenPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def diagnosed() -> None:
    load(gold(), featured=True)
    load(one_gap())


def said(page: Page) -> str:
    return page.locator("main").inner_text()


def test_figures_on_screen_equal_the_documents(open_page: OpenPage) -> None:
    document, page = gold(), open_page("/")
    for gap in document.gaps:
        shown = page.locator(f"#row-{gap.indicator} summary")
        if gap.reference == "men":
            assert points(gap.difference) in shown.inner_text()
    for estimate in document.estimates:
        if set(estimate.domain) == {"profile"} and estimate.share == "yes" and not estimate.assumed:
            drawing = page.locator(f"#row-{estimate.indicator} .drawing")
            assert percent(estimate.estimate or 0) in (drawing.get_attribute("aria-label") or "")


def test_it_switches_language_and_stays_on_the_page(open_page: OpenPage) -> None:
    page = open_page("/?kind=benefits")
    expect(page.locator("html")).to_have_attribute("lang", "es-pe")
    assert "en desventaja frente a" in page.locator("h1").inner_text()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/?kind=benefits")
    assert "trail" in page.locator("h1").inner_text()
    assert page.locator(".board > ol > li").count() == 1


def test_the_keyboard_opens_a_row_and_loads_its_tables(open_page: OpenPage) -> None:
    page = open_page("/", language="en-US")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.parentElement.id") == "row-enough_ppe":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "focus cannot be seen"
    page.keyboard.press("Enter")
    expect(page.locator(f"{ROW} .detail")).to_contain_text("What is counted")
    expect(page.locator(f"{ROW} .detail")).to_contain_text("33.0 %")
    page.keyboard.press("Enter")
    expect(page.locator(f"{ROW} .detail")).to_be_hidden()


def test_focus_and_hover_show_the_intervals(open_page: OpenPage) -> None:
    page = open_page("/")
    interval = page.locator(f"{ROW} .drawing tspan").first
    expect(interval).to_be_hidden()
    page.locator(f"{ROW} summary").focus()
    expect(interval).to_be_visible()
    phone = open_page("/", width=360)
    expect(phone.locator(f"{ROW} .drawing tspan").first).to_be_visible()


def test_a_filter_changes_the_board_without_leaving_the_page(open_page: OpenPage) -> None:
    page = open_page("/", language="en-US")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Benefits").click()
    expect(page.locator(".board > ol > li")).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("1 of 3 gaps")
    expect(page.get_by_role("link", name="Benefits")).to_have_attribute("aria-current", "true")
    assert page.evaluate("window.stayed"), "the page was loaded anew"
    assert "kind=benefits" in page.url
    page.go_back()
    expect(page.locator(".board > ol > li")).to_have_count(3)


def test_everything_can_be_read_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/", language="en-US", java_script_enabled=False)
    page.locator(f"{ROW} summary").click()
    opened = page.locator(f"{ROW} .opened")
    expect(opened).to_contain_text("61 points below")
    opened.get_by_role("link").click()
    for words in ("What is counted", "Mean of profiles", "p adjusted", "Base"):
        assert words in said(page)
    page.locator("summary", has_text="By region").click()
    expect(page.get_by_role("cell", name="fewer than 10").first).to_be_visible()
    page.get_by_role("link", name="All gaps").click()
    page.get_by_role("searchbox").fill("housework")
    page.get_by_role("button", name="Search").click()
    assert page.locator(".board > ol > li").count() == 1
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es-pe")


@pytest.mark.parametrize("width", [360, 800, 1001, 1280])
def test_the_axis_stands_over_the_grid_of_the_rows(open_page: OpenPage, width: int) -> None:
    page = open_page("/", width=width)
    axis, drawing = page.locator(".axis").bounding_box(), page.locator(f"{ROW} .drawing").bounding_box()
    assert axis
    assert drawing
    assert (axis["x"], axis["width"]) == pytest.approx((drawing["x"], drawing["width"]), abs=1)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_phone_and_targets_fit_a_thumb(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator(".places li:visible").count() <= 4
    targets = ".places a:visible, button:visible, summary:visible, .chips a:visible, .downloads a:visible"
    small = [
        box for box in (item.bounding_box() for item in page.locator(targets).all()) if box and box["height"] < 47.5
    ]
    assert not small
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && e.childNodes.length
           && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
           .map(e => parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert min(sizes) >= 14.7, "text of a phone is 16 px; code may be a little smaller"


@pytest.mark.parametrize(
    ("language", "width", "theme"),  # every pair of them
    [("es-PE", 360, "light"), ("es-PE", 1280, "dark"), ("en-US", 360, "dark"), ("en-US", 1280, "light")],
)
def test_axe_finds_nothing_serious(open_page: OpenPage, language: str, width: int, theme: str) -> None:
    found = []
    page = open_page("/", width=width, language=language, color_scheme=theme)
    for path in PAGES:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(details => { details.open = true })")
        page.wait_for_load_state("networkidle")
        found += [f"{path}: {problem}" for problem in problems(page)]
    assert not found, "\n".join(found)


def problems(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))  # not a script tag: the site's policy refuses what is not its own
    result: dict[str, Any] = page.evaluate("axe.run()")
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary']}"
        for rule in result["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def forty_rows() -> Document:
    """Return the diagnosis with its rows many times over, as a long study has them."""
    document, copies = gold(), [f"_{number}" for number in range(10)]

    def many(parts: tuple[Any, ...], name: str) -> tuple[Any, ...]:
        named = [(part, getattr(part, name) + copy) for copy in copies for part in parts]
        return tuple(
            replace(
                part,
                **{name: code},
                **({"id": part.id.replace(getattr(part, name), code, 1)} if name != "code" else {}),
            )
            for part, code in named
        )

    return replace(
        document,
        study="long",
        indicators=many(document.indicators, "code"),
        estimates=many(document.estimates, "indicator"),
        gaps=many(document.gaps, "indicator"),
    )


@pytest.mark.parametrize("path", ["gaps/", "gaps/enough_ppe_0/", "", "report/", "print/"])
def test_a_page_with_all_it_needs_stays_light(client: Client, path: str) -> None:
    load(forty_rows())
    html = client.get(f"/studies/long/{path}").content
    assert path != "gaps/" or html.count(b"<summary") > 30
    needed = set(re.findall(rb'/static/([^"]+)"', html))
    static = [Path(str(finders.find(name.decode()))).read_bytes() for name in needed]
    assert len(static) == 3
    assert sum(len(gzip.compress(part)) for part in [html, *static]) < 60_000
