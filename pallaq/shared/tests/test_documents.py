"""Documents of blocks: what is printed can be read back with its source, and no text becomes markup."""

from pathlib import Path

from pallaq.shared.documents.blocks import Chart, Figure, Heading, Paper, Paragraph, Table, figures_of, line
from pallaq.shared.documents.comparing import different_files
from pallaq.shared.documents.page import page
from pallaq.shared.documents.pdf import linked, pdf
from pallaq.shared.documents.reading import read

MEN = Figure("b.yes", "estimate", "34 %")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="20"><text y="15">12 %</text></svg>'
SHARE = line(
    Figure("a.yes", "estimate", "12 %"), " (", Figure("a.yes", "low", "10"), "-", Figure("a.yes", "high", "14"), ")"
)


def paper(title: str = "A title", first: str = "Women") -> Paper:
    table = Table("Shares", ("Who", "Share"), (((first,), SHARE), (("Men",), (MEN,))))
    blocks = [
        Heading(1, title),
        Paragraph(("Found: ", MEN)),
        Heading(2, "Shares", "shares"),
    ]
    charts = {"a": {328: SVG, 720: SVG}}
    return Paper(title, "An author", "en", [*blocks, Chart("a", "12 % of women"), table], charts, "DRAFT", "Not final")


def write(folder: Path, made: Paper) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "a.html").write_text(page(made), encoding="utf-8")
    (folder / "a.pdf").write_bytes(pdf(made))
    return folder


def test_every_figure_of_the_page_is_read_back_with_its_id_and_field(tmp_path):
    reading = read(write(tmp_path, paper()) / "a.html")
    assert reading.figures == {
        ("b.yes", "estimate"): ["34 %", "34 %"],
        ("a.yes", "estimate"): ["12 %"],
        ("a.yes", "low"): ["10"],
        ("a.yes", "high"): ["14"],
    }
    assert len(list(figures_of(paper().blocks))) == sum(map(len, reading.figures.values()))


def test_every_figure_of_the_pdf_is_read_back_with_its_id(tmp_path):
    reading = read(write(tmp_path, paper()) / "a.pdf")
    assert reading.figures == {("b.yes", "page 1"): ["34 %", "34 %"], ("a.yes", "page 1"): ["12 % (10-14"]}


def test_neighbouring_figures_of_one_estimate_are_one_link():
    assert linked(SHARE) == [{"id": "a.yes", "text": "12 % (10-14"}, ")"]
    assert len(linked(line(Figure("a", "n", "1"), " / ", Figure("b", "n", "2")))) == 3


def test_no_text_becomes_markup_in_the_page():
    text = page(paper(title="<script>alert(1)</script>", first='"><img src=x onerror=alert(1)>'))
    assert "<script" not in text
    assert "<img" not in text


def test_no_text_becomes_a_command_in_the_pdf(tmp_path):
    made = write(tmp_path, paper(title="#panic() $x$ *b* @a <b>", first='#read("/etc/passwd")'))
    text = " ".join(line for _, line in read(made / "a.pdf").lines)
    assert "#panic() $x$ *b* @a <b>" in text
    assert "#read(" in text


def test_the_stamp_is_on_the_page_and_in_the_pdf(tmp_path):
    folder = write(tmp_path, paper())
    for name in ("a.html", "a.pdf"):
        assert any(text.endswith("DRAFT") for _, text in read(folder / name).lines)


def test_two_writings_of_one_document_do_not_differ(tmp_path):
    assert list(different_files(write(tmp_path / "one", paper()), write(tmp_path / "two", paper()))) == []


def test_a_changed_word_is_named_once_in_each_file(tmp_path):
    found = list(different_files(write(tmp_path / "one", paper(first="Girls")), write(tmp_path / "two", paper())))
    assert {(one.file, one.id) for one in found} == {("a.html", ""), ("a.pdf", "")}
