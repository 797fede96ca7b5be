"""Every case of R's numbers is compared somewhere, or it is said here why it cannot be."""

import ast
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
CASES = {
    **json.loads((HERE / "data/r_survey_cases.json").read_text()),
    **json.loads((HERE / "data/r_more_cases.json").read_text()),
}
NOT_COMPARED = {
    "l02_lonely_domain_adjust": "an option of R's that this library does not have: a domain keeps the sample's PSUs",
}


def named_in(source):
    """Return what a test file names: texts, and the regular expressions of f-strings and of `startswith`."""
    texts, patterns = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values]
            patterns.add("".join(parts))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "startswith":
            patterns |= {f"{re.escape(text.value)}.+" for text in node.args if isinstance(text, ast.Constant)}
    # A pattern that does not begin with a subject could name anything.
    return texts, {pattern for pattern in patterns if re.match(r"[a-z0-9]+_", pattern)}


def test_every_case_is_named_in_a_test_or_has_a_reason():
    sources = [path.read_text() for path in HERE.glob("test_*.py") if path != Path(__file__)]
    texts, patterns = (set.union(*some) for some in zip(*map(named_in, sources), strict=True))
    named = {case for case in CASES if case in texts or any(re.fullmatch(one, case) for one in patterns)}
    assert sorted(set(CASES) - named) == sorted(NOT_COMPARED)


def test_a_case_that_stands_twice_is_compared_once():
    assert CASES["chisq_2x4_hichol_race_nh_Chisq"]["expected"] == CASES["x02_chisq_Chisq"]["expected"]
