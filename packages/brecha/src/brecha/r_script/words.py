"""Names, texts, numbers and conditions as R writes them."""

import json
from collections.abc import Iterable, Mapping, Sequence


def name(column: str) -> str:
    r"""Return a column's name for a formula.

    >>> print(name("sch.wide"), name("a`b"))
    `sch.wide` `a\`b`
    """
    escaped = column.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"


def text(value: str) -> str:
    r"""Return a text; R reads the escapes that JSON writes.

    >>> print(text('say "no"'))
    "say \"no\""
    """
    return json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    """Return a number with all its digits.

    >>> number(4421.0), number(0.1)
    ('4421', '0.1')
    """
    return repr(float(value)).removesuffix(".0")


def texts(values: Iterable[str]) -> str:
    """Return texts as a vector, the empty one as NA, which is what the script reads from a blank.

    >>> texts(["yes"]), texts(["no", ""])
    ('"yes"', 'c("no", NA)')
    """
    found = ["NA" if value == "" else text(value) for value in values]
    return found[0] if len(found) == 1 else f"c({', '.join(found)})"


def numbers(values: Iterable[float]) -> str:
    """Return numbers as a vector.

    >>> numbers([1, 2.5])
    'c(1, 2.5)'
    """
    return f"c({', '.join(number(value) for value in values)})"


def among(column: str, codes: Sequence[str]) -> str:
    """Return the condition that a column's code is one of some.

    >>> among("ppe", ["yes"])
    '`ppe` %in% "yes"'
    """
    return f"{name(column)} %in% {texts(codes)}"


def terms(columns: Iterable[str]) -> str:
    """Return a formula of columns.

    >>> terms(["profile", "region"])
    '~`profile` + `region`'
    """
    return "~" + " + ".join(name(column) for column in columns)


def frame(columns: Mapping[str, str]) -> str:
    """Return a data frame of vectors.

    >>> frame({"sex": 'c("f", "m")', "Freq": "c(1, 2)"})
    'data.frame(`sex` = c("f", "m"), `Freq` = c(1, 2), check.names = FALSE)'
    """
    return f"data.frame({', '.join(f'{name(one)} = {vector}' for one, vector in columns.items())}, check.names = FALSE)"
