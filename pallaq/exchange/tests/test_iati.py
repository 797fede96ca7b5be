"""A plan as IATI 2.03: it keeps the official schema, loses no number, and tells nothing of few people."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from lxml import etree

from pallaq.accounts.tests.people import administrator, client_of, person
from pallaq.exchange.iati import codes
from pallaq.exchange.iati.activities import iati_file
from pallaq.exchange.iati.schema import InvalidIati, checked
from pallaq.exchange.loading import load_file
from pallaq.exchange.models import Publisher
from pallaq.plan.actions.indicators import add_indicator, set_baseline, set_target
from pallaq.plan.models import Node, Plan
from pallaq.plan.rules.periods import Period
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.tests.samples import reported, spent
from pallaq.shared.xml import exact
from pallaq.study.models import Study

pytestmark = pytest.mark.django_db
ADDRESS = "/plans/small/iati.xml"
GOLD = Path(settings.PLANS) / "women-and-men-of-gold" / "plan.yaml"
BOLIVIA = Path(__file__).parent / "bolivia.yaml"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# What the codelists of IATI 2.03 hold, as facts: OrganisationRole 1-4; OrganisationType; IndicatorMeasure 1-5...
CODELISTS = {
    "role": {"1", "2", "3", "4"},
    "organisation": {"10", "11", "15", "21", "22", "23", "24", "30", "40", "60", "70", "71", "72", "73", "80", "90"},
    "measure": {"1", "2", "3", "4", "5"},
    "result": {"1", "2", "3", "9"},
    "description": {"1", "2", "3", "4"},
    "date": {"1", "2", "3", "4"},
    "status": {"1", "2", "3", "4", "5", "6"},
    "scope": {"1", "2", "3", "4", "5", "6", "7", "8"},
    "significance": {"0", "1", "2", "3", "4"},
}


def written(plan: Plan) -> etree._Element:
    """Return the file of the version that is shown, read back."""
    version = plan.shown()
    assert version
    return etree.fromstring(iati_file(version, timezone.now()))


def activity(root: etree._Element, code: str) -> etree._Element:
    """Return the activity of a node."""
    return next(
        one for one in root.iter("iati-activity") if (one.findtext("iati-identifier") or "").endswith(f"small-{code}")
    )


def texts(found: etree._Element, path: str) -> dict[str, str]:
    """Return the narratives of an element by language."""
    return {one.get(LANGUAGE): one.text for one in found.findall(f"{path}/narrative")}


def measured(made: Small, code: str = "I2", unit: str = "number", **fields: object) -> object:
    """Return another indicator, beside action 1.2 of a draft."""
    return add_indicator(
        node=made.nodes["1.2"], code=code, title={"es": code}, unit=unit, disaggregation=["region"], by=None, **fields
    )


def test_the_small_plan_keeps_the_official_schema_and_has_an_activity_for_each_objective_and_action():
    root = written(small().plan)
    assert checked(root) is root
    found = [(one.findtext("iati-identifier"), one.get("hierarchy")) for one in root.iter("iati-activity")]
    assert found == [("DRAFT-small-SO1", "1"), ("DRAFT-small-1.1", "2"), ("DRAFT-small-1.2", "2")]
    related = [(one.get("ref"), one.get("type")) for one in activity(root, "SO1").iter("related-activity")]
    assert related == [("DRAFT-small-1.1", "2"), ("DRAFT-small-1.2", "2")]
    assert activity(root, "1.1").find("related-activity").get("ref") == "DRAFT-small-SO1"


def test_an_invalid_document_is_a_fault_and_never_sent(monkeypatch):
    small()
    with pytest.raises(InvalidIati, match="iati-activity"):
        checked(etree.fromstring('<iati-activities version="2.03"/>'))
    monkeypatch.setattr("pallaq.exchange.iati.activities.reporting", lambda *given: None)
    with pytest.raises(InvalidIati, match="reporting-org"):
        written(Plan.objects.get())


def test_every_narrative_names_its_language_and_both_are_there():
    root = written(small().plan)
    assert texts(activity(root, "1.2"), "title") == {"es": "1.2 1.2 en castellano", "en": "1.2 1.2 in English"}
    assert texts(activity(root, "SO1"), "result/indicator/title")["es"] == "I1 Pallaqueras con equipo"
    aims = next(one for one in activity(root, "SO1").findall("description") if one.get("type") == codes.OBJECTIVES)
    assert {one.get(LANGUAGE): one.text for one in aims} == {"es": "R1 R1 en castellano", "en": "R1 R1 in English"}
    bare = [one for one in root.iter("narrative") if not one.get(LANGUAGE)]
    assert {one.getparent().tag for one in bare} == {"participating-org"}  # a name is in no language


def test_the_result_carries_baseline_target_and_actual_exactly():
    made = small()
    reported(made, 2026, Decimal("41.123456"), n=281, low=Decimal("35.5"), high=Decimal("47.25"), source="Encuesta")
    result = activity(written(made.plan), "SO1").find("result")
    assert (result.get("type"), result.get("aggregation-status")) == ("2", "0")
    indicator = result.find("indicator")
    assert (indicator.get("measure"), indicator.get("ascending")) == ("2", "1")
    baseline = indicator.find("baseline")
    assert dict(baseline.attrib) == {"year": "2025", "value": "33"}
    first, second = indicator.findall("period")
    assert first.find("period-start").get("iso-date") == "2026-01-01"
    assert first.find("period-end").get("iso-date") == "2026-12-31"
    assert [one.find("target").get("value") for one in (first, second)] == ["40", "60"]
    assert first.find("actual").get("value") == "41.123456"
    comment = texts(first, "actual/comment")
    assert set(comment) == {"es", "en"}
    for said in comment.values():
        assert "Encuesta" in said
        assert "n = 281" in said
        assert "35.5" in said
        assert "47.25" in said
    assert second.find("actual") is None


def test_numbers_are_written_exactly():
    assert [exact(Decimal(text)) for text in ("0.100000", "1E+3", "0", "-5.50", "12345678901234.123456")] == [
        *("0.1", "1000", "0", "-5.5", "12345678901234.123456")
    ]


def test_cells_have_dimensions_in_the_plans_words():
    made = small()
    reported(made, 2026, 51, cell="profile=pallaqueras;region=21")
    actual = activity(written(made.plan), "SO1").find("result/indicator/period/actual")
    assert [dict(one.attrib) for one in actual.findall("dimension")] == [
        {"name": "Perfil", "value": "Pallaqueras"},
        {"name": "Región", "value": "Puno"},
    ]


def test_a_falling_indicator_is_not_ascending_and_a_neutral_one_does_not_say():
    made = small(approved=False)
    for code, first, last in (("I2", 50, 10), ("I3", 10, 10)):
        indicator = measured(made, code)
        set_baseline(indicator=indicator, value=Decimal(first), year=2025, by=None)
        set_target(indicator=indicator, period=Period(2026), value=Decimal(last), by=None)
    falling, neutral = activity(written(made.plan), "1.2").findall("result/indicator")
    assert (falling.get("ascending"), falling.get("measure"), falling.get("aggregation-status")) == ("0", "1", "1")
    assert neutral.get("ascending") is None


def test_figures_of_few_people_are_left_out_with_their_neighbours():
    made = small()
    reported(made, 2026, 40, n=300)
    reported(made, 2026, 20, cell="profile=pallaqueras", n=9)
    reported(made, 2026, 60, cell="profile=men", n=291)
    reported(made, 2026, 61, cell="profile=men;region=21", n=100)
    reported(made, 2026, 39, cell="region=21", n=150)
    actuals = activity(written(made.plan), "SO1").findall("result/indicator/period/actual")
    assert [one.get("value") for one in actuals] == ["40", "39"]
    reported(made, 2026, 40, n=9)
    assert not activity(written(made.plan), "SO1").findall("result/indicator/period/actual")


def test_a_small_count_in_a_part_is_few_people_too():
    made = small(approved=False)
    indicator = measured(made)
    for cell, value in (("", 41), ("region=21", 38), ("region=04", 3)):
        reported(made, 2026, value, cell=cell, indicator=indicator)
    assert [one.get("value") for one in activity(written(made.plan), "1.2").iter("actual")] == ["41"]


def test_a_plan_of_very_many_targets_gives_totals_and_says_so(monkeypatch):
    made = small(approved=False)
    set_target(indicator=made.indicator, cell="region=21", period=Period(2026), value=Decimal(77), by=None)
    reported(made, 2026, 78, cell="region=21")
    assert {"77", "78"} <= {one.get("value") for one in written(made.plan).iter("target", "actual")}
    monkeypatch.setattr("pallaq.exchange.iati.activities.MOST", 2)
    root = written(made.plan)
    assert not {"77", "78"} & {one.get("value") for one in root.iter("target", "actual")}
    assert "only totals" in str(root.getprevious())


def test_parts_above_hold_below_with_their_roles():
    root = written(small().plan)
    found = activity(root, "1.2").findall("participating-org")
    said = [(one.findtext("narrative"), one.get("role"), one.get("type")) for one in found]
    assert said == [("Diresa Puno", "4", "11"), ("Ministerio de Energía y Minas", "2", "10")]
    place = activity(root, "1.2").find("location")
    assert (place.get("ref"), texts(place, "name")) == ("21", {"es": "Puno", "en": "Puno"})
    assert [activity(root, code).find("activity-scope").get("code") for code in ("1.1", "1.2")] == ["4", "6"]


def test_money_is_a_budget_of_a_year_and_expenditures_never_in_the_future():
    made = small(approved=False)
    dates = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    Node.objects.filter(pk=made.nodes["1.1"].pk).update(**dates, gender_marker=2)
    spent(made, "1.1", 2025, Decimal("10.10"))
    spent(made, "1.2.1", 2199, Decimal("20.05"))
    root = written(made.plan)
    budget = activity(root, "1.1").find("budget")
    assert (budget.get("type"), budget.get("status"), budget.findtext("value")) == ("1", "1", "1000")
    assert budget.find("period-end").get("iso-date") == "2026-12-31"
    assert activity(root, "1.1").findtext("transaction/value") == "10.1"
    assert activity(root, "1.1").find("transaction/transaction-date").get("iso-date") == "2025-12-31"
    late = activity(root, "1.2").find("transaction")
    assert late.find("transaction-date").get("iso-date") == timezone.localdate().isoformat()
    assert "1.2.1" in texts(late, "description")["es"]
    marker = activity(root, "1.1").find("policy-marker")
    assert dict(marker.attrib) == {"vocabulary": "1", "code": "1", "significance": "2"}


def test_a_budget_of_several_years_is_told_in_words_and_not_divided():
    root = written(small().plan)
    assert activity(root, "1.1").find("budget") is None
    more = next(one for one in activity(root, "1.1").findall("description") if one.get("type") == codes.MORE)
    assert all("1,000.00 PEN" in said for said in (one.text for one in more))


def test_where_nobody_takes_part_the_reporter_is_accountable():
    made = small(approved=False)
    Node.objects.get(pk=made.nodes["SO1"].pk).parts.all().delete()
    (one,) = activity(written(made.plan), "1.1").findall("participating-org")
    assert (one.get("role"), one.get("ref")) == ("2", "DRAFT")


def test_texts_that_xml_cannot_hold_do_not_break_the_file():
    made = small(approved=False)
    Node.objects.filter(pk=made.nodes["1.1"].pk).update(title={"es": "<b>a\x0bb & c</b>"})
    assert texts(activity(written(made.plan), "1.1"), "title")["es"] == "1.1 <b>ab & c</b>"


def test_every_code_that_we_use_is_in_its_codelist():
    used = {
        "role": set(codes.ROLES.values()),
        "organisation": {*codes.ORGANISATIONS.values(), codes.OTHER, *dict(Publisher._meta.get_field("kind").choices)},
        "measure": {*codes.MEASURES.values(), "1"},
        "result": set(codes.RESULTS.values()),
        "description": {codes.GENERAL, codes.OBJECTIVES, codes.MORE},
        "date": {codes.PLANNED_START, codes.PLANNED_END},
        "status": {codes.PIPELINE, codes.IMPLEMENTATION, codes.COMPLETION},
        "scope": {codes.NATIONAL, codes.SEVERAL_REGIONS, codes.ONE_REGION, codes.ONE_PLACE},
        "significance": {"0", "1", "2"},
    }
    assert not {name: found - CODELISTS[name] for name, found in used.items() if found - CODELISTS[name]}


def test_without_the_name_of_who_reports_the_file_is_a_draft_and_says_so():
    made = small()
    answer = client_of(made.reader()).get(ADDRESS)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    assert 'filename="small-iati-draft.xml"' in answer["Content-Disposition"]
    assert "DRAFT, NOT FOR PUBLICATION" in answer.content.decode()[:400]
    Publisher.objects.create(plan=made.plan, identifier="XX-REG-1", name="Minem", kind="10")
    text = client_of(made.planner).get(ADDRESS).content.decode()
    assert "DRAFT" not in text
    assert "XX-REG-1-small-1.1" in text


def test_the_public_gets_a_public_plan_only_under_a_name():
    made = small()
    assert client_of(None).get(ADDRESS).status_code == 404
    Publisher.objects.create(plan=made.plan, identifier="XX-REG-1", name="Minem", kind="10")
    assert client_of(None).get(ADDRESS).status_code == 200
    assert client_of(person("Nadie")).get(ADDRESS).status_code == 200
    with pytest.MonkeyPatch.context() as patch:  # a file that takes half a minute is not for every visitor
        patch.setattr("pallaq.exchange.views.files_out.MOST", 1)
        assert client_of(None).get(ADDRESS).status_code == 403
        assert client_of(made.planner).get(ADDRESS).status_code == 200
    Plan.objects.update(public=False)
    assert {client_of(who).get(ADDRESS).status_code for who in (None, person("Otra"), made.reporter())} == {404}
    assert client_of(administrator()).get(ADDRESS).status_code == 200
    assert client_of(made.planner).post(ADDRESS).status_code == 405


@pytest.mark.parametrize("path", [GOLD, BOLIVIA])
def test_the_studys_plan_and_one_of_another_country_keep_the_schema_too(path):
    Study.objects.create(code="women-and-men-of-gold", title={"es": "Mujeres y Hombres de Oro"})
    version = load_file(path=path, by=None)
    root = etree.fromstring(iati_file(version, timezone.now()))
    assert checked(root) is root
    actions = version.nodes.of_kind("objective", "action").count()
    assert len(root.findall("iati-activity")) == actions
    assert {one.get("code") for one in root.iter("recipient-country")} == {version.plan.country}
