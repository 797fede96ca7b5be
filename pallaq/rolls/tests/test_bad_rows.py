"""Rows that cannot go in: all of them told with words, none of them lost, each correctable."""

from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from django.utils.translation import override

from pallaq.accounts.tests.people import refused
from pallaq.registry.models import IdentifierKind, Person, State
from pallaq.registry.tests.samples import desks
from pallaq.rolls.actions.bringing import name_columns
from pallaq.rolls.actions.mending import content_of, mend_row
from pallaq.rolls.actions.working import check_roll
from pallaq.rolls.models import RollRow, RollState
from pallaq.rolls.rules.words import KINDS, WORDS, said
from pallaq.rolls.tests.lists import HEADER, brought, codes, csv_list, imported, line, xlsx_list
from pallaq.shared.errors import Problems

pytestmark = pytest.mark.django_db
TOMORROW = (timezone.localdate() + timedelta(days=1)).strftime("%d/%m/%Y")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": "4012345"}, "document-shape"),
        ({"document": "=B2"}, "formula"),
        ({"document": "", "number": ""}, "nothing-to-know-her-by"),
        ({"born": TOMORROW}, "birth-in-future"),
        ({"born": "01/01/1890"}, "birth-too-long-ago"),
        ({"born": "30/02/1980"}, "date-unreadable"),
        ({"born": "1981"}, "date-unreadable"),
        ({"place": "999999"}, "ubigeo-unknown"),
        ({"place": ""}, "place-missing"),
        ({"place": "040309"}, "other-region"),
        ({"place": "210101"}, "scheme-elsewhere"),
        ({"sex": "Z"}, "sex-unknown"),
        ({"state": "Quién sabe"}, "state-unknown"),
        ({"state": "#REF!"}, "error-value"),
        ({"since": TOMORROW}, "since-in-future"),
        ({"paternal": "", "maternal": ""}, "names-missing"),
        ({"names": "A" * 101}, "too-long"),
    ],
)
def test_it_says_what_is_wrong_and_what_to_do(changes: dict[str, str], code: str) -> None:
    made = desks()
    roll = brought(csv_list(line(1, **changes), line(2)), made.officer)
    assert codes(roll) == {2: [code]}
    assert roll.counts["checked"] == {"created": 1, "joined": 0, "changed": 0, "same": 0, "bad": 1}
    row = roll.bad_rows.get()
    kinds = {kind.code: kind for kind in IdentifierKind.objects.all()}
    with override("en"):
        words = [said(one, dict(State.choices), kinds) for one in content_of(row)["wrong"]]
    assert all(words)
    assert "%(" not in " ".join(words)
    assert "4012345" not in " ".join(words)


def test_every_problem_has_long_and_short_words() -> None:
    assert WORDS.keys() == KINDS.keys()


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    made = desks()
    roll = brought(csv_list(line(1, document="1", born="x", place="0", sex="Z")), made.officer)
    assert codes(roll) == {2: ["document-shape", "sex-unknown", "date-unreadable", "ubigeo-unknown"]}


def test_half_bad_rows_leave_the_good_ones_in_and_the_bad_ones_kept_encrypted() -> None:
    made = desks()
    lines = [line(number, **({"document": "1"} if number % 2 else {})) for number in range(1, 21)]
    roll = imported(csv_list(*lines), made.officer)
    assert roll.counts["imported"] == {"created": 10, "joined": 0, "changed": 0, "same": 0, "bad": 10}
    assert Person.objects.count() == 10
    assert sorted(codes(roll)) == list(range(2, 22, 2))
    stored = RollRow.objects.extra(select={"raw": "content"}).values_list("raw", flat=True)[0]
    assert b"MAMANI" not in bytes(stored)


def test_formulas_of_a_workbook_are_refused_cell_by_cell() -> None:
    made = desks()
    roll = imported(xlsx_list(line(1, names="=A1&B1"), line(2)), made.officer, name="padron.xlsx")
    assert codes(roll) == {2: ["formula"]}
    assert Person.objects.count() == 1


def test_a_row_with_a_separator_too_many_is_an_error_of_the_row() -> None:
    made = desks()
    roll = brought(csv_list([*line(1), "x"], line(2)), made.officer)
    assert codes(roll) == {2: ["ragged"]}


def test_a_corrected_row_goes_in_once() -> None:
    made = desks()
    roll = imported(csv_list(line(1, document="4000001"), line(2)), made.officer)
    row = mend_row(row=roll.bad_rows.get(), cells={"document": "40000001"}, by=made.officer)
    assert (row.content, row.mended_by) == ("", made.officer)
    assert roll.entries.filter(row=2, outcome="created").count() == 1
    with refused("row-mended"):
        mend_row(row=row, cells={"document": "40000001"}, by=made.officer)
    assert Person.objects.count() == 2


def test_a_row_that_is_still_wrong_keeps_what_was_typed() -> None:
    made = desks()
    roll = imported(csv_list(line(1, document="1", born="x")), made.officer)
    row = mend_row(row=roll.bad_rows.get(), cells={"document": "40000001"}, by=made.officer)
    assert (row.codes, row.mended_at) == (["date-unreadable"], None)
    assert content_of(row)["cells"]["document"] == "40000001"


def test_nothing_goes_in_if_the_audit_of_a_correction_fails() -> None:
    made = desks()
    roll = imported(csv_list(line(1, document="1")), made.officer)
    with patch("pallaq.rolls.actions.mending.record", side_effect=OSError), pytest.raises(OSError):
        mend_row(row=roll.bad_rows.get(), cells={"document": "40000001"}, by=made.officer)
    assert not Person.objects.exists()
    assert codes(roll)


def test_a_row_corrected_before_the_import_is_passed_over_by_it() -> None:
    made = desks()
    data = csv_list(line(1, document="1"), line(2))
    roll = brought(data, made.officer)
    mend_row(row=roll.bad_rows.get(), cells={"document": "40000001"}, by=made.officer)
    name_columns(roll=roll, fields=roll.fields, codes="inei", states={}, by=made.officer)
    check_roll(roll)
    roll.refresh_from_db()
    assert (roll.state, roll.counts["checked"]["created"]) == (RollState.CHECKED, 1)


def test_the_corrected_list_again_recognises_what_is_in() -> None:
    made = desks()
    imported(csv_list(line(1, born="x"), line(2)), made.officer)
    again = imported(csv_list(line(1), line(2)), made.officer)
    assert (again.counts["imported"]["created"], again.counts["imported"]["same"]) == (1, 1)


def test_codes_of_reniec_are_converted_at_the_border() -> None:
    made = desks()
    header = [*HEADER[:6], "Ubigeo RENIEC", *HEADER[7:]]
    roll = imported(csv_list(line(1, place="201104"), header=header), made.officer)
    assert (roll.codes, Person.objects.get().place) == ("reniec", "211002")


def test_districts_are_known_by_their_names() -> None:
    made = desks()
    header = ["DNI", "Apellidos y nombres", "Departamento", "Provincia", "Distrito"]
    lines = [
        ["40000001", "DE LA CRUZ MAMANI, JUANA ROSA", "PUNO", "SAN ANTONIO DE PUTINA", "ANANEA"],
        ["40000002", "QUISPE CONDORI MARÍA", "", "", "Ananea"],
        ["40000003", "QUISPE CONDORI MARÍA", "", "", "Atlántida"],
        ["40000004", "QUISPE", "", "", "Ananea"],
    ]
    roll = imported(csv_list(*lines, header=header), made.officer)
    assert codes(roll) == {4: ["district-unknown"], 5: ["names-unclear"]}
    names = [
        (one.paternal_surname, one.maternal_surname, one.given_names) for one in Person.objects.order_by("name_key")
    ]
    assert names == [("De la Cruz", "Mamani", "Juana Rosa"), ("Quispe", "Condori", "María")]


def test_words_for_states_are_told_and_can_be_said() -> None:
    made = desks()
    roll = brought(csv_list(line(1, state="EMPADRONADA"), line(2), line(3)), made.officer)
    assert roll.words == {"vigente": 2, "empadronada": 1}
    assert codes(roll) == {2: ["state-unknown"]}
    states = {"empadronada": "registered"}
    name_columns(roll=roll, fields=roll.fields, codes="inei", states=states, by=made.officer)
    check_roll(roll)
    roll.refresh_from_db()
    assert (roll.counts["checked"]["created"], codes(roll)) == (3, {})


def test_a_column_that_holds_no_states_leaves_no_word_behind() -> None:
    made = desks()
    roll = brought(csv_list(*[line(n, state=f"MAMANI {n}") for n in range(1, 4)]), made.officer)
    assert roll.words == {}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (csv_list(line(1, names="ÑATA")).decode().encode("cp1252"), "encoding"),
        (csv_list(line(1)).decode().encode("utf-16"), "encoding"),
        (b"", "empty"),
        (b'DNI,Nombres\n"1,x', "broken-quotes"),
        (b"DNI,DNI\n1,2", "duplicate-column"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(data: bytes, code: str) -> None:
    made = desks()
    with pytest.raises(Problems) as caught:
        brought(data, made.officer)
    assert code == "empty" or caught.value.problems[0].code == code


def test_columns_that_are_not_understood_are_asked_for() -> None:
    made = desks()
    roll = brought(csv_list(["1", "2"], header=["A", "B"]), made.officer)
    assert roll.state == RollState.MAPPING
    with refused("columns-missing"):
        name_columns(roll=roll, fields={"document": 0}, codes="inei", states={}, by=made.officer)


def test_a_list_of_tomorrow_or_of_a_scheme_not_yet_in_force_is_refused() -> None:
    made = desks()
    with refused("roll-future"):
        brought(csv_list(line(1)), made.officer, issued_on=timezone.localdate() + timedelta(days=1))
    with refused("scheme-not-in-force"):
        brought(csv_list(line(1)), made.officer, issued_on=date(2015, 1, 1))


def test_nothing_is_kept_if_the_audit_of_a_list_fails() -> None:
    made = desks()
    with patch("pallaq.rolls.actions.bringing.record", side_effect=OSError), pytest.raises(OSError):
        brought(csv_list(line(1)), made.officer)


def test_a_file_that_was_altered_is_not_read() -> None:
    made = desks()
    roll = brought(csv_list(line(1)), made.officer)
    path = roll.path("rows")
    path.write_bytes(path.read_bytes()[:-60])
    name_columns(roll=roll, fields=roll.fields, codes="inei", states={}, by=made.officer)
    check_roll(roll)
    roll.refresh_from_db()
    assert roll.state == RollState.FAILED
    assert roll.failure
