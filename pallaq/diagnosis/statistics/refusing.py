"""What brecha refuses, in the reader's words."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

import brecha
from pallaq.shared.errors import Refusal

Values = Mapping[str, Any]


def strata_alone(values: Values) -> str:
    """Say that strata have one sampling unit."""
    text = _(
        "These strata have one sampling unit, so their variance is unknown: %(strata)s. "
        'Look for missing rows, or choose another rule ("single_psu") in study.yaml.'
    )
    return text % {"strata": "; ".join(", ".join(stratum) for stratum in values["strata"])}


def nothing_to_join(values: Values) -> str:
    """Say that a stratum should join one without rows."""
    text = _("The stratum %(stratum)s should join %(target)s, which has no row: choose another in study.yaml.")
    return text % {"stratum": ", ".join(values["stratum"]), "target": ", ".join(values["target"])}


def no_variance(values: Values) -> str:
    """Say that there are as many strata as sampling units."""
    text = _(
        "The data have %(psus)d sampling units in %(strata)d strata, so no variance is known: "
        "bring all the rows, or declare fewer strata in study.yaml."
    )
    return text % values


def undeclared_blank(values: Values) -> str:
    """Say that a question has empty cells that the codebook does not explain."""
    text = _(
        "Empty cells without a meaning in the codebook: %(count)d in “%(variable)s”. "
        'Add "" to the missing codes of that question, or state its universe.'
    )
    return text % values


WORDS: dict[str, Callable[[Values], str]] = {
    "single_psu": strata_alone,
    "collapse_target": nothing_to_join,
    "no_degrees_of_freedom": no_variance,
    "undeclared_blank": undeclared_blank,
}


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what brecha refuses about the data into a Refusal; what only Pallaq itself can cause stays a fault."""
    try:
        yield
    except brecha.BrechaError as error:
        if error.code not in WORDS:
            raise
        raise Refusal(WORDS[error.code](error.values), code=error.code.replace("_", "-")) from error
