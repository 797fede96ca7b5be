"""Degrees of freedom of the whole design, or of the part of it that an estimate has rows in."""

import pytest

import brecha
from brecha.contrasts import combine
from brecha.errors import BrechaError

PPE = [brecha.Share(name="ppe", variable="ppe", counted=("y",))]


def rows():
    """Give two strata: "a" with four PSUs of women and men, "b" with three of men, and a woman in one of them."""
    found = [("a", psu, who, ppe) for psu in "1234" for who, ppe in (("w", "y"), ("m", "n" if psu == "2" else "y"))]
    found += [("b", psu, "m", ppe) for psu in "123" for ppe in "yn"]
    found.append(("b", "2", "w", "n"))
    found[2], found[4] = ("a", "2", "w", "n"), ("a", "3", "w", "n")
    return dict(zip(("stratum", "psu", "who", "ppe"), zip(*found, strict=True), strict=True))


def estimate(degrees, **design):
    made = brecha.Design(kind="probability", strata=("stratum",), degrees=degrees, **{"psu": "psu", **design})
    table = {name: list(values) for name, values in rows().items()}
    return brecha.estimate(table, made, PPE, by=[(), ("stratum",), ("stratum", "who"), ("who",)])


def test_each_domain_has_those_of_its_own_psus_and_strata():
    result = estimate("domain")
    # Everybody: 7 PSUs in 2 strata. Stratum a: 4 in 1. Women: 4 in a and 1 in b. Women of b: 1 PSU, hence at least 1.
    assert result.get("ppe", {}).df == 5
    assert result.get("ppe", {"stratum": "a"}).df == 3
    assert result.get("ppe", {"who": "w"}).df == 3
    assert result.get("ppe", {"stratum": "b", "who": "w"}).df == 1


def test_the_design_s_are_the_same_everywhere():
    assert {one.df for one in estimate("design")} == {5}


def test_rows_are_counted_where_they_are_the_psus():
    result = estimate("domain", psu=None)
    assert result.get("ppe", {"who": "w"}).df == 5 - 2
    assert result.get("ppe", {"stratum": "b"}).df == 7 - 1


def test_only_limits_and_tests_change():
    one, other = estimate("design"), estimate("domain")
    for whole, own in zip(one, other, strict=True):
        assert (own.estimate, own.se, own.n_eff) == (whole.estimate, whole.se, whole.n_eff)
        if own.df < whole.df and own.se:
            assert own.high - own.low > whole.high - whole.low


def test_a_gap_has_the_fewer_of_its_two_sides():
    result = estimate("domain")
    comparison = brecha.Comparison(variable="who", group="w", reference="m")
    [gap] = brecha.gaps(result, [comparison])
    assert (result.get("ppe", {"who": "m"}).df, gap.df) == (5, 3)
    keys = [(1, ("ppe", {"who": "w"})), (-1, ("ppe", {"who": "m"}))]
    assert combine(result, keys).df == 3
    [wider] = brecha.gaps(estimate("design"), [comparison])
    assert gap.p > wider.p
    assert gap.ratio_low < wider.ratio_low


def test_it_refuses_degrees_that_are_none():
    with pytest.raises(BrechaError) as refused:
        brecha.Design(kind="probability", degrees="region")
    assert refused.value.code == "unknown_degrees"
    assert refused.value.values["allowed"] == ("design", "domain")
