"""Calibrated weights and the errors of what they estimate: the numbers of R's survey package."""

import json
from pathlib import Path

import pytest

import brecha
from brecha import Design, Mean, Share, Total

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_survey_cases.json").read_text())
MARGINS = json.loads((DATA / "rake_margins_quota854.json").read_text())
SCHOOLS = DATA / "apiclus1.csv"
QUOTA854 = DATA / "quota854.csv"

CLUSTERED = Design(kind="probability", psu="dnum", weight="pw", population="fpc")
QUOTA = Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")
PROFILES = ("A_woman_miner", "B_woman_service", "C_man_miner")
STYPE = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}
ID_CARD = Share(name="card", variable="has_id_card", counted=("1",), base="answered", missing=("NA",))


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def one(design, item, source=SCHOOLS):
    [found] = brecha.estimate(source, design, [item])
    return found


def weights_of(source, design):
    return brecha.weights(source, design).to_pyarrow()["weight"].to_pylist()


def test_a_post_stratified_total():
    expected = CASES["w01_poststrat"]["expected"]
    total = one(brecha.poststratify(SCHOOLS, CLUSTERED, "stype", STYPE), Total(name="it", variable="enroll"))
    assert (total.estimate, total.se) == exactly((expected["est"], expected["se"]))


def test_raking_by_distance_to_categories_and_a_number():
    # in R: calibrate(clus1, ~stype+api99, c(6194, 755, 1018, 3914069), calfun="raking", epsilon=1e-12)
    expected = CASES["w07_calib_raking_mean"]["expected"]
    design = brecha.calibrate(SCHOOLS, CLUSTERED, {"stype": STYPE, "api99": 3914069}, "raking")
    mean = one(design, Mean(name="it", variable="enroll"))
    assert (mean.estimate, mean.se) == exactly((expected["est"], expected["se"]))


def test_a_raked_mean():
    # in R: svymean(~enroll, rake(clus1, list(~stype, ~sch.wide), ..., control=list(maxit=500, epsilon=1e-12)))
    # with the fixed-weight formula it would be 58.26
    design = brecha.rake(SCHOOLS, CLUSTERED, {"stype": STYPE, "sch.wide": WIDE})
    assert one(design, Mean(name="it", variable="enroll")).se == pytest.approx(64.676, abs=5e-4)


def test_raked_profiles_and_their_gaps():
    expected, gaps = (CASES[f"z_rake_Q_{which}"]["expected"] for which in ("by_profile", "gaps"))
    design = brecha.rake(QUOTA854, QUOTA, MARGINS, regression="rows")
    result = brecha.estimate(QUOTA854, design, [ID_CARD], by=[("profile",)])
    assert [e.estimate for e in result] == exactly(expected["est"])
    assert [e.se for e in result] == exactly(expected["se"])
    for row, found in zip(expected["vcov"], result.covariances().tolist(), strict=True):
        assert found == exactly(row)
    a, b, c = PROFILES
    pairs = [brecha.Comparison("profile", *pair) for pair in ((b, a), (c, a), (c, b))]
    found = brecha.gaps(result, pairs)
    assert [gap.difference for gap in found] == exactly(gaps["est"])
    assert [gap.se for gap in found] == exactly(gaps["se"])
    assert result.design.calibration == "raking"


def test_raked_weights():
    expected = CASES["z_rake_Q_weights"]["expected"]
    design = brecha.rake(QUOTA854, QUOTA, MARGINS)
    found = weights_of(QUOTA854, design)
    assert found[:10] == exactly(expected["w_first10"])
    assert (sum(found), min(found), max(found)) == exactly((expected["wsum"], expected["wmin"], expected["wmax"]))
    assert brecha.dispersion(QUOTA854, design).design_effect == exactly(expected["kish_deff"])


def test_trimmed_weights():
    # in R: trimWeights(rk1, upper=45, strict=TRUE), rk1 <- rake(clus1, list(~stype, ~sch.wide), ...)
    expected = CASES["w08_trim"]["expected"]
    design = brecha.rake(SCHOOLS, CLUSTERED, {"stype": STYPE, "sch.wide": WIDE})
    found = weights_of(SCHOOLS, brecha.trim(SCHOOLS, design, (0, 45)))
    assert found[:10] == exactly(expected["w_first10"])
    assert (sum(found), min(found), max(found)) == exactly((expected["wsum"], expected["wmin"], expected["wmax"]))


def test_raking_and_trimming_together():
    design = brecha.rake(SCHOOLS, CLUSTERED, {"stype": STYPE, "sch.wide": WIDE}, bounds=(25, 60))
    table = brecha.weights(SCHOOLS, design).to_pyarrow()
    found = dict(zip(*table.group_by("stype").aggregate([("weight", "sum")]).to_pydict().values(), strict=True))
    assert found == pytest.approx(STYPE, rel=1e-9)
    assert 25 <= min(table["weight"].to_pylist()) <= max(table["weight"].to_pylist()) <= 60


def test_calibrating_again_starts_from_the_weights_so_far():
    raked = brecha.rake(SCHOOLS, CLUSTERED, {"stype": STYPE, "sch.wide": WIDE})
    trimmed = brecha.trim(SCHOOLS, raked, (0, 45))
    again = brecha.rake(SCHOOLS, trimmed, {"stype": STYPE, "sch.wide": WIDE})
    assert again.calibration.method == "raking, then trimming, then raking"
    assert sum(weights_of(SCHOOLS, again)) == exactly(6194)
    counts = brecha.estimate(SCHOOLS, again, [brecha.Count(name=k, variable="stype", counted=(k,)) for k in STYPE])
    assert [e.estimate for e in counts] == exactly(list(STYPE.values()))
    assert [e.se for e in counts] == pytest.approx([0, 0, 0], abs=1e-6)


def test_trimming_alone_keeps_the_design_s_own_errors():
    plain = one(CLUSTERED, Mean(name="it", variable="api00"))
    design = brecha.trim(SCHOOLS, CLUSTERED, (0, 1000))
    trimmed = one(design, Mean(name="it", variable="api00"))
    assert (trimmed.estimate, trimmed.se) == exactly((plain.estimate, plain.se))


def test_bounded_calibration_keeps_ratios_inside():
    design = brecha.calibrate(SCHOOLS, CLUSTERED, {"stype": STYPE, "api99": 3914069}, "bounded", bounds=(0.6, 1.8))
    ratios = design.calibration.ratio
    assert 0.6 <= ratios.min() < ratios.max() <= 1.8
    assert one(design, Total(name="it", variable="api99")).estimate == exactly(3914069)
    assert one(design, Total(name="it", variable="api99")).se == pytest.approx(0, abs=1e-6)


def test_a_design_without_weights_can_be_calibrated():
    answers = {"sex": ["w"] * 4 + ["m"] * 4, "y": [1, 0, 1, 1, 0, 0, 1, 0]}
    design = brecha.poststratify(answers, Design(kind="quota"), ("sex",), {("w",): 600, ("m",): 400})
    share = one(design, Share(name="y", variable="y", counted=("1",)), answers)
    assert share.estimate == exactly(0.6 * 0.75 + 0.4 * 0.25)
    assert weights_of(answers, design) == [150.0] * 4 + [100.0] * 4
    assert weights_of(answers, Design(kind="quota")) == [1.0] * 8


def test_one_more_query_tells_the_covariance_of_two_raked_items():
    items = [ID_CARD, Share(name="rare", variable="rare", counted=("1",), base="answered", missing=("NA",))]
    design = brecha.rake(QUOTA854, QUOTA, MARGINS)
    both = Share(name="both", variable="has_id_card", counted=("0", "1"), missing=("NA",))
    result = brecha.estimate(QUOTA854, design, [*items, both])
    matrix = result.covariances([("card", {}), ("rare", {})])
    # in R: vcov(svymean(~has_id_card+rare, subset(rk, !is.na(has_id_card) & !is.na(rare)))), base residuals: see twin
    assert matrix[0, 1] == pytest.approx(matrix[1, 0])
    assert abs(matrix[0, 1]) < (matrix[0, 0] * matrix[1, 1]) ** 0.5


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: brecha.poststratify(SCHOOLS, CLUSTERED, "stype", {"E": 4421, "H": 755}), "total_missing"),
        (lambda: brecha.poststratify(SCHOOLS, CLUSTERED, "stype", {**STYPE, "X": 3}), "category_empty"),
        (lambda: brecha.poststratify(SCHOOLS, CLUSTERED, "stype", {("E", "No"): 4421}), "total_key"),
        (lambda: brecha.poststratify(SCHOOLS, CLUSTERED, "type", STYPE), "unknown_columns"),
        (
            lambda: brecha.rake(SCHOOLS, CLUSTERED, {"stype": STYPE, "sch.wide": {"No": 1, "Yes": 2}}),
            "margins_disagree",
        ),
        (lambda: brecha.calibrate(SCHOOLS, CLUSTERED, {"stype": STYPE}, "logit"), "unknown_distance"),
        (lambda: brecha.calibrate(SCHOOLS, CLUSTERED, {"stype": STYPE}, "bounded"), "bounds_and_distance"),
        (lambda: brecha.calibrate(SCHOOLS, CLUSTERED, {"cname": 3.0}), "auxiliary_missing"),
        (lambda: brecha.trim({"w": [1.0, -1.0]}, Design(kind="quota", weight="w"), (0, 5)), "weight_negative"),
        (lambda: brecha.trim({"w": []}, Design(kind="quota"), (0, 5)), "no_rows"),
    ],
)
def test_it_refuses(call, code):
    with pytest.raises(brecha.BrechaError) as refusal:
        call()
    assert refusal.value.code == code


def test_it_refuses_to_bring_rows_as_patterns(monkeypatch):
    monkeypatch.setattr("brecha.calibration.weighting.MOST_PATTERNS", 100)
    with pytest.raises(brecha.BrechaError) as refusal:
        brecha.calibrate(SCHOOLS, CLUSTERED, {"api99": 3914069}, "raking")
    assert refusal.value.code == "too_many_patterns"
    assert refusal.value.values["count"] > 100


def test_it_refuses_rows_that_were_not_calibrated():
    design = brecha.poststratify({"sex": ["w", "m"]}, Design(kind="quota"), "sex", {"w": 1, "m": 1})
    with pytest.raises(brecha.BrechaError) as refusal:
        brecha.estimate({"sex": ["w", "m", "x"]}, design, [Share(name="w", variable="sex", counted=("w",))])
    assert refusal.value.code == "calibration_pattern"
    assert refusal.value.values == {"columns": ("sex",), "pattern": ("x",)}
