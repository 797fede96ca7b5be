"""What a measure or a study proposes becomes a value when somebody accepts it, and just what she saw."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import Settings

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import client_of, person
from pallaq.diagnosis.models import Diagnosis, State
from pallaq.following.tests.test_meetings import held
from pallaq.plan.actions.indicators import add_indicator
from pallaq.plan.actions.versions import approve
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import Value
from pallaq.progress.tests.samples import closed
from pallaq.report.tests import documents
from pallaq.study.actions import freeze_release
from pallaq.study.tests.samples import gold, rows
from pallaq.web.measures import BY_NAME, MEASURES

pytestmark = pytest.mark.django_db
HELD, PEOPLE = "progress.meetings_held", "progress.people_at_meetings"


def counting(unit: str = "number", **fields: Any) -> Small:
    """The small plan with an indicator M1 that counts people at meetings by sex and region."""
    made = small(approved=False)
    values = {"title": {"es": "Asistentes"}, "measure": PEOPLE, "disaggregation": ["region", "sex"], **fields}
    made.indicator = add_indicator(node=made.nodes["1.1"], code="M1", unit=unit, by=None, **values)
    made.version = approve(version=made.version, by=made.planner)
    return made


def page(made: Small, user: User | None, query: str = "?indicator=M1&period=2026") -> HttpResponse:
    return client_of(user).get(f"/plans/{made.plan.code}/measures/{query}")


def take(made: Small, user: User, tokens: list[str], query: str = "", **fields: str) -> HttpResponse:
    address = f"/plans/{made.plan.code}/measures/?indicator=M1&period=2026{query}"
    return client_of(user).post(address, {"take": tokens, **fields})


def values() -> dict[str, Decimal]:
    return {value.cell: value.value for value in Value.objects.current()}


def test_a_measure_is_shown_with_its_definition_beside_what_is_recorded() -> None:
    made = counting()
    held(made, "21", women=20, men=15)
    answer = page(made, made.reader())
    found = {row.cell: (row.value, row.recorded) for row in answer.context["rows"]}
    assert found[""] == found["region=21"] == (35, None)
    assert found["region=04"] == (0, None)
    text = answer.content.decode()
    assert str(BY_NAME[PEOPLE].definition)[:20] in text or "Mujeres, hombres" in text
    assert 'name="take"' not in text  # a reader accepts nothing
    assert not Value.objects.exists()


def test_what_is_accepted_is_recorded_with_name_and_definition() -> None:
    made = counting()
    held(made, "21", women=20, men=15)
    assert take(made, made.planner, ["|35", "sex=women|20"], note="De las actas").status_code == 302
    assert values() == {"": 35, "sex=women": 20}
    value = Value.objects.get(cell="")
    assert (value.origin, value.measure, value.note, value.by) == ("measure", PEOPLE, "De las actas", made.planner)
    assert value.definition


def test_few_people_are_not_proposed() -> None:
    made = counting()
    held(made, "21", women=4, men=30)
    rows = {row.cell: row for row in page(made, made.planner).context["rows"]}
    assert rows["sex=women"].value is None
    assert rows["sex=men"].value is None
    assert not rows["sex=women"].can_accept
    assert take(made, made.planner, ["sex=women|4"]).status_code == 409
    assert take(made, made.planner, ["sex=women|None"]).status_code == 409
    assert values() == {}


def test_it_refuses_figures_that_changed_since_they_were_seen() -> None:
    made = counting()
    held(made, "21", women=20, men=15)
    held(made, "21", women=1, men=0)
    assert take(made, made.planner, ["|35"]).status_code == 409
    assert take(made, made.planner, []).status_code == 422
    assert values() == {}


def test_a_figure_that_changed_later_corrects_the_value_with_a_note() -> None:
    made = counting()
    held(made, "21", women=20, men=15)
    take(made, made.planner, ["|35"])
    assert take(made, made.planner, ["|35"]).status_code == 409  # the same is recorded already
    held(made, "04", women=20, men=15)
    assert take(made, made.planner, ["|70"]).status_code == 422
    assert take(made, made.planner, ["|70"], note="Un acta llegó tarde").status_code == 302
    value = Value.objects.current().get()
    assert (value.value, value.origin, value.measure, value.replaces.value) == (70, "measure", PEOPLE, 35)


def test_all_that_was_chosen_or_nothing() -> None:
    made = counting(unit="percentage")
    held(made, "21", women=60, men=61)
    assert take(made, made.planner, ["sex=women|60", "|121"]).status_code == 422
    assert values() == {}


def test_another_measure_can_be_chosen_and_an_unknown_one_is_the_sheets_own() -> None:
    made = counting()
    held(made, "21", women=20, men=15)
    found = page(made, made.planner, f"?indicator=M1&period=2026&source={HELD}")
    assert found.context["rows"][0].value == 1
    assert take(made, made.planner, ["|1"], f"&source={HELD}").status_code == 302
    assert Value.objects.get().measure == HELD
    assert page(made, made.planner, "?indicator=M1&period=2026&source=x").context["asked"].source == PEOPLE


@pytest.mark.parametrize(("period", "status"), [("2026-Q1", 422), ("mañana", 422), ("", 200)])
def test_a_period_of_another_length_is_refused(period: str, status: int) -> None:
    made = counting()
    assert page(made, made.planner, f"?indicator=M1&period={period}").status_code == status


def test_a_closed_period_takes_nothing() -> None:
    made = counting()
    held(made, "21", women=20, men=15)
    closed(made, 2026)
    assert 'name="take"' not in page(made, made.planner).content.decode()
    assert take(made, made.planner, ["|35"]).status_code == 409
    assert values() == {}


def test_a_reporter_accepts_what_is_hers_and_nobody_else_does() -> None:
    made = counting()
    held(made, "21", women=20, men=15)
    assert page(made, made.reporter()).status_code == 404  # Diresa has no part in 1.1
    assert take(made, made.reader(), ["|35"]).status_code == 403
    marta = made.reporter("Marta", made.ministry, "21")
    rows = {row.cell: row for row in page(made, marta).context["rows"]}
    assert "region=04" not in rows
    assert rows["region=21"].can_accept
    assert not rows[""].can_accept
    assert take(made, marta, ["|35"]).status_code == 409
    assert take(made, marta, ["region=21|35"]).status_code == 302
    assert values() == {"region=21": 35}


def test_nothing_is_recorded_if_the_trail_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    made = counting()
    held(made, "21", women=20, men=15)

    def fail(**_facts: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("pallaq.progress.actions.values.record", fail)
    with pytest.raises(RuntimeError):
        take(made, made.planner, ["|35"])
    assert values() == {}


def test_the_table_lists_every_measure_and_the_indicators_that_take_from_one() -> None:
    made = counting()
    answer = page(made, made.planner, "")
    text = answer.content.decode()
    assert all(measure.name in text for measure in MEASURES)
    assert [indicator.item.code for indicator, _measure in answer.context["rows"]] == ["M1"]
    assert page(made, made.reporter(), "").context["rows"] == []


def test_strangers_and_wrong_methods_are_turned_away() -> None:
    made = counting()
    assert page(made, person("Nadie")).status_code == 404
    assert page(made, None).status_code == 302
    assert page(made, made.planner, "?indicator=M9").status_code == 404
    assert client_of(made.planner).put(f"/plans/{made.plan.code}/measures/").status_code == 405
    assert client_of(made.planner).post(f"/plans/{made.plan.code}/measures/").status_code == 403


def studied(public: bool = True) -> Small:
    """The plan with an indicator M1 of the gold study, which has a release that is diagnosed."""
    study = gold(public=True)
    release = freeze_release(study=study, dataset=rows("yes", "no"), file_name="answers.csv", by=None, public=public)
    document = documents.gold().to_dict()
    Diagnosis.objects.create(release=release, state=State.DONE, document=document, made_at=timezone.now())
    sheet = {"study_indicator": "enough_ppe", "study_share": "yes", "measure": "", "disaggregation": ["profile"]}
    made = counting(unit="percentage", **sheet)
    made.plan.study = study
    made.plan.save()
    return made


def test_a_studys_estimate_is_accepted_in_the_same_way(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    made = studied()
    answer = page(made, made.planner)
    assert answer.context["asked"].source == "study"
    found = {row.cell: row for row in answer.context["rows"]}
    assert (found["profile=pallaqueras"].value, found["profile=pallaqueras"].study.n) == (33, 281)
    assert "281" in answer.content.decode()
    token = found["profile=pallaqueras"].token
    assert take(made, made.planner, [token]).status_code == 302
    value = Value.objects.get()
    assert (value.cell, value.value, value.origin, value.n) == ("profile=pallaqueras", 33, "study", 281)
    assert (value.low, value.high) == (29, 37)
    assert value.release.number == 1
    assert value.sha256 == value.release.sha256
    assert value.definition
    assert take(made, made.planner, [token]).status_code == 409  # recorded already


def test_a_release_that_she_may_not_read_proposes_nothing(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    made = studied(public=False)
    answer = page(made, made.planner)
    assert answer.status_code == 200
    assert answer.context["rows"] == []


def test_an_indicators_pages_lead_to_its_figures_and_comments() -> None:
    made = counting()
    figures, said = f"/plans/{made.plan.code}/measures/?indicator=M1", f"/plans/{made.plan.code}/items/M1/comments/"
    for last in ("indicators/M1/", "indicators/M1/values/"):
        text = client_of(made.reader(f"Lidia{len(last)}")).get(f"/plans/{made.plan.code}/{last}").content.decode()
        assert f'href="{figures}"' in text
        assert f'href="{said}"' in text
    node = client_of(made.planner).get(f"/plans/{made.plan.code}/items/1.1/")
    assert "/items/1.1/comments/" in node.content.decode()
    julia = client_of(made.reporter())  # Diresa has no part in 1.1
    assert figures not in julia.get(f"/plans/{made.plan.code}/indicators/M1/").content.decode()
