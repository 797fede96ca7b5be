"""Numbers are written as each language writes them."""

from pallaq.shared import numbers


def test_a_share_prints_whole_in_text_and_with_one_decimal_in_tables():
    assert numbers.percent(0.3312) == "33\N{NO-BREAK SPACE}%"
    assert numbers.percent(0.3312, 1) == "33.1\N{NO-BREAK SPACE}%"


def test_halves_round_away_from_zero_whatever_binary_makes_of_them():
    assert [numbers.decimal(value) for value in (0.5, 1.5, 2.5, -2.5)] == ["1", "2", "3", "−3"]
    assert numbers.percent(0.285) == "29\N{NO-BREAK SPACE}%"  # 0.285 * 100 is 28.499999999999996


def test_zero_never_has_a_sign():
    assert numbers.decimal(-0.04, 1) == "0.0"
    assert numbers.points(-0.0001) == "0"
    assert numbers.points(0.0001) == "0"


def test_a_difference_always_shows_its_sign():
    assert numbers.points(-0.6071) == "−61"
    assert numbers.points(0.0213, 1) == "+2.1"
    assert numbers.points_interval(-0.669, -0.546) == "−67;\N{NO-BREAK SPACE}−55"


def test_thousands_have_a_comma_as_in_peru():
    assert numbers.count(11753) == "11,753"
    assert numbers.decimal(1234567.891, 2) == "1,234,567.89"


def test_an_interval_stands_in_brackets_and_is_left_out_where_there_is_none():
    assert numbers.percent_with_interval(0.33, 0.2801, 0.3899) == "33\N{NO-BREAK SPACE}% (28-39)"
    assert numbers.percent_with_interval(0.33, None, None) == "33\N{NO-BREAK SPACE}%"


def test_a_small_probability_is_never_printed_as_zero():
    assert [numbers.probability(p) for p in (0.0, 0.00049, 0.0005, 0.0123)] == ["<0.001", "<0.001", "0.001", "0.012"]
