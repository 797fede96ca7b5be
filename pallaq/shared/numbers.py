"""How a figure is printed everywhere: Peru's formats, whole percentages in text, one decimal in tables.

Shares and differences arrive as fractions. Spaces before a sign are unbreakable, a minus is a minus (not a hyphen).
"""

import math

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def rounded(value: float, places: int) -> float:
    """Return a value rounded half away from zero, as people do; binary noise under 1e-9 does not decide."""
    scale: float = 10.0**places
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9) / scale, value)


def decimal(value: float, places: int = 0) -> str:
    """Return 1,234.5 with a true minus and never a minus zero."""
    text = f"{abs(rounded(value, places)):,.{places}f}"
    return MINUS + text if value < 0 and text.strip("0.,") else text


def count(value: int) -> str:
    """Return a number of people: 11,753."""
    return f"{value:,d}"


def percent(fraction: float, places: int = 0) -> str:
    """Return a share: 33 %."""
    return decimal(fraction * 100, places) + SPACE + "%"


def interval(low: float, high: float, places: int = 0) -> str:
    """Return the limits of a share, without the sign: 28-39."""
    return f"{decimal(low * 100, places)}-{decimal(high * 100, places)}"


def percent_with_interval(fraction: float, low: float | None, high: float | None, places: int = 0) -> str:
    """Return 33 % (28-39), or the share alone where there is no interval."""
    if low is None or high is None:
        return percent(fraction, places)
    return f"{percent(fraction, places)} ({interval(low, high, places)})"


def points(difference: float, places: int = 0) -> str:
    """Return a difference of shares in percentage points, always with its sign unless it is zero: +2, −61."""
    text = decimal(difference * 100, places)
    return f"+{text}" if difference > 0 and text.strip("0.,") else text


def points_interval(low: float, high: float, places: int = 0) -> str:
    """Return the limits of a difference; a semicolon, since a hyphen beside a minus cannot be read."""
    return f"{points(low, places)};{SPACE}{points(high, places)}"


def probability(value: float) -> str:
    """Return a p value: three decimals, "<0.001" below."""
    return "<0.001" if value < 0.0005 else f"{value:.3f}"


def ratio(value: float) -> str:
    """Return a ratio of shares: 0.35."""
    return decimal(value, 2)
