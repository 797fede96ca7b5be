"""The plan and its progress on paper: the answer first, every figure in both forms, and only for whom it is meant."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import docx
import pypdfium2
import pytest
from django.utils import timezone, translation

from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.exchange.papers.plan import plan_paper
from pallaq.exchange.papers.progress import progress_paper
from pallaq.plan.actions.indicators import add_indicator, set_target
from pallaq.plan.models import Plan
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import Agreement
from pallaq.progress.tests.samples import closed, reported, spent
from pallaq.shared.documents.blocks import Figure, Heading, Paper, Paragraph, Table
from pallaq.shared.documents.docx import docx_bytes
from pallaq.shared.documents.pdf import pdf

pytestmark = pytest.mark.django_db
TODAY = date(2027, 3, 1)


def texts(paper: Paper) -> list[str]:
    """Return every text of a paper in its order."""
    found: list[str] = []
    for block in paper.blocks:
        if isinstance(block, Heading):
            found.append(block.text)
        elif isinstance(block, Paragraph):
            found.append(line_text(block.line))
        elif isinstance(block, Table):
            found += [block.caption, *block.heads]
            found += [line_text(cell) for row in block.rows for cell in row]
    return found


def line_text(line: tuple[str | Figure, ...]) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in line)


def table(paper: Paper, begins: str) -> list[list[str]]:
    """Return the rows of the table whose caption begins so."""
    found = next(one for one in paper.blocks if isinstance(one, Table) and one.caption.startswith(begins))
    return [[line_text(cell) for cell in row] for row in found.rows]


def progress(made: Small, year: int = 2026, quarter: int = 0) -> Paper:
    """Return the progress of the small plan in English."""
    version = made.plan.approved()
    assert version
    with translation.override("en"):
        return progress_paper(version, Period(year, quarter), TODAY)


def agreed(made: Small, words: str, due_on: date, done_on: date | None = None) -> None:
    """Make an agreement of the small plan."""
    done = {"done_on": done_on, "done_by": made.planner if done_on else None}
    Agreement.objects.create(
        plan=made.plan, words=words, responsible=made.health, due_on=due_on, made_by=made.planner, **done
    )


def plan_in_english(made: Small) -> Paper:
    """Return the small plan on paper."""
    version = made.plan.shown()
    assert version
    with translation.override("en"):
        return plan_paper(version)


def test_the_plan_says_first_how_much_it_holds():
    paper = plan_in_english(small())
    lead = next(one for one in paper.blocks if isinstance(one, Paragraph) and one.kind == "lead")
    said = "1 objective, 1 result, 2 actions, indicators: 1 (1 with baseline and target), 1,000.00\xa0PEN planned."
    assert line_text(lead.line) == said


def test_the_plan_prints_the_chain_who_where_and_what_is_measured():
    paper = plan_in_english(small())
    assert paper.stamp == ""
    rows = table(paper, "R1 R1 in English")
    assert rows[0] == ["1.1 1.1 in English", "–", "–", "1,000.00\xa0PEN"]
    assert rows[1][1:] == ["Diresa Puno", "Puno", "–"]
    assert rows[2][0] == "1.2.1 1.2.1 in English"
    assert "Responsible: Ministerio de Energía y Minas." in texts(paper)
    assert table(paper, "Indicators of SO1") == [
        ["I1 Selectors with equipment", "–", "2025: 33\xa0%", "2026: 40\xa0%; 2027: 60\xa0%"]
    ]


def test_a_draft_is_stamped_and_a_plan_in_spanish_is_in_spanish():
    version = small(approved=False).version
    with translation.override("es-pe"):
        paper = plan_paper(version)
    assert paper.stamp
    assert paper.language == "es"
    assert paper.title == "Plan pequeño"
    assert any("1.1 en castellano" in text for text in texts(paper))


def test_progress_answers_first_and_gives_each_indicator_its_way():
    made = small()
    reported(made, 2026, 39, n=281, low=35, high=43, source="Encuesta")
    paper = progress(made)
    lead = next(one for one in paper.blocks if isinstance(one, Paragraph) and one.kind == "lead")
    assert line_text(lead.line) == "0 of 1 indicators with a target are on track."
    (row,) = table(paper, "Indicators: 1 close")
    assert row == [
        *("I1 Selectors with equipment", "Encuesta, n\xa0=\xa0281", "2025: 33\xa0%", "2026: 40\xa0%"),
        *("39\xa0% (35-43)", "86\xa0%", "close"),
    ]


def test_no_data_is_said_in_words_and_never_zero():
    made = small()
    reported(made, 2026, 39)
    (row,) = table(progress(made, 2027), "Indicators: 1 no data")
    assert row[4:] == ["–", "–", "no data for 2027; last known: 2026"]


def test_a_value_of_few_people_is_not_printed():
    made = small()
    reported(made, 2026, 39, n=9, source="Encuesta")
    (row,) = table(progress(made), "Indicators:")
    assert row[1:2] + row[4:] == ["Encuesta", "fewer than 10 people", "–", "–"]  # compliance would tell it


def test_money_is_of_the_period_and_of_all_until_then_exactly():
    made = small()
    spent(made, "1.1", 2025, Decimal("100.10"))
    spent(made, "1.2.1", 2026, Decimal("0.20"), quarter=3)
    spent(made, "1.1", 2027, Decimal("999"))
    reported(made, 2026, 39)
    (row,) = table(progress(made), "How each objective")
    assert row[2:] == ["1,000.00\xa0PEN", "0.20\xa0PEN", "100.30\xa0PEN"]
    (row,) = table(progress(made, 2026, 2), "How each objective")
    assert row[3:] == ["–", "100.10\xa0PEN"]


def test_agreements_kept_and_what_is_late_are_told():
    made = small()
    assert "No agreement was due in this period." in texts(progress(made))
    agreed(made, "Publish the registry", date(2026, 5, 1), date(2026, 4, 1))
    agreed(made, "Train the staff", date(2026, 6, 1))
    found = progress(made)
    assert "1 of 2 agreements due in this period were kept." in texts(found)
    assert [row[3] for row in table(found, "Agreements due")] == ["done on 01/04/2026", "late"]
    assert "Train the staff" in [row[0] for row in table(found, "The longest late")]
    assert [row[0] for row in table(found, "Late, by entity")] == ["Diresa Puno", "Ministerio de Energía y Minas"][
        : len(table(found, "Late, by entity"))
    ]


def test_a_closed_period_says_so():
    made = small()
    assert any("The period is open" in text for text in texts(progress(made)))
    closed(made, 2026)
    assert any("The period is closed" in text for text in texts(progress(made)))


@pytest.mark.parametrize("kind", ["plan", "progress"])
def test_docx_and_pdf_hold_every_text_of_the_paper(kind):
    made = small()
    reported(made, 2026, 39, n=281, low=35, high=43, source="Encuesta")
    agreed(made, "Train the staff", date(2026, 6, 1))
    paper = progress(made) if kind == "progress" else plan_in_english(made)
    document = docx.Document(BytesIO(docx_bytes(paper)))
    held = [one.text for one in document.paragraphs]
    held += [cell.text for one in document.tables for row in one.rows for cell in row.cells]
    assert not [text for text in texts(paper) if text not in held]
    with translation.override("en"):
        pages = pypdfium2.PdfDocument(pdf(paper))
    printed = "".join(page.get_textpage().get_text_range() for page in pages)
    squeezed = "".join(printed.replace("\ufffe", "").split())
    lost = [text for text in texts(paper) if "".join(text.split()) not in squeezed]
    assert all("-" in text or len(text) > 15 for text in lost), lost  # what a line end broke
    assert "Where each figure comes from" not in printed


def test_targets_of_many_periods_are_told_by_year():
    made = small(approved=False)
    indicator = add_indicator(
        node=made.nodes["R1"], code="I2", title={"es": "I2"}, unit="number", frequency="quarterly", by=None
    )
    for year in (2026, 2027, 2028, 2029):
        for quarter in (1, 2, 3, 4):
            set_target(indicator=indicator, period=Period(year, quarter), value=Decimal(year + quarter), by=None)
    row = next(row for row in table(plan_in_english(made), "Indicators of") if row[0].startswith("I2"))
    assert row[3] == "2026-Q4: 2,030; 2027-Q4: 2,031; 2028-Q4: 2,032; 2029-Q4: 2,033"


def test_a_plan_of_very_many_targets_is_told_in_totals_and_says_so(monkeypatch):
    made = small(approved=False)
    set_target(indicator=made.indicator, cell="region=21", period=Period(2026), value=Decimal(77), by=None)
    assert any("77" in text for text in texts(plan_in_english(made)))
    monkeypatch.setattr("pallaq.exchange.papers.plan.MOST_TARGETS_READ", 2)
    told = texts(plan_in_english(made))
    assert not any("77" in text for text in told)
    assert any("the workbook holds them all" in text for text in told)


def test_the_plan_goes_to_its_people_and_a_public_one_to_anybody():
    made = small()
    for form in ("pdf", "docx"):
        address = f"/plans/small/plan.{form}"
        answer = client_of(None).get(address)
        assert answer.status_code == 200
        assert f'filename="small-es.{form}"' in answer["Content-Disposition"]
    Plan.objects.update(public=False)
    allowed = [made.planner, made.reader(), made.reporter(), administrator()]
    assert {client_of(one).get(address).status_code for one in allowed} == {200}
    assert {client_of(one).get(address).status_code for one in (None, person("Nadie"))} == {404}
    assert client_of(made.planner).post(address).status_code == 405


def test_a_first_draft_is_printed_for_planners_only():
    made = small(approved=False)
    assert client_of(made.planner).get("/plans/small/plan.pdf").status_code == 200
    assert {client_of(one).get("/plans/small/plan.pdf").status_code for one in (None, made.reader())} == {404}


def test_progress_goes_to_who_sees_every_entity():
    made = small()
    address = "/plans/small/progress.pdf?period=2026"
    for one in (made.planner, made.reader(), administrator()):
        answer = client_of(one).get(address)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert 'filename="small-2026-es.pdf"' in answer["Content-Disposition"]
    assert client_of(made.reporter()).get(address).status_code == 403
    assert client_of(person("Nadie")).get(address).status_code == 404
    assert client_of(None).get(address).status_code == 302
    assert client_of(made.planner).post(address).status_code == 405


def test_a_period_that_is_none_is_refused_in_words():
    made = small()
    answer = client_of(made.planner).get("/plans/small/progress.docx?period=soon")
    assert answer.status_code == 404
    assert "soon" in answer.content.decode()


def test_without_a_period_it_is_the_last_year_that_ended():
    made = small()
    Plan.objects.update(starts_on=timezone.localdate() - timedelta(days=900))
    answer = client_of(made.planner).get("/plans/small/progress.docx")
    assert f"small-{timezone.localdate().year - 1}-es.docx" in answer["Content-Disposition"]
