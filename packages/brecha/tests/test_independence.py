"""Tests of independence: R's numbers, a plain twin on random designs, and what is refused."""

import csv
import itertools
import json
from collections import Counter
from functools import cache
from pathlib import Path

import numpy
import pyarrow
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

import brecha
from brecha import BrechaError, Design, SinglePsu, Stage
from brecha.independence import independence

DATA = Path(__file__).parent / "data"
R = {
    **json.loads((DATA / "r_survey_cases.json").read_text()),
    **json.loads((DATA / "r_more_cases.json").read_text()),
}
TESTS = ("F", "Chisq", "Wald", "adjWald")

NH = Design(kind="probability", strata=("SDMVSTRA",), psu="SDMVPSU", weight="WTMEC2YR")
Q = Design(kind="quota", strata=("region", "profile"), weight="w0", population="Nh")
QC = Design(kind="quota", strata=("region",), psu="site", weight="w0")
STRAT = Design(kind="probability", strata=("stype",), weight="pw", population="fpc")
CLUS1 = Design(kind="probability", psu="dnum", weight="pw", population="fpc")
CLUS2 = Design(kind="probability", psu="dnum", weight="w", population="fpc1", stages=(Stage("snum", "fpc2"),))


@cache
def read(data):
    return brecha.read(DATA / f"{data}.csv")


def exactly(number):
    return pytest.approx(number, rel=1e-9, abs=1e-15)


def two_stage_schools():
    """Return apiclus2 with the weights that R takes from the population sizes: fpc1 / n times fpc2 / m."""
    with (DATA / "apiclus2.csv").open() as file:
        rows = list(csv.DictReader(file))
    drawn = Counter(row["dnum"] for row in rows)
    for row in rows:
        row["w"] = float(row["fpc1"]) / len(drawn) * float(row["fpc2"]) / drawn[row["dnum"]]
    return pyarrow.Table.from_pylist(rows)


def agrees(found, test, expected, scale=1.0):
    """Compare with R, which prints X2 for Chisq, `scale` times ours, and the p of X2 over the design effect."""
    value = found.pearson * scale if test == "Chisq" else found.value
    parameter = expected["parameter"]
    df = parameter if isinstance(parameter, list) else [parameter]
    assert [value, found.p] == exactly([expected["statistic"], expected["p"]])
    assert [one for one in (found.df, found.df_denominator) if one is not None] == exactly(df)


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize(
    ("name", "data", "design", "variables", "universe"),
    [
        ("3x4_profile_educ_Q", "quota854", Q, ("profile", "educ"), None),
        ("3x4_profile_educ_Qc", "quota854", QC, ("profile", "educ"), None),
        ("3x4_profile_educ_owners_Qc", "quota854", QC, ("profile", "educ"), {"has_id_card": ("1",)}),
        ("zero_pit_profile_Q", "quota854", Q, ("owns_pit", "profile"), None),
        ("zero_pit_profile_Qc", "quota854", QC, ("owns_pit", "profile"), None),
        ("3x2_stype_awards_strat", "apistrat", STRAT, ("stype", "awards"), None),
        ("2x2_schwide_comp_clus1", "apiclus1", CLUS1, ("sch.wide", "comp.imp"), None),
    ],
)
def test_a_table_of_complete_answers(name, data, design, variables, universe, test):
    found = independence(read(data), design, variables, test, universe=universe)
    agrees(found, test, R[f"chisq_{name}_{test}"]["expected"])


@pytest.mark.parametrize("test", TESTS)
def test_a_table_of_two_stages(test):
    found = independence(two_stage_schools(), CLUS2, ("awards", "stype"), test)
    agrees(found, test, R[f"chisq_2x3_awards_stype_clus2_{test}"]["expected"])


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize(
    ("name", "data", "design", "variables", "rows", "answered"),
    [
        ("2x2_hichol_sex_nh", "nhanes", NH, ("HI_CHOL", "RIAGENDR"), 8591, 7846),
        ("2x2_idcard_credit_Q", "quota854", Q, ("has_id_card", "credit"), 852, 827),
        ("2x2_idcard_credit_Qc", "quota854", QC, ("has_id_card", "credit"), 852, 827),
    ],
)
def test_missing_answers_are_left_out_as_a_domain(name, data, design, variables, rows, answered, test):
    found = independence(read(data), design, variables, test, missing=("NA",))
    assert (found.n, found.missing) == (answered, rows - answered)
    # R multiplies X2 by the rows that did not answer too; its p does not depend on it
    agrees(found, test, R[f"chisq_{name}_{test}"]["expected"], scale=rows / answered)


@pytest.mark.parametrize(
    ("case", "data", "design", "variables", "test"),
    [
        ("x01_chisq_F", "nhanes", NH, ("HI_CHOL", "race"), "F"),
        ("x02_chisq_Chisq", "nhanes", NH, ("HI_CHOL", "race"), "Chisq"),
        ("x04_wald", "apiclus1", CLUS1, ("sch.wide", "stype"), "Wald"),
        ("x05_adjwald", "apiclus1", CLUS1, ("sch.wide", "stype"), "adjWald"),
        ("z_chisq_Qc", "quota854", QC, ("educ", "profile"), "F"),
        ("chisq_2x4_hichol_race_nh_Wald", "nhanes", NH, ("HI_CHOL", "race"), "Wald"),
        ("chisq_2x4_hichol_race_nh_adjWald", "nhanes", NH, ("HI_CHOL", "race"), "adjWald"),
    ],
)
def test_the_cases_of_the_study(case, data, design, variables, test):
    found = independence(read(data), design, variables, test, missing=("NA",))
    agrees(found, test, R[case]["expected"], scale=(found.n + found.missing) / found.n)


@pytest.mark.parametrize(
    ("variables", "test", "expected"),
    [
        (("has_id_card", "profile"), "F", [31.8210227753584, 1.56149118960639, 42.1602621193725, 3.63095860331124e-08]),
        (("has_id_card", "profile"), "Wald", [24.743030472116, 2, 27, 7.8532573775476e-07]),
        (("has_id_card", "profile"), "adjWald", [23.8266219361117, 2, 26, 1.32177975732226e-06]),
    ],
)
def test_a_post_stratified_design_of_clusters(variables, test, expected):
    # in R: p <- postStratify(svydesign(id = ~site, strata = ~region, weights = ~w0, nest = TRUE, data = quota854),
    #   ~age_grp, data.frame(age_grp = c("18-29", "30-44", "45+"), Freq = c(9000, 8000, 4424)))
    # and then: svychisq(~has_id_card + profile, p, statistic = ...)
    data = read("quota854")
    design = brecha.poststratify(data, QC, "age_grp", {"18-29": 9000, "30-44": 8000, "45+": 4424})
    found = independence(data, design, variables, test)
    assert [found.value, found.df, found.df_denominator, found.p] == exactly(expected)
    assert found.design.calibration is not None


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("F", [2.07615778225657, 2.99904511723954, 2474.21222172262, 0.101320512514531]),
        ("Wald", [2.13989824854652, 3, 825, 0.0937435654930329]),
    ],
)
def test_a_post_stratified_design_of_rows(test, expected):
    # in R, ten being 10: p <- postStratify(svydesign(id = ~1, strata = ~interaction(region, profile), weights = ~ten,
    #   data = quota854), ~age_grp, data.frame(age_grp = c("18-29", "30-44", "45+"), Freq = c(4000, 3000, 1520)))
    # and then: svychisq(~has_id_card + educ, p, statistic = ...)
    design = Design(kind="quota", strata=("region", "profile"))
    data = read("quota854")
    design = brecha.poststratify(data, design, "age_grp", {"18-29": 4000, "30-44": 3000, "45+": 1520})
    found = independence(data, design, ("has_id_card", "educ"), test)
    assert [found.value, found.df, found.df_denominator, found.p] == exactly(expected)


def answers(*counts, rows=("a", "b"), columns=("no", "yes"), **more):
    """Return rows, so many in each cell of a table, row by row."""
    cells = zip(itertools.product(rows, columns), counts, strict=True)
    found = [{"r": r, "c": c} for (r, c), count in cells for _ in range(count)]
    return pyarrow.Table.from_pylist(
        [{**one, **{name: value(i) for name, value in more.items()}} for i, one in enumerate(found)]
    )


SIMPLE = Design(kind="quota")


def test_rows_drawn_simply_at_random_give_pearson_s_test_nearly():
    found = independence(answers(20, 10, 30, 40), SIMPLE, ("r", "c"), "Chisq")
    pearson = stats.chi2_contingency([[20, 10], [30, 40]], correction=False).statistic
    assert found.pearson == pytest.approx(pearson)
    # the design effect is that of drawing without strata: n / (n - 1)
    assert found.design_effect == pytest.approx(100 / 99)
    assert (found.value, found.p) == pytest.approx((pearson * 0.99, stats.chi2.sf(pearson * 0.99, 1)))


def test_the_table_comes_with_its_levels_shares_and_rows():
    found = independence(answers(6, 2, 1, 3), SIMPLE, ("r", "c"))
    assert (found.row, found.column, found.row_levels, found.column_levels) == ("r", "c", ("a", "b"), ("no", "yes"))
    assert found.counts == ((6, 2), (1, 3))
    assert found.shares == ((0.5, pytest.approx(1 / 6)), (pytest.approx(1 / 12), 0.25))
    assert (found.n, found.missing, found.design.rows, found.test) == (12, 0, 12, "F")


def test_cramer_s_v_is_one_where_a_variable_tells_the_other_and_zero_where_it_tells_nothing():
    told = answers(9, 0, 0, 0, 6, 0, rows=("a", "b"), columns=("no", "yes", "so"), w=lambda i: 1.0 + i % 3)
    assert independence(told, Design(kind="quota", weight="w"), ("r", "c"), "F").cramers_v == pytest.approx(1)
    assert independence(answers(4, 8, 3, 6), SIMPLE, ("r", "c")).cramers_v == pytest.approx(0, abs=1e-8)


def test_swapping_row_and_column_changes_nothing():
    table = answers(20, 10, 5, 30, 40, 9, columns=("no", "yes", "so"))
    for test in TESTS:
        one, other = (independence(table, SIMPLE, variables, test) for variables in (("r", "c"), ("c", "r")))
        assert (one.value, one.p, one.cramers_v) == pytest.approx((other.value, other.p, other.cramers_v))


def test_a_level_that_nobody_gave_who_answered_both_is_no_level():
    table = answers(4, 2, 0, 3, 1, 0, 0, 0, 5, rows=("a", "b", "dk"), columns=("no", "yes", "dk"))
    found = independence(table, SIMPLE, ("r", "c"), missing=("dk",))
    assert (found.counts, found.missing) == (((4, 2), (3, 1)), 5)
    table = answers(4, 2, 0, 3, 1, 0, 0, 0, 5, rows=("a", "b", "z"), columns=("no", "yes", "dk"))
    assert independence(table, SIMPLE, ("r", "c"), missing=("dk",)).row_levels == ("a", "b")


def test_the_universe_leaves_out_as_a_domain_and_is_not_missing():
    table = answers(6, 2, 1, 3, x=lambda i: "in" if i % 4 else "out")
    found = independence(table, SIMPLE, ("r", "c"), universe={"x": ("in",)})
    assert (found.n, found.missing, found.design.psus) == (9, 0, 12)


@pytest.mark.parametrize("column", ["r", "c"])
def test_a_blank_is_missing_only_if_declared(column):
    table = answers(6, 2, 1, 3).to_pylist()
    table[0][column] = None
    table = pyarrow.Table.from_pylist(table)
    with pytest.raises(BrechaError) as refusal:
        independence(table, SIMPLE, ("r", "c"))
    assert (refusal.value.code, refusal.value.values["variable"]) == ("undeclared_blank", column)
    found = independence(table, SIMPLE, ("r", "c"), missing=("",))
    assert (found.counts, found.missing) == (((5, 2), (1, 3)), 1)


def refused(table, design=SIMPLE, test="F", variables=("r", "c"), **more):
    with pytest.raises(BrechaError) as refusal:
        independence(table, design, variables, test, **more)
    return refusal.value


def test_a_test_that_does_not_exist_is_refused():
    assert refused(answers(6, 2, 1, 3), test="G").values["allowed"] == TESTS


def test_a_census_is_refused():
    assert refused(answers(6, 2, 1, 3), Design(kind="census")).code == "no_test_in_census"


def test_an_unknown_column_is_refused():
    assert refused(answers(6, 2, 1, 3), variables=("r", "z")).values["columns"] == ("z",)


def test_one_level_is_refused():
    refusal = refused(answers(6, 0, 1, 0))
    assert (refusal.code, refusal.values["variable"], refusal.values["levels"]) == ("single_level", "c", ("no",))


def test_an_empty_margin_is_refused_where_it_leaves_one_level():
    # in the universe everybody says no
    table = answers(6, 2, 1, 3, x=lambda i: "in" if i in (0, 1, 8) else "out")
    refusal = refused(table, universe={"x": ("in",)})
    assert (refusal.code, refusal.values["levels"]) == ("single_level", ("no",))


def test_a_table_of_too_many_cells_is_refused():
    numbers = pyarrow.table({"r": list(range(201)), "c": ["a"] * 201})
    assert refused(numbers).values == {"columns": ("r", "c"), "most": 200}


def test_a_table_that_the_design_fixes_is_refused():
    assert (
        refused(answers(6, 2, 1, 3), Design(kind="quota", strata=("r", "c"), single_psu=SinglePsu("certainty"))).code
        == "table_fixed"
    )


def test_a_table_with_rows_in_few_cells_is_refused():
    table = answers(5, 0, 0, 0, 6, 0, 0, 0, 7, rows="abc", columns="xyz")
    assert refused(table).code == "table_too_sparse"


def test_wald_s_test_needs_as_many_degrees_of_freedom_as_contrasts():
    table = answers(5, 4, 3, 6, 6, 6, rows="abc", psu=lambda i: i % 2)
    design = Design(kind="quota", psu="psu")
    assert refused(table, design, "Wald").values == {"contrasts": 2, "df": 1}
    assert refused(table, design, "adjWald").code == "too_few_degrees"
    assert independence(table, design, ("r", "c"), "F").df <= 1 + 1e-9


def test_wald_s_test_is_refused_where_its_contrasts_do_not_vary_freely():
    # two PSUs stand three times: there are five degrees of freedom, but all PSUs differ in one direction
    table = pyarrow.concat_tables(
        [
            answers(5, 4, 3, 6, 6, 6, rows="abc", psu=lambda _, k=k: k)
            if k % 2
            else answers(4, 5, 6, 3, 7, 5, rows="abc", psu=lambda _, k=k: k)
            for k in range(6)
        ]
    )
    assert refused(table, Design(kind="quota", psu="psu"), "Wald").code == "wald_singular"


class Plain:
    """The table and its tests from the rows, one at a time."""

    def __init__(self, rows, design):
        self.rows, self.design = rows, design
        self.w = numpy.array([1.0 if design.weight is None else row[design.weight] for row in rows])
        levels = [sorted({row[name] for row in rows}) for name in "rc"]
        self.cells = list(itertools.product(*levels))
        self.shape = len(levels[0]), len(levels[1])
        self.inside = numpy.array([[(row["r"], row["c"]) == cell for row in rows] for cell in self.cells], dtype=float)
        self.p = self.inside @ self.w / self.w.sum()

    def covariances(self, statistic):
        """Return the covariances of a function of the weights; a row's influence is w times its derivative.

        A derivative along a tiny imaginary step has no rounding (Squire and Trapp 1998).
        """
        step, one = 1e-30, numpy.eye(len(self.w))
        z = numpy.array([statistic(self.w + 1j * step * direction).imag / step for direction in one])
        totals = {}
        for i, row in enumerate(self.rows):
            stratum = totals.setdefault(tuple(row[name] for name in self.design.strata), {})
            psu = i if self.design.psu is None else row[self.design.psu]
            stratum[psu] = stratum.get(psu, 0) + self.w[i] * z[i]
        everywhere = numpy.mean([u for psus in totals.values() for u in psus.values()], axis=0)
        found = numpy.zeros((z.shape[1], z.shape[1]))
        for psus in totals.values():
            u, n = numpy.array(list(psus.values())), len(psus)
            apart = u - (u.mean(axis=0) if n > 1 else everywhere)
            found += (n / (n - 1) if n > 1 else 1.0) * apart.T @ apart
        return found

    def pearson(self):
        expected = numpy.outer(*self.margins())
        return len(self.rows) * ((self.p.reshape(self.shape) - expected) ** 2 / expected).sum()

    def margins(self):
        return self.p.reshape(self.shape).sum(axis=1), self.p.reshape(self.shape).sum(axis=0)

    def effects(self):
        """Rao and Scott's (1984) design effects: of the interaction's columns, cleared of the margins'."""
        of = [[[cell[side] == other[side] for other in self.cells] for cell in self.cells] for side in (0, 1)]
        margins = numpy.hstack(of).astype(float)
        root = numpy.sqrt(self.p)[:, None]
        interaction = numpy.eye(len(self.p))
        z = interaction - margins @ numpy.linalg.lstsq(root * margins, root * interaction, rcond=None)[0]
        covariances = self.covariances(lambda w: self.inside @ w / w.sum())
        return numpy.linalg.pinv(z.T @ (self.p[:, None] * z), rcond=1e-9) @ (z.T @ covariances @ z) * len(self.rows)

    def departures(self, w):
        """Return how far the weights of cells are from independence, all rows and columns but the last."""
        counts = (self.inside @ w).reshape(self.shape)
        return (counts - numpy.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum())[:-1, :-1].ravel()


row = st.fixed_dictionaries(
    {
        "stratum": st.sampled_from("xyz"),
        "psu": st.sampled_from("1234"),
        "w": st.floats(0.1, 50),
        "r": st.sampled_from("ab"),
        "c": st.sampled_from("klm"),
    }
)


@st.composite
def samples(draw):
    """Return rows with one in every cell at least, and their design."""
    rows = draw(st.lists(row, min_size=10, max_size=25))
    rows += [{**draw(row), "r": r, "c": c} for r, c in itertools.product("ab", "klm")]
    return rows, Design(
        kind="probability",
        strata=draw(st.sampled_from([(), ("stratum",)])),
        psu=draw(st.sampled_from([None, "psu"])),
        weight=draw(st.sampled_from([None, "w"])),
        single_psu=SinglePsu("adjust"),
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@given(samples())
def test_the_twin_agrees(sample):
    rows, design = sample
    table, plain = pyarrow.Table.from_pylist(rows), Plain(rows, design)
    assume(len({(row["stratum"], row["psu"]) for row in rows} if design.strata else {row["psu"] for row in rows}) > 4)
    effects, pearson = plain.effects(), plain.pearson()
    first = numpy.trace(effects) ** 2 / numpy.trace(effects @ effects)
    found = independence(table, design, ("r", "c"), "F")
    nu = found.design.df
    assert found.pearson == pytest.approx(pearson, rel=1e-10, abs=1e-10)
    assert found.design_effect == pytest.approx(numpy.trace(effects) / 2, rel=1e-10)
    assert [found.value, found.df] == pytest.approx([pearson / numpy.trace(effects), first], rel=1e-9, abs=1e-10)
    assert found.p == pytest.approx(stats.f.sf(found.value, first, first * nu), rel=1e-8)
    found = independence(table, design, ("r", "c"), "Chisq")
    assert found.p == pytest.approx(stats.chi2.sf(2 * pearson / numpy.trace(effects), 2), rel=1e-9)
    covariances = plain.covariances(plain.departures)
    assume(numpy.linalg.cond(covariances) < 1e5)
    wald = plain.departures(plain.w) @ numpy.linalg.solve(covariances, plain.departures(plain.w)) / 2
    found = independence(table, design, ("r", "c"), "adjWald")
    assert found.value == pytest.approx(wald * (nu - 1) / nu, rel=1e-9, abs=1e-10)
    assert found.p == pytest.approx(stats.f.sf(found.value, 2, nu - 1), rel=1e-8)
