"""A plan goes out as a workbook and comes back edited: by whom, with what, and against whose edits."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from openpyxl import Workbook, load_workbook

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import client_of, person
from pallaq.plan.actions.indicators import set_target
from pallaq.plan.actions.nodes import edit_node
from pallaq.plan.actions.versions import open_amendment
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import CODE, Small, small
from pallaq.progress.actions.values import record_value
from pallaq.progress.models import ClosedPeriod, Value

pytestmark = pytest.mark.django_db
HERE = f"/plans/{CODE}/workbook"
Edit = Callable[[Workbook], None]


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def taken(client: Client, edit: Edit | None = None) -> bytes:
    """Return the plan's workbook, edited."""
    answer = client.get(f"{HERE}.xlsx")
    assert answer.status_code == 200
    book = load_workbook(BytesIO(answer.content))
    if edit:
        edit(book)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def brought(client: Client, content: bytes, name: str = "plan.xlsx") -> HttpResponse:
    """Bring a workbook, and follow to what it changes."""
    return client.post(f"{HERE}/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def cell(book: Workbook, sheet: str, key: tuple[Any, ...], column: str) -> Any:
    """Return the cell of a row and column, by what stands in the row's first cells."""
    rows = list(book[sheet].iter_rows())
    at = [one.value for one in rows[0]].index(column)
    return next(row[at] for row in rows[1:] if tuple(one.value for one in row[: len(key)]) == key)


def set_cell(sheet: str, key: tuple[Any, ...], column: str, value: Any) -> Edit:
    """Return the edit that writes one cell."""

    def edit(book: Workbook) -> None:
        cell(book, sheet, key, column).value = value

    return edit


def decide(client: Client, page: HttpResponse, **choices: str) -> HttpResponse:
    """Make the changes that a page shows; `choices` may hold `mine` or `theirs` for all conflicts, and a reason."""
    form = page.context["form"]  # type: ignore[attr-defined] # the test client's answer has it
    answers = {"seen": form["seen"].value(), "reason": choices.get("reason", "")}
    names = [change.name for change, _field in page.context["conflicts"]]  # type: ignore[attr-defined] # likewise
    answers |= dict.fromkeys(names, choices["all"]) if "all" in choices else {}
    return client.post(page.request["PATH_INFO"], answers)  # type: ignore[attr-defined,return-value] # likewise


def values_of(plan: Small) -> list[tuple[str, Decimal]]:
    """Return the targets of the newest version."""
    version = plan.plan.draft() or plan.plan.approved()
    assert version is not None
    return [(str(one.period()), one.value) for one in version.indicators.get().targets.all()]


def test_a_workbook_brought_back_as_it_was_changes_nothing() -> None:
    client = client_of(small().planner)
    page = brought(client, taken(client))
    assert page.context["shown"].changes == []  # type: ignore[attr-defined] # the test client's answer has it


def test_edits_go_into_an_amendment_with_its_reason() -> None:
    plan = small()
    client = client_of(plan.planner)

    def edit(book: Workbook) -> None:
        cell(book, "targets", ("I1", None, "2027"), "value").value = 65.5
        cell(book, "chain", ("1.1",), "title_es").value = "Otro título"
        cell(book, "chain", ("1.1",), "ends_on").value = date(2028, 6, 30)
        book["targets"].append(["I1", "profile=pallaqueras", "2028", 70])
        book["organisations"].append(["Agencia nueva", "", "service"])
        book["parts"].append(["1.2", "Agencia nueva", "funds"])
        book["places"].append(["1.2", "211002"])
        book["chain"].append(["1.3", "action", "R1", 3, "Nueva acción"])

    page = brought(client, taken(client, edit))
    assert page.status_code == 200
    assert "Nueva acción" in page.content.decode()
    assert decide(client, page).status_code == 200  # no reason
    assert plan.plan.draft() is None
    assert decide(client, page, reason="Más ambición").status_code == 302
    draft = plan.plan.draft()
    assert draft is not None
    assert draft.reason == "Más ambición"
    assert values_of(plan) == [("2026", 40), ("2027", Decimal("65.5")), ("2028", 70)]
    node = draft.nodes.get(item__code="1.1")
    assert (node.title["es"], node.ends_on) == ("Otro título", date(2028, 6, 30))
    node = draft.nodes.get(item__code="1.2")
    assert {(str(part.organisation), part.role) for part in node.parts.all()} == {
        ("Diresa Puno", "takes_part"),
        ("Agencia nueva", "funds"),
    }
    assert set(node.places.values_list("place", flat=True)) == {"21", "211002"}
    assert draft.nodes.filter(item__code="1.3").exists()
    approved = plan.plan.approved()
    assert approved is not None
    assert approved.nodes.get(item__code="1.1").title["es"] == "1.1 en castellano"


def test_removed_rows_are_removed_and_what_others_added_stays() -> None:
    plan = small(approved=False)
    client = client_of(plan.planner)

    def edit(book: Workbook) -> None:
        for sheet, row in (("targets", 3), ("places", 2), ("baselines", 2)):
            book[sheet].delete_rows(row)
        book["chain"].delete_rows(7)
        assert cell(book, "chain", ("1.2",), "code").value == "1.2"

    content = taken(client, edit)
    set_target(indicator=plan.indicator, period=Period(2029), value=Decimal(80), by=None)
    assert decide(client, brought(client, content)).status_code == 302
    assert values_of(plan) == [("2026", 40), ("2029", 80)]
    assert not plan.nodes["1.2"].places.exists()
    assert not plan.indicator.baselines.exists()
    assert not plan.version.nodes.filter(item__code="1.2.1").exists()


@pytest.mark.parametrize(("choice", "value"), [("mine", 65), ("theirs", 62)])
def test_a_row_that_two_edited_is_shown_side_by_side_and_she_chooses(choice: str, value: int) -> None:
    plan = small(approved=False)
    client = client_of(plan.planner)
    content = taken(client, set_cell("targets", ("I1", None, "2027"), "value", 65))
    set_target(indicator=plan.indicator, period=Period(2027), value=Decimal(62), by=None)
    page = brought(client, content)
    change, _field = page.context["conflicts"][0]  # type: ignore[attr-defined] # the test client's answer has it
    assert change.fields() == [("value", "62", "65")]
    assert decide(client, page).status_code == 200  # she has not chosen
    assert values_of(plan) == [("2026", 40), ("2027", 62)]
    assert decide(client, page, all=choice).status_code == 302
    assert values_of(plan) == [("2026", 40), ("2027", value)]


def test_a_workbook_given_out_before_an_amendment_comes_back_after_it() -> None:
    plan = small()
    client = client_of(plan.planner)
    content = taken(client, set_cell("chain", ("1.1",), "budget", 2000))
    draft = open_amendment(plan=plan.plan, reason="Otra", by=plan.planner)
    node = draft.nodes.get(item__code="1.1")
    edit_node(node=node, edition=node.edition, by=plan.planner, budget=Decimal(1500))
    page = brought(client, content)
    assert len(page.context["conflicts"]) == 1  # type: ignore[attr-defined] # the test client's answer has it
    assert decide(client, page, all="mine").status_code == 302
    assert draft.nodes.get(item__code="1.1").budget == 2000


def test_what_somebody_changes_while_she_looks_is_not_overwritten() -> None:
    plan = small(approved=False)
    client = client_of(plan.planner)
    page = brought(client, taken(client, set_cell("targets", ("I1", None, "2027"), "value", 65)))
    set_target(indicator=plan.indicator, period=Period(2027), value=Decimal(62), by=None)
    assert decide(client, page).status_code in (200, 409)
    assert values_of(plan) == [("2026", 40), ("2027", 62)]


def test_all_that_is_wrong_is_said_with_row_and_column_and_nothing_is_kept(tmp_path: Path) -> None:
    plan = small()
    client = client_of(plan.planner)

    def edit(book: Workbook) -> None:
        cell(book, "targets", ("I1", None, "2027"), "value").value = 140
        cell(book, "chain", ("1.1",), "budget").value = "mucho"
        cell(book, "chain", ("1.2",), "parent").value = "SO1"
        cell(book, "indicators", ("I1",), "unit").value = "kilos"
        book["nueva"].append(["x"]) if "nueva" in book else book.create_sheet("nueva").append(["x"])

    answer = brought(client, taken(client, edit))
    assert answer.status_code == 422
    page = answer.content.decode()
    for words in ("chain: budget", "indicators: unit", "nueva"):
        assert words in page
    answer = brought(client, taken(client, set_cell("targets", ("I1", None, "2027"), "value", 140)))
    assert "targets: value" in answer.content.decode()
    answer = brought(client, taken(client, set_cell("chain", ("1.2",), "parent", "SO1")))
    assert "chain: parent" in answer.content.decode()
    assert not list((tmp_path / "waiting-plans").glob("*"))


def test_a_formula_in_a_cell_is_no_value() -> None:
    client = client_of(small().planner)
    answer = brought(client, taken(client, set_cell("targets", ("I1", None, "2027"), "value", "=1+1")))
    assert answer.status_code == 422


def test_values_are_recorded_and_corrected_without_an_amendment() -> None:
    plan = small()
    client = client_of(plan.planner)
    record_value(
        indicator=plan.indicator, period=Period(2024), value=Decimal(30), measured_on=date(2024, 12, 31), by=None
    )

    def edit(book: Workbook) -> None:
        cell(book, "values", ("I1", None, "2024"), "value").value = 31
        book["values"].append(["I1", "profile=pallaqueras", "2025", 35, date(2025, 6, 30), "Informe"])

    page = brought(client, taken(client, edit))
    assert decide(client, page).status_code == 302
    assert plan.plan.draft() is None
    now = {(one.year, one.cell): one for one in Value.objects.current()}
    assert now[2024, ""].value == 31
    assert now[2024, ""].replaces is not None
    assert "plan.xlsx" in now[2024, ""].note
    assert (now[2025, "profile=pallaqueras"].source, now[2025, "profile=pallaqueras"].origin) == ("Informe", "imported")


def test_a_closed_period_refuses_and_nothing_is_saved() -> None:
    plan = small()
    client = client_of(plan.planner)
    ClosedPeriod.objects.create(plan=plan.plan, year=2025, closed_by=plan.planner)

    def edit(book: Workbook) -> None:
        book["values"].append(["I1", None, "2025", 35])
        book["values"].append(["I1", None, "2024", 34])

    answer = decide(client, brought(client, taken(client, edit)))
    assert answer.status_code == 422
    assert not Value.objects.exists()


def test_reported_values_are_not_removed() -> None:
    plan = small()
    client = client_of(plan.planner)
    record_value(indicator=plan.indicator, period=Period(2024), value=Decimal(3), measured_on=date(2025, 1, 1), by=None)
    page = brought(client, taken(client, lambda book: book["values"].delete_rows(2)))
    assert decide(client, page).status_code == 422
    assert Value.objects.current().count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.xlsx", b"no workbook at all"),
        ("plan.xlsx", b"PK\x03\x04 broken"),
        ("plan.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")),
        ("plan.xls", b"\xd0\xcf\x11\xe0 old"),
        ("plan.csv", b"code,title\n1,2\n"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name: str, content: bytes) -> None:
    client = client_of(small().planner)
    assert brought(client, content, name).status_code == 422


def test_the_workbook_of_another_plan_or_without_its_edition_is_refused() -> None:
    client = client_of(small().planner)
    for edit in (
        set_cell("plan", (CODE,), "code", "otro"),
        lambda book: book.remove(book["edition"]),
        lambda book: book["targets"].delete_cols(4),
        set_cell("edition", ("chain",), "key", "roto"),
    ):
        assert brought(client, taken(client, edit)).status_code == 422


def test_text_that_a_spreadsheet_would_run_goes_out_as_text() -> None:
    plan = small(approved=False)
    node = plan.nodes["1.1"]
    edit_node(node=node, edition=1, by=plan.planner, title={"es": "=HYPERLINK(1)", "en": "+1"})
    answer = client_of(plan.planner).get(f"{HERE}.xlsx")
    book = load_workbook(BytesIO(answer.content))
    assert cell(book, "chain", ("1.1",), "title_es").data_type == "s"


def test_a_workbook_waits_for_whoever_brought_it_alone() -> None:
    plan = small(approved=False)
    client, edit = client_of(plan.planner), set_cell("targets", ("I1", None, "2027"), "value", 65)
    page = brought(client, taken(client, edit))
    address = page.request["PATH_INFO"]  # type: ignore[attr-defined] # the test client's answer has it
    other = person("Otra", is_administrator=True)
    assert client_of(other).get(address).status_code == 404
    assert client.get(f"{address}discard/").status_code == 405
    assert client.post(f"{address}discard/").status_code == 302
    assert client.get(address).status_code == 404
    assert values_of(plan) == [("2026", 40), ("2027", 60)]


def test_who_may_take_and_bring_workbooks() -> None:
    plan = small()
    people: list[tuple[User | None, int, int]] = [
        (None, 302, 302),
        (person("Nadie"), 404, 404),
        (plan.reporter(), 403, 403),
        (plan.reader(), 200, 403),
        (plan.planner, 200, 200),
        (person("Adela", is_administrator=True), 200, 200),
    ]
    for user, take, bring in people:
        client = client_of(user)
        assert client.get(f"{HERE}.xlsx").status_code == take, user
        assert client.get(f"/plans/{CODE}/plan.yaml").status_code == take, user
        assert client.get(f"{HERE}/").status_code == bring, user
    assert client_of(plan.planner).post(f"{HERE}.xlsx").status_code == 405
    assert client_of(plan.reporter("Rita")).get(f"/plans/{CODE}/files/").status_code == 200


def test_nothing_is_saved_if_the_audit_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = small(approved=False)
    client = client_of(plan.planner)
    page = brought(client, taken(client, set_cell("targets", ("I1", None, "2027"), "value", 65)))

    def broken(**_facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("pallaq.exchange.applying.record", broken)
    with pytest.raises(RuntimeError):
        decide(client, page)
    assert values_of(plan) == [("2026", 40), ("2027", 60)]
