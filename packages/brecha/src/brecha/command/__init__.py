"""The command `brecha`: estimates and gaps of a file, without a line of Python."""

import os
import sys
from collections.abc import Sequence

import duckdb

from brecha.command.options import parser
from brecha.errors import BrechaError

# What a refusal means in the command's own words, after its sentence.
ADVICE = {
    "single_psu": " Here: --single-psu adjust, average or certainty.",
    "single_unit": " Here: --single-psu adjust, average or certainty.",
    "not_numeric": " Here: --missing CODE.",
    "unknown_level": " Mind capitals and spaces.",
    "cannot_protect": " Here: fewer --by, or --show-small for your own eyes.",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 if it was refused, with the reason on standard error.

    >>> main(["sizes", "--expect", "0.3", "--half-width", "0.05"])
    group      asked  answers    deff
    the group    326      326  1.0000
    <BLANKLINE>
    The interval (95 %) is the estimate plus and minus 0.0499; 326 PSUs, standard error 0.0254.
    0
    """
    arguments = parser().parse_args(argv)
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads, such as `head`, has enough; Python would say so once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except BrechaError as error:
        refusal = f"{error}{ADVICE.get(error.code, '')}"
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        refusal = str(BrechaError("unreadable", path=arguments.data, reason=reason))
    except OSError as error:
        refusal = str(BrechaError("cannot_write", path=vars(arguments).get("out"), reason=error))
    else:
        return 0
    print(f"brecha: {refusal}", file=sys.stderr)
    return 2
