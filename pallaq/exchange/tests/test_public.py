"""The public page: totals for anybody, nothing of few people, no names; and who publishes the plan."""

import gzip
from decimal import Decimal

import pytest

from pallaq.accounts.tests.people import administrator, client_of, person, refused
from pallaq.exchange.models import Publisher
from pallaq.exchange.publishing import publish_as
from pallaq.plan.actions.indicators import add_indicator, set_baseline, set_target
from pallaq.plan.models import Plan
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.models import Comment
from pallaq.progress.tests.samples import reported

pytestmark = pytest.mark.django_db
ADDRESS = "/p/small/?period=2026"
IATI = "/plans/small/iati/"
NAMED = {"identifier": "PE-RUC-123", "name": "Minem", "kind": "10"}


def page(address: str = ADDRESS, language: str = "en") -> str:
    """Return the public page as anybody reads it."""
    answer = client_of(None).get(address, headers={"accept-language": language})
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def test_anybody_reads_how_the_plan_stands_and_since_when():
    made = small()
    reported(made, 2026, 41)
    text = page()
    assert "1 of 1 indicator on track in 2026" in text
    assert "Selectors with equipment" in text
    assert "41 %" in text
    assert "in force since" in text
    assert "1.2 in English" in text
    assert "Pallaqueras con equipo" in page(language="es")


def test_the_answer_is_the_heading_and_a_plan_without_indicators_says_so():
    made = small(approved=False)
    made.indicator.delete()
    Plan.objects.get().versions.update(state="approved", approved_at=Plan.objects.get().made_at)
    assert "2 actions planned; nothing is measured yet" in page()


def test_no_cell_no_source_no_comment_and_no_name_is_told():
    made = small()
    reported(made, 2026, 41, source="Informe de Juana", note="Dicho por Juana")
    reported(made, 2026, 77, cell="profile=pallaqueras", source="Celda")
    Comment.objects.create(item=made.indicator.item, words="Pregunten a Juana", by=made.planner)
    text = page()
    assert not [word for word in ("Juana", "77", "Celda", made.planner.name, made.planner.email) if word in text]


def test_a_total_of_few_people_is_not_told():
    made = small()
    reported(made, 2026, 41, n=9)
    text = page()
    assert "41 %" not in text
    assert "fewer than 10 people" in text


def test_a_plan_that_is_not_public_or_not_approved_is_not_there_for_anybody():
    made = small(approved=False)
    assert client_of(None).get(ADDRESS).status_code == 404
    made.plan.versions.update(state="approved", approved_at=made.plan.made_at)
    assert client_of(None).get(ADDRESS).status_code == 200
    Plan.objects.update(public=False)
    people = (None, person("Nadie"), made.planner, administrator())
    assert {client_of(one).get(ADDRESS).status_code for one in people} == {404}
    assert client_of(None).get("/p/none/").status_code == 404
    assert client_of(None).post(ADDRESS).status_code == 405


def test_a_draft_beside_the_version_in_force_is_not_shown():
    made = small()
    from pallaq.plan.actions.versions import open_amendment

    draft = open_amendment(plan=made.plan, reason="Cambios", by=made.planner)
    draft.indicators.update(title={"en": "Secret so far"})
    assert "Secret so far" not in page()


def test_a_long_plan_opens_one_objective_at_a_time(monkeypatch):
    small()
    monkeypatch.setattr("pallaq.exchange.public.MOST", 3)
    assert "Selectors with equipment" not in page()
    assert "objective=SO1#SO1" in page()
    assert "Selectors with equipment" in page("/p/small/?period=2026&amp;objective=SO1".replace("&amp;", "&"))


def test_the_page_links_the_papers_and_iati_once_somebody_publishes_it():
    made = small()
    assert "/plans/small/plan.pdf" in page()
    assert "iati.xml" not in page()
    Publisher.objects.create(plan=made.plan, **NAMED)
    assert "iati.xml" in page()


def test_the_page_is_light_enough_for_a_cheap_phone():
    made = many(60)
    assert len(gzip.compress(client_of(None).get(ADDRESS).content)) < 12_000
    assert made.plan.public


def many(indicators: int) -> Small:
    """Return the small plan with many indicators, in force."""
    made = small(approved=False)
    for number in range(indicators):
        indicator = add_indicator(
            node=made.nodes["1.1"], code=f"X{number}", title={"es": f"Personas de {number}"}, unit="number", by=None
        )
        set_baseline(indicator=indicator, value=Decimal(number), year=2025, by=None)
        set_target(indicator=indicator, period=Period(2026), value=Decimal(number + 100), by=None)
        reported(made, 2026, number + 50, indicator=indicator)
    made.plan.versions.update(state="approved", approved_at=made.plan.made_at)
    return made


def test_the_page_asks_the_database_the_same_whatever_its_size(django_assert_max_num_queries):
    many(30)
    with django_assert_max_num_queries(24):
        client_of(None).get(ADDRESS)


def test_a_planner_writes_down_who_publishes_and_it_is_recorded():
    made = small()
    client = client_of(made.planner)
    assert client.get(IATI).status_code == 200
    answer = client.post(IATI, NAMED)
    assert (answer.status_code, answer["Location"]) == (302, "/plans/small/files/")
    assert str(made.plan.publisher) == "PE-RUC-123"
    client.post(IATI, {**NAMED, "identifier": "PE-RUC-456"})
    assert Publisher.objects.get().identifier == "PE-RUC-456"


def test_what_is_no_identifier_is_refused_in_words():
    made = small()
    for wrong in ("Minem", "PE-RUC", "pe-ruc-1", "PE-RUC-1/2", "PE-RUC-1 2"):
        with refused("iati-identifier"):
            publish_as(plan=made.plan, by=made.planner, **{**NAMED, "identifier": wrong})
    assert client_of(made.planner).post(IATI, {**NAMED, "identifier": "Minem"}).status_code == 422
    assert client_of(made.planner).post(IATI, {}).status_code == 422
    assert not Publisher.objects.exists()


def test_nothing_is_written_down_if_the_audit_fails(monkeypatch):
    made = small()

    def fail(**_given: object) -> None:
        raise OSError

    monkeypatch.setattr("pallaq.exchange.publishing.record", fail)
    with pytest.raises(OSError):
        publish_as(plan=made.plan, by=made.planner, **NAMED)
    assert not Publisher.objects.exists()


def test_only_planners_say_who_publishes():
    made = small()
    for one, status in ((made.reader(), 403), (made.reporter(), 403), (person("Nadie"), 404), (None, 302)):
        assert client_of(one).get(IATI).status_code == status
        assert client_of(one).post(IATI, NAMED).status_code == status
    assert client_of(administrator()).get(IATI).status_code == 200
    assert client_of(made.planner).put(IATI).status_code == 405
