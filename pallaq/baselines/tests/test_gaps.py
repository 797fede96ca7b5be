"""From a gap, one click: a release's figures become an indicator with its baselines; what is hidden never does."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from pallaq.accounts.models import User
from pallaq.accounts.tests.people import administrator, client_of, person, refused
from pallaq.baselines.actions import gaps as actions
from pallaq.baselines.rules.taking import Measured, choices, figures
from pallaq.diagnosis.tests.samples import load
from pallaq.plan.models import Indicator
from pallaq.plan.tests.samples import DIMENSIONS, Small, small
from pallaq.report.tests.documents import gold
from pallaq.study.models import Release

pytestmark = pytest.mark.django_db
ROW = "/studies/women-and-men-of-gold/gaps/enough_ppe/"
FROM_GAP = "/plans/small/from-gap/women-and-men-of-gold/enough_ppe/"
GAP = "yes:profile:pallaqueras:men"
NONE: dict[str, Any] = {}


def english(user: User | None) -> Client:
    client = client_of(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def answers(release: Release, **more: str) -> dict[str, str]:
    start = {"sha256": release.sha256, "measured": "yes", "node": "R1", "code": "I5", "year": "2021", "do": "take"}
    return start | more


def taken(made: Small, release: Release, **more: str) -> Indicator:
    response = english(made.planner).post(FROM_GAP, answers(release, **more))
    assert response.status_code == 302, response.content.decode()
    return Indicator.objects.get(item__code=more.get("code", "I5"))


def test_a_planner_sees_a_door_on_the_row_and_nobody_else_does() -> None:
    made = small(approved=False)
    load(gold())
    for user, seen in [
        (None, False),
        (person("Eva"), False),
        (made.reader(), False),
        (made.reporter(), False),
        (made.planner, True),
        (administrator(), True),
    ]:
        client = english(user)
        assert (FROM_GAP in client.get(ROW).content.decode()) is seen
        assert (FROM_GAP in client.get(ROW, headers={"HX-Request": "true"}).content.decode()) is seen


def test_the_page_is_for_planners() -> None:
    made = small(approved=False)
    load(gold())
    assert client_of(None).get(FROM_GAP).status_code == 302
    assert client_of(person("Eva")).get(FROM_GAP).status_code == 404
    for user in (made.reader(), made.reporter()):
        assert client_of(user).get(FROM_GAP).status_code == 403
        assert client_of(user).post(FROM_GAP).status_code == 403
    assert client_of(made.planner).put(FROM_GAP).status_code == 405


def test_it_shows_what_would_be_taken_before_it_is() -> None:
    made = small(approved=False)
    load(gold())
    shown = english(made.planner).get(FROM_GAP).content.decode()
    assert "SYNTHETIC" in shown
    assert "Enough protective equipment?" in shown
    assert "281" in shown
    assert "the plan does not know this group" in shown
    assert 'value="I2"' in shown
    regions = english(made.planner).post(FROM_GAP, {"measured": "yes", "regions": "on", "do": "show"}).content.decode()
    assert "hidden: too few people" in regions or "the plan does not know" in regions
    assert Indicator.objects.count() == 1


def test_a_share_becomes_an_indicator_with_a_baseline_for_each_profile() -> None:
    made = small(approved=False)
    release = load(gold()).release
    found = taken(made, release)
    assert found.title == {"es": "Equipo suficiente", "en": "Enough protective equipment"}
    assert "Enough protective equipment?" in found.definition["en"]
    assert (found.unit, found.disaggregation) == ("percentage", ["profile"])
    assert (found.study_indicator, found.study_share, found.node) == ("enough_ppe", "yes", made.nodes["R1"])
    assert found.method["en"].startswith("SYNTHETIC.")
    baselines = {baseline.cell: baseline for baseline in found.baselines.all()}
    assert set(baselines) == {"", "profile=pallaqueras", "profile=men"}
    one = baselines["profile=pallaqueras"]
    assert (one.value, one.n, one.low, one.high, one.se, one.df) == (33, 281, 29, 37, 2, 831)
    assert (one.year, one.origin, one.design) == (2021, "study", "quota")
    assert (one.release, one.sha256) == (release, release.sha256)
    assert one.estimate == "enough_ppe.yes.profile-pallaqueras"
    assert one.source.startswith("SYNTHETIC.")
    assert baselines[""].estimate == "enough_ppe.yes.all"


def test_regions_are_taken_if_asked_and_hidden_cells_never() -> None:
    made = small(approved=False)
    document = gold()
    plan = made.plan
    plan.dimensions = {**DIMENSIONS, "profile": {"levels": {"women": NONE, "men": NONE, "pallaqueras": NONE}}}
    plan.dimensions["region"] = {"levels": {"02": NONE, "04": NONE}}
    plan.save()
    found = taken(made, load(document).release, regions="on")
    cells = {baseline.cell for baseline in found.baselines.all()}
    assert {"region=04", "profile=men;region=04"} <= cells
    hidden = {"profile=women;region=02", "profile=men;region=02"}
    assert not hidden & cells
    assert found.disaggregation == ["profile", "region"]


def test_a_gap_becomes_a_quantity_in_percentage_points() -> None:
    made = small(approved=False)
    found = taken(made, load(gold()).release, measured=GAP)
    assert (found.unit, found.measured_in["en"], found.study_share) == ("quantity", "percentage points", GAP)
    baseline = found.baselines.get()
    assert (baseline.value, baseline.low, baseline.high, baseline.se) == (-61, -67, -55, 3)
    assert baseline.n == 281 + 395
    assert baseline.estimate == "enough_ppe.yes.profile-pallaqueras-vs-men"


def test_assumed_figures_are_not_taken() -> None:
    made = small(approved=False)
    load(gold())
    path = FROM_GAP.replace("enough_ppe", "electricity")
    client = english(made.planner)
    assert "assumed by the reconstruction" in client.get(path).content.decode()
    response = client.post(path, answers(Release.objects.get()))
    assert response.status_code == 422
    assert "Nothing of this can be taken" in response.content.decode()


def test_every_figure_that_is_taken_is_one_of_the_document() -> None:
    document = gold()
    known = {estimate.id: estimate for estimate in document.estimates} | {gap.id: gap for gap in document.gaps}
    levels: dict[str, Any] = {
        variable.code: {"levels": {level.code: {} for level in variable.levels}} for variable in document.variables
    }
    for info in document.indicators:
        for measured in choices(document, info.code):
            for figure in figures(document, info.code, measured, levels, regions=True):
                source = known[figure.id]
                assert bool(source.hidden) <= bool(figure.why)
                if not figure.why:
                    value = source.difference if measured.variable else source.estimate  # type: ignore[union-attr] # by its kind
                    assert figure.value == pytest.approx(Decimal(str(value)) * 100, abs=Decimal("0.000001"))


@pytest.mark.parametrize("text", ["", "a:b", "a:b:c", "a:b:c:", "a:b:c:d:e"])
def test_what_is_no_share_and_no_gap_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):
        Measured.parse(text)
    assert str(Measured.parse(GAP)) == GAP


def test_a_newer_release_is_shown_before_it_is_taken() -> None:
    made = small(approved=False)
    old = load(gold()).release
    newer = load(gold(), number=2).release
    shown = english(made.planner).post(FROM_GAP, answers(old)).content.decode()
    assert "A newer release stands meanwhile" in shown
    assert f'value="{newer.sha256}"' in shown
    assert Indicator.objects.count() == 1
    assert taken(made, newer).baselines.filter(release=newer).count() == 3


def test_nothing_is_taken_from_a_withdrawn_release() -> None:
    made = small(approved=False)
    release = load(gold()).release
    release.withdrawn_at, release.withdrawn_by, release.withdrawn_reason = timezone.now(), made.planner, "Wrong"
    release.save()
    response = english(made.planner).post(FROM_GAP, answers(release))
    assert response.status_code == 404
    figure = figures(gold(), "enough_ppe", Measured("yes"), DIMENSIONS, regions=False)[0]
    with refused("release-withdrawn"):
        actions.take_figures(
            node=made.nodes["R1"], code="I5", release=release, figures=[figure], by=made.planner, **common()
        )
    assert Indicator.objects.count() == 1


def common() -> dict[str, Any]:
    return {"year": 2021, "source": "", "design": "quota", "title": {"en": "T"}, "unit": "percentage"}


def test_an_approved_version_offers_to_open_an_amendment() -> None:
    made = small()
    release = load(gold()).release
    client = english(made.planner)
    shown = client.get(FROM_GAP).content.decode()
    assert "Open an amendment" in shown
    assert "Take it into the draft" not in shown
    response = client.post(FROM_GAP, answers(release))
    assert response.status_code == 409
    assert made.version.indicators.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "I1"}, "is in this plan already"),
        ({"node": ""}, "This field is required"),
        ({"measured": "never"}, "Select a valid choice"),
        ({"year": "1"}, "greater than or equal to 1900"),
    ],
)
def test_it_says_what_is_wrong(wrong: dict[str, str], words: str) -> None:
    made = small(approved=False)
    release = load(gold()).release
    assert words in english(made.planner).post(FROM_GAP, answers(release, **wrong)).content.decode()
    assert Indicator.objects.count() == 1


def test_an_unknown_indicator_and_a_study_that_she_may_not_read_are_refused() -> None:
    made = small(approved=False)
    client = english(made.planner)
    assert client.get(FROM_GAP).status_code == 404
    load(gold(), public=False)
    assert client.get(FROM_GAP).status_code == 404
    load(gold(), number=2)
    Release.objects.filter(number=2).update(public=True)
    assert client.get(FROM_GAP.replace("enough_ppe", "nothing")).status_code == 404


def test_nothing_is_taken_if_the_audit_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    made = small(approved=False)
    release = load(gold()).release
    figure = figures(gold(), "enough_ppe", Measured("yes"), DIMENSIONS, regions=False)[0]

    def broken(**_details: object) -> None:
        raise OSError("no room on the disk")

    monkeypatch.setattr(actions, "record", broken)
    with pytest.raises(OSError, match="no room"):
        actions.take_figures(
            node=made.nodes["R1"], code="I5", release=release, figures=[figure], by=made.planner, **common()
        )
    assert Indicator.objects.count() == 1
    with refused("nothing-to-take"):
        actions.take_figures(
            node=made.nodes["R1"],
            code="I5",
            release=release,
            figures=[replace(figure, why="hidden", value=None)],
            by=made.planner,
            **common(),
        )
