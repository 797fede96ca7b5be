"""An entity's pages: what is due, a report with its evidence, a correction; two entities, two regions are strangers."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.plan.actions.indicators import add_indicator, set_baseline, set_target
from pallaq.plan.actions.nodes import add_node
from pallaq.plan.actions.seats import give_seat
from pallaq.plan.actions.versions import approve
from pallaq.plan.models import Indicator, Role
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import Evidence, Spending, Value
from pallaq.progress.tests.samples import closed, reported, shown, spent
from pallaq.progress.views import work
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Any) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def plan() -> Small:
    """The small plan with an indicator beside 1.2, the action of Puno's health directorate, and 1.3 of Arequipa's."""
    made = small(approved=False)
    fields: dict[str, Any] = {"unit": "number", "disaggregation": ["region"], "by": None}
    health = add_indicator(node=made.nodes["1.2"], code="I2", title={"en": "Talks"}, **fields)
    made.nodes["1.1"].parts.create(organisation=made.health, role="takes_part")
    national = add_indicator(node=made.nodes["1.1"], code="I3", title={"en": "Meetings"}, **fields)
    for indicator in (health, national):
        set_baseline(indicator=indicator, value=Decimal(0), year=2024, by=None)
        set_target(indicator=indicator, period=Period(2025), value=Decimal(10), by=None)
    for region in ("21", "04"):
        set_target(indicator=national, cell=f"region={region}", period=Period(2025), value=Decimal(5), by=None)
    title = {"en": "Arequipa alone"}
    south = add_node(
        version=made.version, kind="action", code="1.3", parent=made.nodes["R1"], by=None, title=title, places=["04"]
    )
    south.parts.create(organisation=made.health, role="responsible")
    add_node(version=made.version, kind="activity", code="1.3.1", parent=south, by=None, title=title)
    theirs = {"version": made.version, "kind": "action", "parent": made.nodes["R1"], "by": None, "title": title}
    made.nodes["1.4"] = add_node(code="1.4", **theirs)
    asked = {**fields, "title": {"en": "Asked of the health directorate"}, "responsible": made.health}
    asked_of_health = add_indicator(node=made.nodes["R1"], code="I4", **asked)
    set_target(indicator=asked_of_health, period=Period(2026), value=Decimal(50), by=None)
    made.version = approve(version=made.version, by=made.planner)
    return made


def address(name: str, *more: object, **question: str) -> str:
    return reverse(f"progress:{name}", args=["small", *more], query=question or None)


def taken(browser: Client, evidence: Evidence) -> int:
    """Return the status of taking a file; the file is closed again."""
    answer = browser.get(address("evidence_file", evidence.pk))
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return int(answer.status_code)


def report(browser: Client, code: str, period: str, **fields: Any) -> Any:
    facts = {"measured_on": "2026-01-15", "source": "Padrón", "note": "", **fields}
    return browser.post(address("value_new", code, period=period), facts)


def test_she_sees_what_is_due_and_reports_it_with_evidence(plan: Small) -> None:
    julia = plan.reporter()
    browser = client_of(julia)
    page = browser.get(address("work"))
    due = {(str(one.indicator.item), str(one.period)): one for one in page.context["page"]}
    assert set(due) == {("I2", "2025"), ("I3", "2025")}
    assert due["I2", "2025"].late > 0
    files = [SimpleUploadedFile("acta.pdf", PDF), SimpleUploadedFile("lista.csv", b"a;b\n1;2\n")]
    answer = report(browser, "I2", "2025", **{"value:": "12", "attached": files})
    assert (answer.status_code, answer.url) == (302, address("values", "I2"))
    value = Value.objects.get()
    assert (value.value, value.by, value.source) == (12, julia, "Padrón")
    assert {one.file_name for one in value.evidence.all()} == {"acta.pdf", "lista.csv"}
    page = browser.get(address("work"))
    assert [str(one.indicator.item) for one in page.context["page"]] == ["I3"]
    assert [str(row[0].item) for row in page.context["reported"]] == ["I2"]


def test_it_says_all_that_is_wrong_at_once_and_what_she_typed_stays(plan: Small) -> None:
    browser = client_of(plan.reporter())
    reported(plan, 2025, 7, indicator=Indicator.objects.get(item__code="I3"), cell="region=04")
    fields = {"value:": "12.5", "value:region=21": "-3", "value:region=04": "8", "source": "Padrón de Puno"}
    files = [SimpleUploadedFile("acta.pdf", b"<html>"), SimpleUploadedFile("vacio.txt", b"")]
    answer = report(browser, "I3", "2025", **fields, attached=files)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"value:", "value:region=21", "value:region=04", "attached"}
    assert len(answer.context["form"].errors["attached"]) == 2
    for typed in ('value="12.5"', 'value="-3"', 'value="8"', 'value="Padrón de Puno"', 'role="alert"'):
        assert typed in page
    assert (Value.objects.count(), Evidence.objects.count()) == (1, 0)


def test_a_report_of_nothing_is_refused(plan: Small) -> None:
    answer = report(client_of(plan.planner), "I2", "2025")
    assert (answer.status_code, Value.objects.count()) == (422, 0)


@pytest.mark.parametrize(("period", "status"), [("2024", 302), ("2027", 422), ("2025-Q1", 422), ("never", 404)])
def test_a_period_that_does_not_fit_is_refused(plan: Small, period: str, status: int) -> None:
    assert report(client_of(plan.planner), "I2", period, **{"value:": "3"}).status_code == status


def test_a_closed_period_says_so_before_and_after_she_types(plan: Small) -> None:
    browser = client_of(plan.reporter())
    closed(plan, 2025)
    assert browser.get(address("value_new", "I2", period="2025")).context["closed"]
    answer = report(browser, "I2", "2025", **{"value:": "3"})
    assert answer.status_code == 422
    assert "2025 est" in answer.content.decode() or "2025 is closed" in answer.content.decode()
    assert all(str(one.period) != "2025" for one in browser.get(address("work")).context["page"])


def test_she_corrects_a_value_and_reads_the_history(plan: Small) -> None:
    julia = plan.reporter()
    browser, indicator = client_of(julia), Indicator.objects.get(item__code="I2")
    old = reported(plan, 2025, 12, indicator=indicator)
    fields = {"value": "14", "note": "Faltaba un taller", "measured_on": "2026-01-15", "source": "Padrón"}
    files = [SimpleUploadedFile("lista.csv", b"a\n1\n")]
    answer = browser.post(address("value_correct", old.pk), {**fields, "attached": files})
    assert answer.status_code == 302
    new = Value.objects.current().get()
    assert (new.value, new.replaces, new.evidence.count()) == (14, old, 1)
    page = browser.get(address("values", "I2")).content.decode()
    assert "Faltaba un taller" in page
    late = browser.post(address("value_correct", old.pk), {**fields, "value": "15"})
    assert late.status_code == 422
    assert late.context["stands"] == new
    assert 'value="15"' in late.content.decode()


def test_the_grid_shows_each_cell_beside_its_target_with_a_word(plan: Small) -> None:
    indicator = Indicator.objects.get(item__code="I3")
    reported(plan, 2025, 9, indicator=indicator)
    answer = client_of(plan.reader()).get(address("values", "I3", year="2025"))
    total, *regions = answer.context["rows"]
    lights = [square.score.light for square in total.squares if str(square.period) == "2025"]
    assert (total.cell, lights) == ("", ["green"])
    assert [row.cell for row in regions] == ["region=04", "region=21"]
    assert "light-grey" in answer.content.decode()


NODE_PAGES = [("evidence", "1.4"), ("spending", "1.4"), ("evidence", "I1"), ("values", "I1"), ("value_new", "I1")]


@pytest.mark.parametrize(("name", "code"), NODE_PAGES)
def test_what_is_not_her_entitys_does_not_exist_for_her(plan: Small, name: str, code: str) -> None:
    assert client_of(plan.reporter()).get(address(name, code)).status_code == 404
    assert client_of(plan.reporter("Mara", plan.ministry)).get(address(name, code)).status_code == 200


def test_records_of_another_entity_are_not_opened_by_their_key(plan: Small) -> None:
    value, evidence = reported(plan, 2026, 40), shown(plan, plan.indicator.item)
    money = spent(plan, "1.4", 2026, 10)
    browser = client_of(plan.reporter())
    for name, key in {
        "value_correct": value.pk,
        "evidence_file": evidence.pk,
        "evidence_remove": evidence.pk,
        "spending_correct": money.pk,
    }.items():
        assert browser.get(address(name, key)).status_code == 404
    assert not AuditEvent.objects.filter(action="evidence.download").exists()


def test_a_reporter_of_one_region_sees_and_writes_its_cells_alone(plan: Small) -> None:
    indicator = Indicator.objects.get(item__code="I3")
    hers = reported(plan, 2025, 4, indicator=indicator, cell="region=21")
    theirs = reported(plan, 2025, 5, indicator=indicator, cell="region=04")
    total = reported(plan, 2025, 9, indicator=indicator)
    secret = shown(plan, indicator.item, title="De Arequipa", region="04")
    browser = client_of(plan.reporter(region="21"))
    page = browser.get(address("values", "I3", year="2025"))
    assert [row.cell for row in page.context["rows"]] == ["", "region=21"]
    assert {value.pk for value in page.context["page"]} == {hers.pk, total.pk}
    status = {row.pk: browser.get(address("value_correct", row.pk)).status_code for row in (hers, theirs, total)}
    assert status == {hers.pk: 200, theirs.pk: 404, total.pk: 403}
    assert taken(browser, secret) == 404
    assert "De Arequipa" not in browser.get(address("evidence", "I3")).content.decode()
    forged = report(browser, "I3", "2024", **{"value:region=04": "5", "value:": "9"})
    assert (forged.status_code, Value.objects.filter(year=2024).count()) == (422, 0)


def test_she_writes_the_total_of_what_happens_in_her_region_only(plan: Small) -> None:
    browser = client_of(plan.reporter(region="21"))
    assert report(browser, "I2", "2025", **{"value:": "5"}).status_code == 302
    assert [str(one.indicator.item) for one in browser.get(address("work")).context["page"]] == ["I3"]


@pytest.mark.parametrize("code", ["1.3", "1.3.1"])
def test_what_happens_elsewhere_does_not_exist_for_her_nor_what_hangs_under_it(plan: Small, code: str) -> None:
    assert client_of(plan.reporter(region="21")).get(address("spending", code)).status_code == 404
    assert client_of(plan.reporter("Ines", region="04")).get(address("spending", code)).status_code == 200


def test_files_of_one_region_stay_in_it(plan: Small) -> None:
    juana, ines = plan.reporter("Juana", region="21"), plan.reporter("Ines", region="04")
    file = SimpleUploadedFile("acta.pdf", PDF)
    assert client_of(juana).post(address("evidence", "1.1"), {"attached": [file]}).status_code == 302
    evidence = Evidence.objects.get()
    assert evidence.region == "21"
    found = {user: taken(client_of(user), evidence) for user in (juana, ines)}
    assert found == {juana: 200, ines: 404}


def test_the_entity_that_answers_for_an_indicator_reports_it(plan: Small) -> None:
    browser = client_of(plan.reporter())
    assert "I4" in {str(one.indicator.item) for one in browser.get(address("work")).context["coming"]}
    assert report(browser, "I4", "2026", **{"value:": "45"}).status_code == 302
    mara = client_of(plan.reporter("Mara", plan.ministry))
    due = [*mara.get(address("work")).context["page"], *mara.get(address("work")).context["coming"]]
    assert "I4" not in {str(one.indicator.item) for one in due}


def test_a_reader_reads_all_and_changes_nothing(plan: Small) -> None:
    value, evidence = reported(plan, 2026, 40), shown(plan, plan.indicator.item)
    browser = client_of(plan.reader())
    assert browser.get(address("work", entity=str(plan.health.pk))).context["page"].paginator.count == 0
    for name, key in [("value_new", "I1"), ("value_correct", value.pk), ("evidence_remove", evidence.pk)]:
        assert browser.post(address(name, key), {"reason": "x"}).status_code == 403
    assert browser.post(address("spending", "1.1"), {"year": "2026", "amount": "1"}).status_code == 403
    assert browser.post(address("evidence", "1.1"), {}).status_code == 403
    assert taken(browser, evidence) == 200
    assert Spending.objects.count() == 0


def test_somebody_who_reads_everything_and_reports_for_an_entity_does_both(plan: Small) -> None:
    lidia = plan.reader()
    give_seat(plan=plan.plan, user=lidia, role=Role.REPORTER, organisation=plan.health, by=None)
    browser = client_of(User.objects.get(pk=lidia.pk))
    assert browser.get(address("values", "I1")).status_code == 200
    assert browser.get(address("value_new", "I1")).status_code == 403
    assert report(browser, "I2", "2025", **{"value:": "5"}).status_code == 302


@pytest.mark.parametrize("who", [None, "stranger"])
def test_without_a_role_the_plan_does_not_exist(plan: Small, who: str | None) -> None:
    browser = client_of(person("Otra") if who else None)
    for name, more in [("work", []), ("values", ["I1"]), ("evidence", ["I1"]), ("spending", ["1.1"]), ("periods", [])]:
        assert browser.get(address(name, *more)).status_code == (404 if who else 302)


def test_an_administrator_chooses_the_entity(plan: Small) -> None:
    browser = client_of(administrator())
    assert browser.get(address("work")).context["entity"] is None
    answer = browser.get(address("work", entity=str(plan.health.pk)))
    assert {str(one.indicator.item) for one in answer.context["page"]} == {"I2", "I3"}
    assert browser.get(address("work", entity="nobody")).context["entity"] is None


@pytest.mark.parametrize("name", ["work", "values", "evidence_file"])
def test_pages_that_only_show_take_no_post(plan: Small, name: str) -> None:
    more = {"values": ["I1"], "evidence_file": [shown(plan, plan.indicator.item).pk]}.get(name, [])
    assert client_of(plan.planner).post(address(name, *more)).status_code == 405


def test_an_empty_plan_says_so() -> None:
    bare = small(approved=False)
    bare.version.nodes.all().update(parent=None)
    bare.nodes["SO1"].parts.all().delete()
    bare.nodes["1.2"].parts.all().delete()
    answer = client_of(bare.planner).get(address("work"))
    assert (answer.status_code, answer.context["entities"]) == (200, [])


def test_many_indicators_come_in_parts(plan: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PART", 1)
    browser = client_of(plan.reporter())
    parts = [browser.get(address("work", part=str(number))) for number in (1, 2)]
    assert [[str(one.indicator.item) for one in part.context["page"]] for part in parts] == [["I2"], ["I3"]]
    assert "part=2" in parts[0].content.decode()
