"""How many rows to ask, said for a reader."""

from argparse import Namespace

from brecha.errors import BrechaError
from brecha.frames import cell, text
from brecha.planning import (
    Assumptions,
    Expected,
    Plan,
    detectable,
    power_of,
    sample_size,
    sample_size_for_width,
    width_of,
)


def answer_sizes(arguments: Namespace) -> None:
    """Print the plan, or what the rows that are asked can see."""
    expected = Expected(now=arguments.expect, sd=arguments.sd)
    assumptions = Assumptions(
        **{
            name: getattr(arguments, name)
            for name in ("cluster_size", "icc", "weighting", "deff", "response", "strata")
        },
        populations=arguments.population,
    )
    alpha = round(1 - arguments.level, 12)
    if arguments.half_width is not None:
        plan = sample_size_for_width(expected, assumptions, arguments.half_width, arguments.level)
        _print(plan, _width(plan, arguments.level))
    elif arguments.asked is None:
        if expected.effect is None:
            raise BrechaError("nothing_asked")
        plan = sample_size(expected, assumptions, arguments.power, alpha)
        _print(plan, _power(plan), _width(plan, arguments.level))
    else:
        asked = tuple(int(rows) for rows in arguments.asked)
        if expected.effect is None:
            plan = width_of(expected, assumptions, asked, arguments.level)
            _print(plan, _width(plan, arguments.level))
            return
        plan = power_of(expected, assumptions, asked, alpha)
        least = detectable(expected, assumptions, asked, arguments.power, alpha)
        seen = f"The least gap seen with a power of {arguments.power:.2f}: {cell(least.effect)}."
        _print(plan, _power(plan), seen, _width(plan, arguments.level))


def _print(plan: Plan, *sentences: str) -> None:
    names = ("the group", "its reference")
    found = [
        {"group": name, "asked": asked, "answers": answers, "deff": deff}
        for name, asked, answers, deff in zip(names, plan.asked, plan.answers, plan.deff, strict=False)
    ]
    print(text(found, {name: name for name in found[0]}))
    print("", *sentences, sep="\n")


def _power(plan: Plan) -> str:
    return f"The chance that a test at {plan.alpha:g} sees the gap of {cell(plan.effect)}: {cell(plan.power)}."


def _width(plan: Plan, level: float) -> str:
    return (
        f"The interval ({level * 100:g} %) is the estimate plus and minus {cell(plan.half_width)}; "
        f"{plan.psus} PSUs, standard error {cell(plan.se)}."
    )
