"""Decomposed gaps: what is told, and what is refused."""

import itertools

import pyarrow
import pytest
from scipy import stats

import brecha
from brecha import BrechaError, Comparison, Design, Share
from brecha.decomposition import Mix, Part, decompose, standardise

WOMEN_MEN = Comparison(variable="who", group="women", reference="men")
SIMPLE = Design(kind="quota")
YES = Share(name="a", variable="a", counted=("yes",))


def answers(*counts, who=("women", "men"), age=("old", "young"), **more):
    """Return rows, so many no and yes in each pattern of who and age, by who, then age, then answer."""
    cells = zip(itertools.product(who, age, ["no", "yes"]), counts, strict=True)
    rows = [{"who": w, "age": a, "a": answer} for (w, a, answer), count in cells for _ in range(count)]
    return pyarrow.Table.from_pylist(
        [{**one, **{k: value(i) for k, value in more.items()}} for i, one in enumerate(rows)]
    )


def numbers(*parts):
    return [(part.estimate, part.se) for part in parts]


# women: 2 of 8 old and 3 of 4 young say yes; men: 1 of 2 old and 4 of 5 young
TABLE = answers(6, 2, 1, 3, 1, 1, 1, 4)


def test_a_standardised_gap_is_what_remains_with_one_mix():
    found = standardise(TABLE, SIMPLE, YES, WOMEN_MEN, Mix(["age"], {("old",): 1, ("young",): 1}))
    assert found.group_estimate.estimate == pytest.approx((2 / 8 + 3 / 4) / 2)
    assert found.reference_estimate.estimate == pytest.approx((1 / 2 + 4 / 5) / 2)
    assert found.adjusted.estimate == pytest.approx(0.5 - 0.65)
    assert found.difference.estimate == pytest.approx(5 / 12 - 5 / 7)
    assert found.explained.estimate == pytest.approx(5 / 12 - 5 / 7 + 0.15)
    assert (found.name, found.by, found.comparison, found.design.df) == ("a", ("age",), WOMEN_MEN, 18)


def test_the_mix_is_told_pattern_by_pattern():
    old, young = standardise(TABLE, SIMPLE, YES, WOMEN_MEN, Mix(["age"])).mix
    assert (old.pattern, old.n_group, old.n_reference) == (("old",), 8, 2)
    assert (old.standard, old.group_share, old.reference_share) == pytest.approx((10 / 19, 8 / 12, 2 / 7))
    assert (young.group_estimate, young.reference_estimate) == pytest.approx((0.75, 0.8))


def test_a_pattern_outside_the_standard_needs_no_rows():
    table = answers(6, 2, 1, 3, 0, 0, 1, 4)
    old, young = standardise(table, SIMPLE, YES, WOMEN_MEN, Mix(["age"], "reference")).mix
    assert (old.standard, old.reference_estimate, young.standard) == (0, None, 1)
    [old, _] = standardise(table, SIMPLE, YES, WOMEN_MEN, Mix(["age"], {("old",): 0, ("young",): 5, ("other",): 0})).mix
    assert (old.standard, old.group_estimate) == (0, 0.25)
    table = answers(0, 0, 1, 3, 1, 1, 1, 4)
    assert standardise(table, SIMPLE, YES, WOMEN_MEN, Mix(["age"], "group")).mix[0].group_estimate is None


def test_collapsed_patterns_are_one():
    table = answers(5, 2, 1, 0, 1, 3, 1, 1, 0, 0, 1, 4, age=("old", "older", "young"))
    with pytest.raises(BrechaError) as refusal:
        standardise(table, SIMPLE, YES, WOMEN_MEN, Mix(["age"]))
    assert refusal.value.values == {"who": "men", "columns": ("age",), "patterns": (("older",),)}
    joined = {("older",): ("old",)}
    plain = standardise(TABLE, SIMPLE, YES, WOMEN_MEN, Mix(["age"]))
    found = standardise(table, SIMPLE, YES, WOMEN_MEN, Mix(["age"], collapse=joined))
    assert (found.mix, found.adjusted) == (plain.mix, plain.adjusted)
    known = {("old",): 2, ("older",): 3, ("young",): 5}
    found = standardise(table, SIMPLE, YES, WOMEN_MEN, Mix(["age"], known, joined))
    assert [cell.standard for cell in found.mix] == [0.5, 0.5]


@pytest.mark.parametrize(
    "joined", [{("none",): ("old",)}, {("old",): ("none",)}, {("old",): ("young",), ("young",): ("old",)}]
)
def test_a_pattern_that_cannot_be_collapsed_is_refused(joined):
    assert refused(Mix(["age"], collapse=joined)).code == "unknown_pattern"


def test_a_gap_is_the_sum_of_its_parts():
    found = decompose(TABLE, SIMPLE, YES, WOMEN_MEN, ["age"])
    # a third more of the women are old; among men, youth raises the share from one half to four fifths
    assert found.explained.estimate == pytest.approx((8 / 12 - 2 / 7) * (1 / 2 - 4 / 5))
    [age] = found.contributions
    assert (age.covariate, age.explained) == ("age", found.explained)
    assert found.unexplained.estimate == pytest.approx(age.unexplained.estimate + found.constant.estimate)
    assert found.difference.estimate == pytest.approx(found.explained.estimate + found.unexplained.estimate)
    assert found.constant.estimate == pytest.approx(0.5 - 0.65)
    assert (found.name, found.comparison, found.coefficients, found.rows) == ("a", WOMEN_MEN, "reference", (12, 7))


def test_no_covariate_explains_nothing():
    found = decompose(TABLE, SIMPLE, YES, WOMEN_MEN, [])
    assert (found.explained, found.contributions) == (Part(0.0, 0.0, 18), ())
    assert numbers(found.unexplained, found.constant) == [pytest.approx(numbers(found.difference)[0])] * 2
    found = standardise(TABLE, SIMPLE, YES, WOMEN_MEN, Mix([]))
    assert found.adjusted.estimate == pytest.approx(found.difference.estimate)
    assert (found.explained.se, found.explained.t) == (0.0, None)


def test_the_parts_do_not_depend_on_the_names_of_levels():
    other = answers(6, 2, 1, 3, 1, 1, 1, 4, age=("z", "young"))
    one, two = (decompose(table, SIMPLE, YES, WOMEN_MEN, ["age"]) for table in (TABLE, other))
    for part in ("explained", "unexplained"):
        first, second = (getattr(found.contributions[0], part) for found in (one, two))
        assert numbers(first) == [pytest.approx(numbers(second)[0])]
    assert numbers(one.constant) == [pytest.approx(numbers(two.constant)[0])]


def test_a_gap_inside_a_domain_is_that_of_its_rows_alone():
    away = answers(1, 1, 1, 1, 1, 1, 1, 1, place=lambda _: "Ica")
    table = pyarrow.concat_tables([TABLE.append_column("place", pyarrow.array(["Puno"] * 19)), away])
    comparison = Comparison(variable="who", group="women", reference="men", within={"place": "Puno"})
    found = standardise(table, SIMPLE, YES, comparison, Mix(["age"]))
    plain = standardise(TABLE, SIMPLE, YES, WOMEN_MEN, Mix(["age"]))
    assert found.adjusted.estimate == pytest.approx(plain.adjusted.estimate)
    assert found.design.rows == 27
    one, two = (decompose(t, SIMPLE, YES, c, ["age"]) for t, c in ((table, comparison), (TABLE, WOMEN_MEN)))
    assert one.explained.estimate == pytest.approx(two.explained.estimate)


def test_a_census_has_parts_without_errors():
    found = decompose(TABLE, Design(kind="census"), YES, WOMEN_MEN, ["age"])
    assert found.explained == Part(decompose(TABLE, SIMPLE, YES, WOMEN_MEN, ["age"]).explained.estimate, None, None)
    assert (found.explained.t, found.explained.p, found.explained.limits()) == (None, None, None)


def test_a_part_has_a_test_and_limits():
    part = Part(estimate=1.0, se=0.5, df=10)
    low, high = part.limits(0.9)
    assert (low, high) == pytest.approx((1 - 0.5 * stats.t.ppf(0.95, 10), 1 + 0.5 * stats.t.ppf(0.95, 10)))
    assert part.p == pytest.approx(2 * stats.t.sf(2, 10))
    with pytest.raises(BrechaError) as refusal:
        part.limits(95)
    assert refusal.value.code == "level_out_of_range"


def refused(mix=None, by=("age",), table=TABLE, item=YES, comparison=WOMEN_MEN, coefficients="reference"):
    """Return how a decomposition is refused, or the standardisation to a mix."""
    with pytest.raises(BrechaError) as refusal:
        standardise(table, SIMPLE, item, comparison, mix) if mix else decompose(
            table, SIMPLE, item, comparison, by, coefficients
        )
    return refusal.value


def test_a_standard_that_does_not_exist_is_refused():
    with pytest.raises(BrechaError) as refusal:
        Mix(["age"], "women")
    assert refusal.value.values["allowed"] == ("pooled", "group", "reference")


@pytest.mark.parametrize("share", [-0.1, float("inf"), float("nan")])
def test_a_share_of_the_standard_is_a_number_from_zero(share):
    with pytest.raises(BrechaError) as refusal:
        Mix(["age"], {("old",): share})
    assert refusal.value.code == "standard_invalid"


def test_a_standard_without_a_share_for_rows_is_refused():
    assert refused(Mix(["age"], {("old",): 1})).values == {"columns": ("age",), "patterns": (("young",),)}


def test_a_standard_of_zeros_is_refused():
    assert refused(Mix(["age"], {("old",): 0, ("young",): 0})).code == "standard_empty"


def test_a_standard_with_a_pattern_that_nobody_has_is_refused():
    refusal = refused(Mix(["age"], {("old",): 1, ("young",): 1, ("other",): 1}))
    assert (refusal.code, refusal.values["patterns"]) == ("pattern_lacking", (("other",),))


def test_coefficients_that_do_not_exist_are_refused():
    assert refused(coefficients="men").values["allowed"] == ("reference", "group", "pooled", "neumark")


def test_only_shares_and_means_have_parts():
    assert refused(item=brecha.Total(name="t", variable="a")).code == "not_a_mean"


def test_a_group_against_itself_is_refused():
    assert refused(comparison=Comparison(variable="who", group="men", reference="men")).code == "same_group"


def test_a_group_that_no_row_is_of_is_refused():
    refusal = refused(comparison=Comparison(variable="who", group="girls", reference="men"))
    assert (refusal.code, refusal.values["levels"]) == ("unknown_level", ["men", "women"])


def test_a_group_without_rows_in_the_base_is_refused():
    item = Share(name="a", variable="a", counted=("yes",), universe={"who": ("men",)})
    assert refused(item=item).values == {"name": "a", "domain": {"who": "women"}}


def test_a_blank_covariate_is_refused_unless_it_is_outside_the_universe():
    blank = pyarrow.Table.from_pylist([*TABLE.to_pylist(), {"who": "men", "age": None, "a": "yes"}])
    assert refused(table=blank).values == {"column": "age", "count": 1}
    item = Share(name="a", variable="a", counted=("yes",), universe={"age": ("old", "young")})
    found = decompose(blank, SIMPLE, item, WOMEN_MEN, ["age"])
    assert (found.rows, found.design.rows) == ((12, 7), 20)


def test_a_covariate_of_one_level_is_refused():
    assert refused(table=answers(6, 2, 1, 4, age=("old",))).values == {"variable": "age", "levels": ("old",)}


def test_a_level_that_a_group_lacks_is_refused():
    refusal = refused(table=answers(6, 2, 1, 3, 0, 0, 1, 4))
    assert refusal.values == {"who": "men", "variable": "age", "level": "old"}


def test_a_covariate_that_others_determine_is_refused():
    table = TABLE.append_column("again", pyarrow.array([one[:2] for one in TABLE["age"].to_pylist()]))
    refusal = refused(by=("age", "again"), table=table)
    assert refusal.values == {"who": "women", "variable": "again", "others": ("age",)}


def test_a_number_for_a_covariate_is_refused_before_it_is_counted():
    table = pyarrow.table({"who": ["women", "men"] * 5001, "a": ["yes"] * 10002, "id": list(range(10002))})
    refusal = refused(by=["id"], table=table)
    assert (refusal.code, refusal.values["most"]) == ("too_many_combinations", 10_000)


def test_an_unknown_covariate_is_refused():
    assert refused(by=["z"]).values == {"columns": ("z",)}
