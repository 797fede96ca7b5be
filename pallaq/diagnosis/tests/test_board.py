"""The board as values: which rows, which order, where the marks stand."""

from dataclasses import replace

from pallaq.diagnosis.rules.board import Choice, chosen, make_board
from pallaq.report.tests.documents import gold, one_gap


def codes(choice: Choice) -> list[str]:
    return [row.indicator.code for row in chosen(make_board(gold()), gold(), choice)]


def test_it_puts_the_widest_gap_first_in_either_direction() -> None:
    assert codes(Choice()) == ["enough_ppe", "housework", "applied_for_loan"]


def test_it_leaves_out_characteristics_and_what_was_assumed() -> None:
    assert "electricity" not in codes(Choice())


def test_it_has_a_column_for_each_group_against_the_reference_and_none_between_groups() -> None:
    columns = make_board(gold()).columns
    assert [(column.group.code, column.reference.code) for column in columns] == [
        ("pallaqueras", "men"),
        ("women", "men"),
    ]


def test_it_places_marks_and_whiskers_on_the_axis() -> None:
    mark = make_board(gold()).rows[0].marks[0]
    assert (mark.level.code, mark.at, mark.low, mark.high) == ("pallaqueras", "33.0%", "29.0%", "37.0%")


def test_it_labels_on_the_left_only_where_the_right_has_no_room() -> None:
    marks = make_board(gold()).rows[0].marks
    assert [mark.label_first for mark in marks] == [False, False, True]


def test_it_draws_no_mark_for_a_hidden_share() -> None:
    document = gold()
    hidden = replace(document.estimates[2], estimate=None, low=None, high=None, n=None, hidden="primary")
    assert hidden.id == "enough_ppe.yes.profile-pallaqueras"
    estimates = (*document.estimates[:2], hidden, *document.estimates[3:])
    assert not make_board(replace(document, estimates=estimates)).rows[0].marks[0].shown


def test_it_filters_by_kind_and_by_words_without_accents_in_either_language() -> None:
    assert codes(Choice(kind="benefits")) == ["housework"]
    assert codes(Choice(words="DOMESTICO")) == ["housework"]
    assert codes(Choice(words="loan applied")) == ["applied_for_loan"]
    assert codes(Choice(section="nothing")) == []


def test_it_sorts_by_the_order_of_the_study() -> None:
    document = replace(gold(), indicators=tuple(reversed(gold().indicators)))
    rows = chosen(make_board(document), document, Choice(sort="section"))
    assert [row.indicator.code for row in rows] == ["applied_for_loan", "housework", "enough_ppe"]


def test_it_works_for_a_study_of_one_gap_without_regions() -> None:
    assert [row.indicator.code for row in make_board(one_gap()).rows] == ["high_chol"]
