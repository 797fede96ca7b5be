"""The numbers of R's survey package, to nine digits."""

import json
import math
from pathlib import Path

import pytest

import brecha
from brecha import Comparison, Design, Share, SinglePsu

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "r_survey_cases.json").read_text())

NHANES = Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR")
STRATIFIED = Design(kind="probability", strata=("stype",), weight="pw", population="fpc")
CLUSTERED = Design(kind="probability", psu="dnum", weight="pw", population="fpc")
QUOTA = Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")
SITES = Design(kind="quota", strata=("region",), psu="site", weight="w0")
PROFILES = ("A_woman_miner", "B_woman_service", "C_man_miner")
RACES = ("1", "2", "3", "4")


def yes(variable, code="1"):
    """Return the share of a 0/1 item among those who answered."""
    return Share(name=variable, variable=variable, counted=(code,), base="answered", missing=("NA",))


def estimate(data, design, share, by=((),)):
    return brecha.estimate(DATA / f"{data}.csv", design, [share], by=by)


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def matches(result, name, variable, levels, expected):
    found = [result.get(name, {variable: level}) for level in levels]
    assert [e.estimate for e in found] == exactly(expected["est"])
    assert [e.se for e in found] == exactly(expected["se"])
    if "vcov" in expected:
        keys = [(name, {variable: level}) for level in levels]
        for row, one in zip(expected["vcov"], keys, strict=True):
            assert [result.covariance(one, other) for other in keys] == exactly(row)
    if "degf" in expected:
        assert {e.df for e in found} == {expected["degf"]}


def test_a_proportion_with_missing_answers_is_that_of_a_domain():
    expected = CASES["m07_nh_prop_na"]["expected"]
    everyone = estimate("nhanes", NHANES, yes("hc1")).get("hc1", {})
    assert everyone.estimate == exactly(expected["est"])
    assert everyone.se == exactly(expected["se"])
    assert everyone.df == expected["df"]
    low, high = brecha.intervals.wald(everyone.estimate, everyone.se, brecha.intervals.quantile(0.95, everyone.df))
    assert (low, high) == exactly((expected["ci95_t_lo"], expected["ci95_t_hi"]))
    assert (everyone.n, everyone.asked, everyone.missing) == (7846, 8591, 745)


def test_the_default_limits_are_wilson_s_on_the_design_s_effective_size():
    expected = CASES["m07_nh_prop_na"]["expected"]
    p, se = expected["est"], expected["se"]
    everyone = estimate("nhanes", NHANES, yes("hc1")).get("hc1", {})
    n_eff = p * (1 - p) / se**2
    assert everyone.n_eff == exactly(n_eff)
    assert everyone.cv == exactly(se / p)
    squared = brecha.intervals.quantile(0.95, 16) ** 2
    centre = (p + squared / (2 * n_eff)) / (1 + squared / n_eff)
    half = math.sqrt(squared * (p * (1 - p) / n_eff + squared / (4 * n_eff**2))) / (1 + squared / n_eff)
    assert (everyone.low, everyone.high) == exactly((centre - half, centre + half))


def test_the_effective_size_is_at_most_the_rows():
    # stype is the stratifier: its share is known without error
    share = Share(name="E", variable="stype", counted=("E",))
    everyone = brecha.estimate(DATA / "apistrat.csv", STRATIFIED, [share]).get("E", {})
    assert everyone.se == 0
    assert everyone.n_eff == everyone.n == 200
    assert everyone.low < everyone.estimate < everyone.high


def test_the_codes_of_an_item_are_shares_that_sum_to_one():
    expected = CASES["m12_prop_factor"]["expected"]
    shares = [
        *(Share(name=f"stype{code}", variable="stype", counted=(code,)) for code in "EHM"),
        *(Share(name=f"sch.wide{code}", variable="sch.wide", counted=(code,)) for code in ("No", "Yes")),
    ]
    result = brecha.estimate(DATA / "apistrat.csv", STRATIFIED, shares)
    assert [e.estimate for e in result] == exactly(expected["est"])
    assert [e.se for e in result] == pytest.approx(expected["se"], rel=1e-9)


def test_a_gap_between_sexes_uses_their_covariance():
    expected = CASES["g01_gap_race"]["expected"]
    result = estimate("nhanes", NHANES, yes("hc1"), by=[("RIAGENDR",)])
    [gap] = brecha.gaps(result, [Comparison(variable="RIAGENDR", group="2", reference="1")])
    assert gap.difference == exactly(expected["est"])
    assert gap.se == exactly(expected["se"])
    assert gap.df == 16
    # svyttest's t is the same; its df is one less, a convention of regression.
    assert gap.t == pytest.approx(CASES["g04_ttest"]["expected"]["t"], rel=1e-9)


def test_gaps_between_domains_that_share_psus():
    expected = CASES["g02_gap_clus"]["expected"]
    result = estimate("apiclus1", CLUSTERED, yes("sw"), by=[("stype",)])
    pairs = [("H", "E"), ("M", "E"), ("H", "M")]
    found = brecha.gaps(result, [Comparison("stype", group, reference) for group, reference in pairs])
    assert [gap.difference for gap in found] == exactly(expected["est"])
    assert [gap.se for gap in found] == exactly(expected["se"])


@pytest.mark.parametrize(
    ("case", "design", "item"),
    [
        ("z_has_id_card_Q_by_profile", QUOTA, "has_id_card"),
        ("z_has_id_card_Qc_by_profile", SITES, "has_id_card"),
        ("z_owns_pit_Qc_by_profile", SITES, "owns_pit"),
        ("z_rare_Q_by_profile", QUOTA, "rare"),
    ],
)
def test_profiles_of_a_quota_sample(case, design, item):
    result = estimate("quota854", design, yes(item), by=[("profile",)])
    matches(result, item, "profile", PROFILES, CASES[case]["expected"])


@pytest.mark.parametrize(
    ("case", "design", "item"),
    [
        ("z_has_id_card_Q_gaps", QUOTA, "has_id_card"),
        ("z_has_id_card_Qc_gaps", SITES, "has_id_card"),
        ("z_owns_pit_Qc_gaps", SITES, "owns_pit"),
        ("z_rare_Q_gaps", QUOTA, "rare"),
        ("z_credit_na_Q_gaps", QUOTA, "credit"),
    ],
)
def test_gaps_between_profiles_of_a_quota_sample(case, design, item):
    expected = CASES[case]["expected"]
    result = estimate("quota854", design, yes(item), by=[("profile",)])
    a, b, c = PROFILES
    pairs = [(b, a), (c, a), (c, b)]
    found = brecha.gaps(result, [Comparison("profile", group, reference) for group, reference in pairs])
    assert [gap.difference for gap in found] == exactly(expected["est"])
    assert [gap.se for gap in found] == exactly(expected["se"])


def test_cholesterol_by_race():
    # in R: nh <- svydesign(id=~SDMVPSU, strata=~SDMVSTRA, weights=~WTMEC2YR, nest=TRUE, data=nhanes)
    # in R: b <- svyby(~HI_CHOL, ~race, subset(nh, !is.na(HI_CHOL)), svymean, covmat=TRUE)
    expected = {
        "est": [0.1014916654539721, 0.1216492053559333, 0.0786400603990841, 0.0996786094771204],
        "se": [0.00624584330874960, 0.00660413362353298, 0.01038464500054887, 0.02466622687185127],
        "vcov": [  # in R: vcov(b)
            [3.90105586374522e-05, 5.26864083048443e-06, -3.92282525678660e-06, -2.77197955504066e-05],
            [5.26864083048443e-06, 4.36145809174788e-05, 1.56955715898815e-05, 1.39844242587969e-05],
            [-3.92282525678660e-06, 1.56955715898815e-05, 1.07840851787425e-04, 8.37857478562086e-05],
            [-2.77197955504066e-05, 1.39844242587969e-05, 8.37857478562086e-05, 6.08422748093638e-04],
        ],
    }
    result = estimate("nhanes", NHANES, yes("HI_CHOL"), by=[("race",)])
    matches(result, "HI_CHOL", "race", RACES, expected)
    # in R: svycontrast(b, list(c(1,-1,0,0), c(0,-1,1,0), c(0,-1,0,1)))
    found = brecha.gaps(result, [Comparison("race", race, "2") for race in ("1", "3", "4")])
    assert [gap.difference for gap in found] == exactly([-0.0201575399019613, -0.0430091449568493, -0.0219705958788130])
    assert [gap.se for gap in found] == exactly([0.00849045687192168, 0.01095738515911257, 0.02498136266286374])


def test_cholesterol_by_sex_within_race():
    # in R: svyby(~HI_CHOL, ~RIAGENDR+race, subset(nh, !is.na(HI_CHOL)), svymean, covmat=TRUE)
    result = estimate("nhanes", NHANES, yes("HI_CHOL"), by=[("RIAGENDR", "race")])
    found = [result.get("HI_CHOL", {"race": race, "RIAGENDR": sex}) for race in RACES for sex in ("1", "2")]
    assert [e.estimate for e in found] == exactly(
        [
            0.1146732898697491,
            0.0876464566954859,
            0.0997251878853465,
            0.1429153062288230,
            0.0778251222197593,
            0.0793172091481978,
            0.1132484634848383,
            0.0878882251647606,
        ]
    )
    assert [e.se for e in found] == exactly(
        [
            0.00522290213043777,
            0.01127849895713841,
            0.00870483813895229,
            0.00783953051700948,
            0.00894442747057446,
            0.01562473228663175,
            0.03319880251857477,
            0.02850935075398460,
        ]
    )
    # in R: svycontrast(b, c(-1,1,0,0,0,0,0,0))
    [gap] = brecha.gaps(result, [Comparison("RIAGENDR", "2", "1", within={"race": "1"})])
    assert (gap.difference, gap.se) == exactly((-0.0270268331742631, 0.0121560508138237))


def test_a_ratio_is_linearised_on_the_logarithm():
    # in R: b <- svyby(~HI_CHOL, ~RIAGENDR, subset(nh, !is.na(HI_CHOL)), svymean, covmat=TRUE)
    # in R: svycontrast(b, quote(log(`2`/`1`)))
    log_ratio, se = 0.2003897016053813, 0.0688597907286632
    result = estimate("nhanes", NHANES, yes("HI_CHOL"), by=[("RIAGENDR",)])
    [gap] = brecha.gaps(result, [Comparison("RIAGENDR", "2", "1")])
    half = brecha.intervals.quantile(0.95, 16) * se
    from_r = [math.exp(x) for x in (log_ratio, log_ratio - half, log_ratio + half)]
    assert [gap.ratio, gap.ratio_low, gap.ratio_high] == exactly(from_r)


def test_the_design_effect_is_against_sampling_with_replacement():
    # in R: svymean(~HI_CHOL, nh, na.rm=TRUE, deff="replace"): R divides by n - 1 where we divide by n
    everyone = estimate("nhanes", NHANES, yes("HI_CHOL")).get("HI_CHOL", {})
    assert everyone.deff == pytest.approx(2.33672502476023336 * 7846 / 7845, rel=1e-9)
    assert everyone.n_eff * everyone.deff == pytest.approx(everyone.n)


@pytest.mark.parametrize(
    ("design", "covariances"),
    [
        # in R: vcov(svymean(~has_id_card+owns_pit+rare, Q))
        (QUOTA, [1.02153754095476e-05, 4.99303096801621e-06, 2.92161605954382e-06]),
        # in R: vcov(svymean(~has_id_card+owns_pit+rare, Qc))
        (SITES, [1.83523745357685e-04, -1.52391259480016e-05, 5.88135358470688e-06]),
    ],
)
def test_covariances_of_different_items(design, covariances):
    items = ["has_id_card", "owns_pit", "rare"]
    result = brecha.estimate(DATA / "quota854.csv", design, [yes(item) for item in items])
    pairs = [(0, 1), (0, 2), (1, 2)]
    found = [result.covariance((items[i], {}), (items[j], {})) for i, j in pairs]
    assert found == exactly(covariances)


def test_covariance_of_different_items_in_domains_that_overlap():
    # in R: t <- svytotal(~hA+A+rare+one, update(Q, A=1*(profile=="A_woman_miner"), hA=A*has_id_card, one=1))
    # in R: vcov(svycontrast(t, list(a=quote(hA/A), b=quote(rare/one))))
    result = brecha.estimate(DATA / "quota854.csv", QUOTA, [yes("has_id_card"), yes("rare")], by=[(), ("profile",)])
    found = result.covariance(("has_id_card", {"profile": PROFILES[0]}), ("rare", {}))
    assert found == exactly(1.24126388280340e-06)


@pytest.mark.parametrize(("design", "se"), [(QUOTA, 0.0178566203679472), (SITES, 0.0171573456864498)])
def test_the_mean_of_profiles(design, se):
    # in R: svycontrast(svyby(~has_id_card, ~profile, Q, svymean, covmat=TRUE), c(1/3,1/3,1/3))
    result = estimate("quota854", design, yes("has_id_card"), by=[("profile",)])
    mean = brecha.mean_of(result, "has_id_card", "profile", PROFILES)
    assert (mean.estimate, mean.se) == exactly((0.5983856585766243, se))
    assert mean.n == 852


@pytest.mark.parametrize(
    ("rule", "se", "domain_se"),
    [
        # in R: options(survey.lonely.psu=rule); svymean(~I(1*(sch.wide=="Yes")), lond)
        # and of subset(lond, awards=="No")
        ("adjust", 0.0264317645013907, 0.0704602070136974),
        ("average", 0.0322380083171937, 0.0860697062257107),
        ("certainty", 0.0263222235669083, 0.0702756208547466),
    ],
)
def test_single_psu_rules(rule, se, domain_se):
    design = Design(kind="probability", strata=("stype",), weight="pw", single_psu=SinglePsu(rule))
    result = estimate("apistrat_lonely", design, yes("sch.wide", "Yes"), by=[(), ("awards",)])
    assert result.get("sch.wide", {}).se == exactly(se)
    assert result.get("sch.wide", {"awards": "No"}).se == exactly(domain_se)
    assert result.design.single_psu == (("H",),)
    assert result.design.df == 148


def test_collapsing_is_a_design_with_the_two_strata_as_one():
    # in R: lon$st2 <- ifelse(lon$stype=="H", "M", lon$stype)
    # in R: svymean(~I(1*(sch.wide=="Yes")), svydesign(id=~1, strata=~st2, weights=~pw, data=lon))
    rule = SinglePsu("collapse", into={("H",): ("M",)})
    design = Design(kind="probability", strata=("stype",), weight="pw", single_psu=rule)
    result = estimate("apistrat_lonely", design, yes("sch.wide", "Yes"))
    assert result.get("sch.wide", {}).se == exactly(0.0263809178867558)
    assert result.design.collapsed == ((("H",), ("M",)),)
    assert (result.design.strata, result.design.df) == (2, 149)


def everyone_of(case):
    if case.startswith("p01"):
        return estimate("apiclus1", CLUSTERED, yes("ell", "0")).get("ell", {})
    if case.startswith("p02"):
        return estimate("nhanes", NHANES, yes("HI_CHOL")).get("HI_CHOL", {})
    return estimate("quota854", SITES if "_Qc_" in case else QUOTA, yes("rare")).get("rare", {})


@pytest.mark.parametrize(
    ("case", "method", "tolerance"),
    [
        ("p01_ciprop_logit", brecha.intervals.logit, 1e-6),  # R's glm stops early
        ("p01_ciprop_xlogit", brecha.intervals.logit, 1e-9),
        ("p01_ciprop_mean", brecha.intervals.wald, 1e-9),
        ("p02_ciprop_nh_logit", brecha.intervals.logit, 1e-6),
        ("p02_ciprop_nh_asin", brecha.intervals.arcsine, 1e-9),
        ("z_ciprop_rare_Q_logit", brecha.intervals.logit, 1e-6),
        ("z_ciprop_rare_Qc_logit", brecha.intervals.logit, 1e-6),
    ],
)
def test_intervals_of_a_proportion(case, method, tolerance):
    expected = CASES[case]["expected"]
    everyone = everyone_of(case)
    limits = method(everyone.estimate, everyone.se, brecha.intervals.quantile(0.95, everyone.df))
    assert everyone.estimate == pytest.approx(expected["est"], rel=tolerance)
    assert limits == pytest.approx((expected["lo"], expected["hi"]), rel=tolerance)


def test_an_arcsine_limit_below_zero_stops_at_zero():
    # R squares the negative angle instead, and prints a lower limit of 0.0003.
    everyone = everyone_of("p01")
    t = brecha.intervals.quantile(0.95, everyone.df)
    low, high = brecha.intervals.arcsine(everyone.estimate, everyone.se, t)
    assert low == 0
    assert high == pytest.approx(CASES["p01_ciprop_asin"]["expected"]["hi"], rel=1e-9)


def test_korn_and_graubard_s_interval():
    everyone = everyone_of("p02")
    # in R: svyciprop(~I(HI_CHOL==1), nh, method="beta", na.rm=TRUE)
    from_r = (0.100825466105690, 0.124257697191562)
    sample = 8591  # R takes n from the design's rows, not from those who answered
    limits = brecha.intervals.korn_graubard(everyone.estimate, everyone.se, sample, everyone.df, 0.95)
    assert limits == pytest.approx(from_r, rel=1e-9)
    expected = CASES["z_ciprop_rare_Q_beta"]["expected"]
    everyone = everyone_of("z_ciprop_rare_Q_beta")
    limits = brecha.intervals.korn_graubard(everyone.estimate, everyone.se, 852, everyone.df, 0.95)
    assert limits == pytest.approx((expected["lo"], expected["hi"]), rel=1e-9)
