"""New plans from files: everything or nothing, on the web and from any country."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pallaq.accounts.tests.people import administrator, client_of, person, refused
from pallaq.exchange.loading import load_file, read_plan
from pallaq.exchange.rules.rows import workbook_of
from pallaq.exchange.tests.test_yaml import BOLIVIA, GOLD, HEAD
from pallaq.exchange.workbook import sheets_of
from pallaq.places.models import Organisation
from pallaq.plan.actions.versions import discard_draft
from pallaq.plan.models import Plan
from pallaq.shared.models import AuditEvent
from pallaq.shared.tabular import write_xlsx
from pallaq.study.models import Study

pytestmark = pytest.mark.django_db
IMPORT = "/plans/import/"


def test_a_plan_of_another_country_goes_in_without_code(client: Any) -> None:
    version = load_file(path=BOLIVIA, by=administrator())
    plan = version.plan
    assert (plan.country, plan.currency, plan.starts_on.year if plan.starts_on else None) == ("BO", "BOB", 2026)
    assert (plan.green_from, plan.amber_from, plan.public) == (95, 60, True)
    action = version.nodes.get(item__code="A1")
    assert action.parent is not None
    assert action.parent.item.code == "R1"
    assert (action.budget, action.gender_marker) == (Decimal("150000.50"), 2)
    assert sorted(action.places.values_list("place", flat=True)) == ["BE", "LP"]
    assert sorted(action.parts.values_list("role", flat=True)) == ["funds", "takes_part"]
    assert set(Organisation.objects.values_list("country", flat=True)) == {"BO"}
    indicator = version.indicators.get()
    assert indicator.responsible is not None
    assert [(str(one.period()), one.cell, one.value) for one in indicator.targets.all()] == [
        ("2027-Q1", "", 20),
        ("2027-Q2", "", 30),
        ("2027-Q4", "region=LP", Decimal("40.25")),
    ]
    assert indicator.baselines.get(cell="").origin == "imported"


def test_its_page_shows_it() -> None:
    version = load_file(path=BOLIVIA, by=None)
    page = client_of(administrator()).get(reverse("exchange:files", args=[version.plan.code]))
    assert page.status_code == 200


def test_the_studys_plan_is_loaded_with_its_translation_marked() -> None:
    Study.objects.create(code="women-and-men-of-gold", title={"es": "Mujeres y Hombres de Oro"})
    version = load_file(path=GOLD, by=None)
    assert version.plan.source["translation"] == "ours"
    assert version.nodes.count() == 60
    assert version.plan.study_id == "women-and-men-of-gold"
    assert "Regional" in version.nodes.get(item__code="SO4").note["en"]
    assert Organisation.objects.get(short="CEM").stands_for_many
    assert AuditEvent.objects.filter(action="plan.import", scope=version.plan.scope).count() == 1


def test_a_plan_of_a_study_that_is_not_here_is_refused() -> None:
    with refused("study-unknown"):
        load_file(path=GOLD, by=None)
    assert not Plan.objects.exists()


def test_a_second_plan_of_the_same_code_is_refused() -> None:
    load_file(path=BOLIVIA, by=None)
    with refused("plan-known"):
        load_file(path=BOLIVIA, by=None)


def test_a_file_with_problems_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(HEAD + "        budget: -1\n", encoding="utf-8")
    with refused("problems"):
        load_file(path=path, by=None)
    assert not Plan.objects.exists()
    assert not Organisation.objects.exists()


def test_nothing_is_stored_if_the_audit_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("pallaq.exchange.applying.record", broken)
    with pytest.raises(RuntimeError):
        load_file(path=BOLIVIA, by=None)
    assert not Plan.objects.exists()
    assert not Organisation.objects.exists()


def test_a_workbook_goes_in_as_a_new_plan_too(tmp_path: Path) -> None:
    version = load_file(path=BOLIVIA, by=None)
    sheets = sheets_of(version)
    write_xlsx(tmp_path / "b.xlsx", workbook_of(sheets))
    discard_draft(version=version, by=administrator())
    again = load_file(path=tmp_path / "b.xlsx", by=None)
    assert sheets_of(again) == sheets


def test_circular_parents_of_a_workbook_are_said(tmp_path: Path) -> None:
    sheets = sheets_of(load_file(path=BOLIVIA, by=None))
    for row in sheets["chain"]:
        if row.values["code"] == "OE1":
            row.values["parent"] = "A1"  # type: ignore[index] # a dict behind its read-only face
    write_xlsx(tmp_path / "b.xlsx", workbook_of(sheets))
    problems = read_plan(tmp_path / "b.xlsx")[1]
    assert {problem.code for problem in problems} == {"circular-parent"}
    assert {problem.row for problem in problems} == {3, 4, 5}


def test_an_administrator_imports_a_plan_on_the_web() -> None:
    client = client_of(administrator())
    assert client.get(IMPORT).status_code == 200
    answer = client.post(IMPORT, {"file": SimpleUploadedFile("b.yaml", BOLIVIA.read_bytes())})
    assert answer.status_code == 302
    assert Plan.objects.get().code == "oro-boliviano"


def test_the_web_says_all_that_is_wrong_and_where() -> None:
    text = (HEAD + "        budget: -1\n        places: ['77']\n").encode()
    answer = client_of(administrator()).post(IMPORT, {"file": SimpleUploadedFile("p.yaml", text)})
    assert answer.status_code == 422
    assert "chain: budget" in answer.content.decode()
    assert "places: place" in answer.content.decode()
    assert not Plan.objects.exists()


def test_nobody_else_imports_plans() -> None:
    assert client_of(person()).get(IMPORT).status_code == 403
    assert client_of(None).get(IMPORT).status_code == 302
    assert client_of(administrator()).put(IMPORT).status_code == 405
