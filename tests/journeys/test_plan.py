"""A measured gap becomes a commitment that is followed: indicator, target, value with evidence, closed period, board.

And out again: IATI that the official schema accepts, a workbook that is edited and read back.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from lxml import etree
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pytest_django import Settings

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import PASSWORD
from pallaq.diagnosis.models import Diagnosis, State
from pallaq.exchange.iati.schema import schema
from pallaq.exchange.publishing import publish_as
from pallaq.plan.models import Plan
from pallaq.plan.tests.samples import CODE, Small, small
from pallaq.progress.models import ClosedPeriod, Evidence, Value
from pallaq.report.tests import documents
from pallaq.study.actions import freeze_release
from pallaq.study.tests.samples import GOLD, gold, respondents

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., Page]
HOME = f"/plans/{CODE}/"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@pytest.fixture
def made(settings: Settings, tmp_path: Path) -> Small:
    """A draft plan for a study whose diagnosis is done."""
    settings.DATA = tmp_path / "data"
    made = small(approved=False)
    study = gold(public=True, featured=True)
    Plan.objects.filter(pk=made.plan.pk).update(study=study)
    release = freeze_release(study=study, dataset=respondents(), file_name="answers.csv", by=None, public=True)
    document = documents.gold().to_dict()
    Diagnosis.objects.create(release=release, state=State.DONE, document=document, made_at=timezone.now())
    return made


def enter(open_page: OpenPage, user: User, path: str, width: int = 1280) -> Page:
    page = open_page(f"/account/login/?next={path}", width=width, language="en-US")
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"**{path}")
    return page


def serious(page: Page) -> set[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    return {one["id"] for one in violations if one["impact"] in {"serious", "critical"}}


def downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.locator(f"main a[href$='{name}']").first.click()
    return Path(waiting.value.path()).read_bytes()


def take_the_gap(page: Page, year: int) -> None:
    page.get_by_role("link", name="Make it an indicator of").click()
    expect(page.locator("main")).to_contain_text("SYNTHETIC")
    assert not serious(page)
    page.locator("select[name=node]").select_option("R1")
    page.locator("input[name=code]").fill("I2")
    page.locator("input[name=year]").fill(str(year))
    page.locator("button[value=take]").click()
    expect(page.locator("h1")).to_contain_text("I2")


def set_the_target(page: Page, year: int, value: str) -> None:
    page.goto(f"{HOME}indicators/I2/targets/?first={year}&last={year}")
    page.locator("table.grid tbody tr").first.locator("input").first.fill(value)
    assert not serious(page)
    page.locator("button[value=save]").click()
    expect(page.locator("main")).to_contain_text(value)


def report(page: Page, year: int, value: str) -> None:
    page.locator(f"main a[href$='I2/values/new/?period={year}']").first.click()
    page.locator("input[type=number]").first.fill(value)
    page.locator("input[name=measured_on]").fill(f"{year}-12-01")
    page.locator("input[name=source]").fill("Register of the directorate")
    assert not serious(page)
    wrong = {"name": "acta.pdf", "mimeType": "application/pdf", "buffer": b"MZ this is a program"}
    page.locator("input[type=file]").set_input_files(wrong)
    page.locator("main button.main").click()
    expect(page.locator("[role=alert]").first).to_be_visible()
    expect(page.locator("input[type=number]").first).to_have_value(value)
    assert not Value.objects.exists()
    assert not Evidence.objects.exists()
    page.locator("input[type=file]").set_input_files({**wrong, "buffer": PDF})
    page.locator("main button.main").click()
    expect(page.locator("main")).to_contain_text("Register of the directorate")


def test_a_gap_becomes_a_commitment_that_is_followed(open_page: OpenPage, made: Small) -> None:
    year = timezone.localdate().year - 1
    page = enter(open_page, made.planner, f"/studies/{GOLD}/gaps/enough_ppe/")
    take_the_gap(page, year - 1)
    baseline = made.version.indicators.get(item__code="I2").baselines.get(cell="")
    share = next(one for one in documents.gold().estimates_of("enough_ppe") if one.id == baseline.estimate)
    assert share.estimate is not None
    assert float(baseline.value) == pytest.approx(100 * share.estimate, abs=1e-6)
    assert baseline.sha256 == baseline.release.sha256
    set_the_target(page, year, "70")
    page.goto(f"{HOME}versions/1/")
    page.locator("form[action$='/approve/'] input[name=sure]").check()
    page.locator("form[action$='/approve/'] button").first.click()
    expect(page.locator("main")).to_contain_text("Version 1")

    reporter = enter(open_page, made.reporter(organisation=made.ministry), f"{HOME}reports/", width=360)
    report(reporter, year, "72")
    assert reporter.evaluate("document.documentElement.scrollWidth") <= 360
    value = Value.objects.get()
    assert (value.item.code, value.year, float(value.value), value.by.name) == ("I2", year, 72.0, "Julia")
    assert value.evidence.get().path().read_bytes() == PDF

    page.goto(f"{HOME}periods/{year}/")
    if page.locator("main form input[type=checkbox]").count():
        page.locator("main form input[type=checkbox]").check()
    page.locator("main form button.main").click()
    page.wait_for_url(f"**{HOME}periods/")
    assert ClosedPeriod.objects.get().year == year
    reporter.goto(f"{HOME}values/{value.pk}/correct/")
    expect(reporter.locator("main")).to_contain_text("closed")

    page.goto(f"{HOME}board/?period={year}")
    expect(page.locator("h1")).to_contain_text("1 of")
    assert not serious(page)
    page.goto(f"{HOME}indicators/I2/values/")
    expect(page.locator("main")).to_contain_text("72")


def test_a_plan_goes_out_as_iati_and_comes_back_from_a_workbook(open_page: OpenPage, made: Small) -> None:
    publish_as(plan=made.plan, identifier="XI-IATI-1234", name="Minem", kind="10", by=made.planner)
    page = enter(open_page, made.planner, f"{HOME}versions/1/")
    page.locator("form[action$='/approve/'] input[name=sure]").check()
    page.locator("form[action$='/approve/'] button").first.click()
    page.goto(f"{HOME}files/")
    assert not serious(page)
    activities = etree.fromstring(downloaded(page, "iati.xml"))
    schema().assertValid(activities)
    assert activities.get("version") == "2.03"

    workbook = load_workbook(BytesIO(downloaded(page, "workbook.xlsx")))
    for name in workbook.sheetnames:
        for row in workbook[name].iter_rows():
            for cell in row:
                if cell.value == "1.1 en castellano":
                    cell.value = "Grupos que se reúnen"
    changed = BytesIO()
    workbook.save(changed)
    page.goto(f"{HOME}workbook/")
    file = {"name": "small.xlsx", "mimeType": "application/octet-stream", "buffer": changed.getvalue()}
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main button.main").click()
    expect(page.locator("main")).to_contain_text("Grupos que se reúnen")
    assert not serious(page)
    page.locator("textarea[name=reason]").fill("Nombre más claro")
    page.locator("main button.main").click()
    page.wait_for_url(f"**{HOME}files/**")
    draft = made.plan.draft()
    assert draft is not None
    assert draft.nodes.get(item__code="1.1").title["es"] == "Grupos que se reúnen"
    assert made.plan.approved().nodes.get(item__code="1.1").title["es"] == "1.1 en castellano"
