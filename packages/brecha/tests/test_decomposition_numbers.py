"""Decomposed gaps: the numbers of R, from its survey package, to nine digits."""

import json
from functools import cache
from pathlib import Path

import pytest

import brecha
from brecha import Comparison, Design, Mean, Share
from brecha.decomposition import Mix, decompose, standardise

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "r_more_cases.json").read_text())

NH = Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR")
Q = Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")
QC = Design(kind="quota", strata=("region",), psu="site", weight="w0")
STRAT = Design(kind="probability", strata=("stype",), weight="pw", population="fpc")
CLUS1 = Design(kind="probability", psu="dnum", weight="pw", population="fpc")

INCOME = Mean(name="income", variable="income", missing=("NA",))
ID_CARD = Share(name="id", variable="has_id_card", counted=("1",))
HIGH = Share(name="high", variable="HI_CHOL", counted=("1",), base="answered", missing=("NA",))
API00 = Mean(name="api00", variable="api00")

A, B, C = "A_woman_miner", "B_woman_service", "C_man_miner"


@cache
def read(data):
    return brecha.read(DATA / f"{data}.csv")


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def numbers(*parts):
    return [(part.estimate, part.se) for part in parts]


# Standardised gaps


@pytest.mark.parametrize(
    ("case", "data", "design", "item", "by", "over", "levels"),
    [
        ("hichol_by_race_nh", "nhanes", NH, HIGH, "agecat", "race", ["(0,19]", "(19,39]", "(39,59]", "(59,Inf]"]),
        ("hichol_by_sex_nh", "nhanes", NH, HIGH, "agecat", "RIAGENDR", ["(0,19]", "(19,39]", "(39,59]", "(59,Inf]"]),
        ("income_by_profile_Q", "quota854", Q, INCOME, "age_grp", "profile", ["18-29", "30-44", "45+"]),
        ("income_by_profile_Qc", "quota854", QC, INCOME, "age_grp", "profile", ["18-29", "30-44", "45+"]),
        ("api00_by_stype_clus1", "apiclus1", CLUS1, API00, "awards", "stype", ["No", "Yes"]),
        ("api00_by_schwide_strat", "apistrat", STRAT, API00, "stype", "sch.wide", ["E", "H", "M"]),
    ],
)
def test_a_gap_with_a_known_mix(case, data, design, item, by, over, levels):
    expected = R[f"standard_{case}"]
    result, shares = expected["expected"], expected["given"]["shares"]
    standard = {(level,): share for level, share in zip(levels, shares, strict=True)}
    first, second = result["label"][:2]
    comparison = Comparison(variable=over, group=second, reference=first)
    found = standardise(read(data), design, item, comparison, Mix(by=[by], standard=standard))
    assert numbers(found.reference_estimate, found.group_estimate) == [
        exactly(pair) for pair in zip(result["est"][:2], result["se"][:2], strict=True)
    ]
    (a, c), (_, b) = (row[:2] for row in result["vcov"][:2])
    assert found.adjusted.estimate == exactly(result["est"][1] - result["est"][0])
    assert found.adjusted.se == exactly((a + b - 2 * c) ** 0.5)


@pytest.mark.parametrize("standard", ["pooled", "group", "reference"])
@pytest.mark.parametrize(
    ("data", "design", "item", "by", "comparison", "expected"),
    [
        (
            "quota854",
            QC,
            INCOME,
            "age_grp",
            Comparison(variable="profile", group=A, reference=C),
            {
                "pooled": [
                    (34530.2890629894, 1393.95903125319),
                    (70120.0904462072, 2505.22636723135),
                    (-35576.4875991454, 3483.22277748632),
                    (-35589.8013832178, 3478.24650266934),
                    (13.3137840723866, 128.945968654892),
                ],
                "group": [
                    (34641.4490377551, 1440.18908692555),
                    (69892.977089819, 2458.99668618757),
                    (-35576.4875991454, 3483.22277748632),
                    (-35251.5280520639, 3479.77569496047),
                    (-324.959547081504, 419.086192733607),
                ],
                "reference": [
                    (34482.3985282301, 1380.19738942983),
                    (70217.9366369005, 2535.0566203064),
                    (-35576.4875991454, 3483.22277748632),
                    (-35735.5381086704, 3493.22612743482),
                    (159.050509524917, 244.905068624701),
                ],
            },
        ),
        (
            "nhanes",
            NH,
            HIGH,
            "agecat",
            Comparison(variable="RIAGENDR", group="2", reference="1"),
            {
                "pooled": [
                    (0.120971716298628, 0.00624696928267841),
                    (0.101286002131224, 0.00715458377632089),
                    (0.0223486942281168, 0.0074830242980721),
                    (0.0196857141674038, 0.00801567726232479),
                    (0.002662980060713, 0.00128270129212401),
                ],
                "group": [
                    (0.12307346311304, 0.00646060526484009),
                    (0.101823264618237, 0.00750574267625777),
                    (0.0223486942281168, 0.0074830242980721),
                    (0.0212501984948033, 0.0079912269268025),
                    (0.00109849573331346, 0.00130981235458065),
                ],
                "reference": [
                    (0.11877619694623, 0.00613885068139901),
                    (0.100724768884924, 0.00683450959621081),
                    (0.0223486942281168, 0.0074830242980721),
                    (0.0180514280613067, 0.00809967532545106),
                    (0.00429726616681006, 0.00152144979882389),
                ],
            },
        ),
        (
            "quota854",
            "post-stratified",
            INCOME,
            "educ",
            Comparison(variable="profile", group=A, reference=C),
            {
                "pooled": [
                    (34430.9816659317, 1508.78840608381),
                    (70124.1901105144, 2610.37703898374),
                    (-35761.1776587421, 3624.13094615014),
                    (-35693.2084445827, 3620.97922426598),
                    (-67.9692141593841, 329.418719440032),
                ],
                "group": [
                    (34562.1636548218, 1451.70784340573),
                    (69666.3064166779, 2502.20918752267),
                    (-35761.1776587421, 3624.13094615014),
                    (-35104.1427618561, 3443.72818310423),
                    (-657.034896885991, 556.250576424133),
                ],
                "reference": [
                    (34373.9255810404, 1564.97382118368),
                    (70323.3413135639, 2673.06091641321),
                    (-35761.1776587421, 3624.13094615014),
                    (-35949.4157325234, 3736.44550111105),
                    (188.238073781358, 575.972118131755),
                ],
            },
        ),
    ],
)
def test_a_gap_with_an_estimated_mix(data, design, item, by, comparison, expected, standard):
    """In R: totals of N and Y by group g or r and level k, and the delta method on them.

    t <- svytotal(cbind(Ng1 = (group == g & by == 1), Yg1 = ifelse(group == g & by == 1, y, 0), ...), design)
    svycontrast(t, list(quote((Ng1 + Nr1)/(Ng1 + ... + Nr4) * Yg1/Ng1 + ...)))   # pooled; others with their own shares
    post-stratified: postStratify(Qc, ~age_grp, data.frame(age_grp = ..., Freq = c(9000, 8000, 4424)))
    """
    found = standardise(read(data), laid(design), item, comparison, Mix(by=[by], standard=standard))
    parts = found.group_estimate, found.reference_estimate, found.difference, found.adjusted, found.explained
    # what is left of a gap is a small difference of large numbers
    assert numbers(*parts) == [pytest.approx(pair, rel=1e-8) for pair in expected[standard]]


def laid(design):
    if design != "post-stratified":
        return design
    return brecha.poststratify(read("quota854"), QC, "age_grp", {"18-29": 9000, "30-44": 8000, "45+": 4424})


# Explained and unexplained


@pytest.mark.parametrize(
    ("case", "data", "design", "item", "by", "comparison"),
    [
        ("income_A_vs_C_Q", "quota854", Q, INCOME, ["educ", "age_grp"], ("profile", A, C)),
        ("income_A_vs_C_Qc", "quota854", QC, INCOME, ["educ", "age_grp"], ("profile", A, C)),
        ("income_B_vs_C_Qc", "quota854", QC, INCOME, ["educ", "age_grp", "obst_1"], ("profile", B, C)),
        ("idcard_A_vs_C_Qc", "quota854", QC, ID_CARD, ["educ", "age_grp"], ("profile", A, C)),
        ("hichol_2_vs_1_nh", "nhanes", NH, HIGH, ["agecat", "race"], ("RIAGENDR", "2", "1")),
    ],
)
def test_a_gap_valued_at_the_reference_s_coefficients(case, data, design, item, by, comparison):
    expected = R[f"oaxaca_{case}"]["expected"]
    variable, group, reference = comparison
    found = decompose(read(data), design, item, Comparison(variable=variable, group=group, reference=reference), by)
    pairs = zip(expected["est"], expected["se"], strict=True)
    assert numbers(found.explained, found.unexplained, found.difference) == [exactly(pair) for pair in pairs]
    columns = dict(zip(expected["columns"], expected["explained_by_column"], strict=True))
    for one in found.contributions:
        own = [value for column, value in columns.items() if column.removeprefix("factor(").startswith(one.covariate)]
        assert one.explained.estimate == exactly(sum(own))


A_C = Comparison(variable="profile", group=A, reference=C)
B_C = Comparison(variable="profile", group=B, reference=C)


@pytest.mark.parametrize(
    ("data", "design", "item", "by", "comparison", "coefficients", "estimates", "errors"),
    [
        (
            "quota854", QC, INCOME, ["educ", "age_grp"], A_C, "group",
            [264.269629838994, -35840.7572289841, 131.678968204668, 132.590661634326,
             -36857.66003564, -1111.40237365249, 2128.30518030835],
            [550.143386136374, 3566.31256763934, 558.238806000404, 223.160376045338,
             6058.20167084105, 3648.93690431242, 1561.51986963056],
        ),
        (
            "quota854", QC, INCOME, ["educ", "age_grp"], A_C, "reference",
            [-1094.71280371353, -34481.7747954316, -782.652312007998, -312.060491705535,
             -36857.66003564, -197.071093439822, 2572.95633364821],
            [753.23455185599, 3266.39733172893, 556.683826184125, 463.325956556448,
             6058.20167084105, 4213.59477400059, 1447.50130718375],
        ),
        (
            "quota854", QC, INCOME, ["educ", "age_grp"], A_C, "pooled",
            [-603.335764326529, -34973.1518348186, -426.706346917938, -176.62941740859,
             -36857.66003564, -553.017058529882, 2437.52525935126],
            [439.837689493046, 3349.75734524424, 312.732415896852, 258.151512556876,
             6058.20167084105, 4125.41479079845, 1443.5958727261],
        ),
        (
            "quota854", QC, INCOME, ["educ", "age_grp"], A_C, "neumark",
            [-1150.79443065193, -34425.6931684932, -831.195267357709, -319.599163294222,
             -36857.66003564, -148.528138090111, 2580.49500523689],
            [595.952332333283, 3300.41133816731, 400.396333901439, 367.505204892532,
             6058.20167084105, 4119.53458292613, 1430.53905794628],
        ),
        (
            "nhanes", NH, HIGH, ["agecat", "race"], Comparison(variable="RIAGENDR", group="2", reference="1"), "pooled",
            [0.00221672672463409, 0.0201319675034831, 0.00279770309894352, -0.000580976374309432,
             0.00506128381964961, -0.00495640403353192, 0.0200270877173654],
            [0.00137164801907666, 0.00791516073096012, 0.0012596996624301, 0.000357237367289565,
             0.0118877560207279, 0.00239161478253556, 0.00839064007790112],
        ),
        (
            "quota854", Q, ID_CARD, ["educ", "age_grp"], B_C, "neumark",
            [-0.00536886684697316, -0.26109784458369, -0.000736951188064636, -0.00463191565890852,
             -0.196719886958006, -0.0622358105711715, -0.00214214705451225],
            [0.00638782349664812, 0.0423707798382123, 0.0037523328634666, 0.00520525850174955,
             0.0525504818880268, 0.0319672947728212, 0.0145787234479657],
        ),
        (
            "quota854", "post-stratified", INCOME, ["educ", "age_grp"], A_C, "reference",
            [-1000.62345041568, -34760.5542083265, -721.568784678301, -279.054665737382,
             -36769.3710457346, -328.495895357135, 2337.31273276524],
            [807.605283202304, 3438.20785402295, 579.520906622119, 505.064706223869,
             5892.66602638024, 4038.85355184199, 1306.03819606954],
        ),
        (
            "quota854", "post-stratified", INCOME, ["educ", "age_grp"], A_C, "pooled",
            [-529.11713693064, -35232.0605218115, -371.085448682991, -158.031688247649,
             -36769.3710457346, -678.979231352445, 2216.28975527551],
            [440.10151810867, 3508.66632896391, 318.373017609788, 263.513757486031,
             5892.66602638024, 3946.245253553, 1248.36429017905],
        ),
    ],
)  # fmt: skip
def test_every_part_of_a_gap(data, design, item, by, comparison, coefficients, estimates, errors):
    """In R: x <- model.matrix(~ educ + age_grp, contrasts = contr.sum); w <- weights(d); g, r: the rows of the groups

    reg <- function(inside, x) { a <- solve(crossprod(x, x * w * inside)); b <- c(a %*% crossprod(x, w * inside * y))
      list(b = b, z = (x * c(inside * (y - x %*% b))) %*% a) }
    mean_of <- function(inside) { m <- colSums(x * w * inside) / sum(w * inside)
      list(b = m, z = inside * sweep(x, 2, m) / sum(w * inside)) }
    G <- reg(g, x); R <- reg(r, x); S: G, R, reg(g | r, cbind(x, g)) for pooled, reg(g | r, x) for neumark
    explained: (xg$b - xr$b) * S$b, with z: by(xg$z - xr$z, S$b) + by(S$z, xg$b - xr$b), by(z, b) = sweep(z, 2, b, "*")
    unexplained: xg$b * (G$b - S$b) + xr$b * (S$b - R$b), with z: by(xg$z, G$b - S$b) + by(G$z - S$z, xg$b) + ...
    sums over all columns, and over those of a covariate; SE(svytotal(rowSums(z), d)).
    """
    found = decompose(read(data), laid(design), item, comparison, by, coefficients)
    contributions = found.contributions
    parts = [found.explained, found.unexplained, *(one.explained for one in contributions), found.constant]
    parts += [one.unexplained for one in contributions]
    assert [one.covariate for one in contributions] == by
    # R's own rounding: parts of a thousandth of the income they are made of
    assert [part.estimate for part in parts] == [pytest.approx(number, rel=1e-9) for number in estimates]
    assert [part.se for part in parts] == [pytest.approx(number, rel=1e-9) for number in errors]
