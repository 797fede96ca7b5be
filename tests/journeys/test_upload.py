"""A researcher brings a dataset: told all that is wrong, shown what it holds, to the board by way of a release."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pytest_django import Settings

from pallaq.accounts.tests.people import PASSWORD, person
from pallaq.diagnosis.models import Diagnosis
from pallaq.shared.numbers import points
from pallaq.shared.tabular import csv_text
from pallaq.study.actions import give_role
from pallaq.study.models import Release, Role, Upload
from pallaq.study.tests.samples import GOLD, gold, respondents

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> tuple[Path, Path]:
    """A bad and a good dataset."""
    settings.DATA = tmp_path / "data"
    table = respondents().table
    good = csv_text(table.column_names, zip(*(column.to_pylist() for column in table.columns), strict=True))
    (tmp_path / "good.csv").write_text(good)
    (tmp_path / "bad.csv").write_text(good.replace(",women,", ",wimen,", 2).replace(",21,", ",99,", 1))
    return tmp_path / "bad.csv", tmp_path / "good.csv"


def bring(page: Page, file: Path) -> None:
    page.goto(f"/studies/{GOLD}/upload/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form button").first.click()


@pytest.mark.parametrize(("width", "language"), [(360, "es-PE"), (1280, "en-US")])
def test_it_goes_from_a_bad_file_to_the_board(
    open_page: OpenPage, files: tuple[Path, Path], width: int, language: str
) -> None:
    bad, good = files
    rosa = person("Rosa")
    give_role(user=rosa, study=gold(public=True, featured=True), role=Role.RESEARCHER, by=None)
    page = open_page(f"/account/login/?next=/studies/{GOLD}/upload/", width=width, language=language)
    page.locator("input[name=login]").fill(rosa.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()

    bring(page, bad)
    problems = page.locator("[role=alert] tbody")
    expect(problems.get_by_text("wimen", exact=True)).to_have_count(2)
    expect(problems.get_by_text("99", exact=True)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not serious(page)
    assert not Upload.objects.exists()

    bring(page, good)
    expect(page.locator("h1")).to_contain_text("854")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not serious(page)
    page.locator("input[name=public]").check()
    page.locator("main form button").first.click()

    expect(page.locator("#progress progress")).to_be_visible()
    assert Release.objects.get().number == 1
    assert not serious(page)
    if width == 360:
        return
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    board = page.locator("#progress a").first
    expect(board).to_have_attribute("href", f"/studies/{GOLD}/gaps/")
    board.click()
    document = Diagnosis.objects.get().content()
    widest = document.gaps[0]
    expect(page.locator("main")).to_contain_text(document.indicator(widest.indicator).title["en"])
    expect(page.locator("main")).to_contain_text("SYNTHETIC")

    page.goto(f"/studies/{GOLD}/report/")
    assert not serious(page)
    figures = json.loads(downloaded(page, "en/estimates.json"))
    page.goto(f"/studies/{GOLD}/gaps/")
    shown = [gap for gap in figures["gaps"] if gap["id"] == widest.id]
    assert [gap["difference"] for gap in shown] == [widest.difference]
    expect(page.locator(f"#row-{widest.indicator} summary")).to_contain_text(points(widest.difference or 0))
    page.goto(f"/studies/{GOLD}/report/")
    for name in ("es/report.pdf", "en/report.pdf"):
        assert downloaded(page, name).startswith(b"%PDF-")


def downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.locator(f"a[href$='{name}']").click()
    return Path(waiting.value.path()).read_bytes()


def serious(page: Page) -> set[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    return {one["id"] for one in violations if one["impact"] in {"serious", "critical"}}
