"""A researcher brings a dataset: told all that is wrong, shown what it holds, to the board by way of a release."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pytest_django import Settings

from pallaq.accounts.tests.people import PASSWORD, person
from pallaq.diagnosis.models import Diagnosis
from pallaq.shared.tabular import csv_text
from pallaq.study.actions import give_role
from pallaq.study.models import Release, Role, Upload
from pallaq.study.tests.samples import GOLD, gold, respondents

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]


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


@pytest.mark.parametrize("width", [360, 1280])
def test_it_goes_from_a_bad_file_to_the_board(open_page: OpenPage, files: tuple[Path, Path], width: int) -> None:
    bad, good = files
    rosa = person("Rosa")
    give_role(user=rosa, study=gold(public=True, featured=True), role=Role.RESEARCHER, by=None)
    page = open_page(f"/account/login/?next=/studies/{GOLD}/upload/", width=width)
    page.locator("input[name=login]").fill(rosa.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()

    bring(page, bad)
    problems = page.locator("[role=alert] tbody")
    expect(problems.get_by_text("wimen", exact=True)).to_have_count(2)
    expect(problems.get_by_text("99", exact=True)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not Upload.objects.exists()

    bring(page, good)
    expect(page.locator("h1")).to_contain_text("854")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("input[name=public]").check()
    page.locator("main form button").first.click()

    expect(page.locator("#progress progress")).to_be_visible()
    assert Release.objects.get().number == 1
    if width == 360:
        return
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    board = page.locator("#progress a").first
    expect(board).to_have_attribute("href", f"/studies/{GOLD}/gaps/")
    board.click()
    document = Diagnosis.objects.get().content()
    widest = document.indicator(document.gaps[0].indicator).title["es"]
    expect(page.locator("main")).to_contain_text(widest)
    expect(page.locator("main")).to_contain_text("SINTÉTICO")
