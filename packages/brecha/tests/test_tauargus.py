"""The patterns, the bounds and the rules are those of Tau-Argus, the statistical offices' program.

`pytauargus` (EUPL-1.2) is its engine on HiGHS. Its optimal method solves the same problem as `protect`, so
the numbers of hidden cells agree; its files are written here with a cost of one a cell.
"""

from pathlib import Path

import numpy
import pytest

from brecha.disclosure import Levels, audit, contributors, dominance, margins, p_percent, protect, relations

pytauargus = pytest.importorskip("pytauargus", reason="needs pytauargus: make peers")

SHAPES = [(3, 3), (4, 5), (6, 5), (3, 3, 2), (4, 3, 2), (4, 3, 3)]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The engine writes its logs where it runs."""
    monkeypatch.chdir(tmp_path)


def table(shape, seed):
    """Return counts with margins: a tenth are zero, a quarter under ten."""
    chance = numpy.random.default_rng(seed)
    kinds = chance.choice([0, 1, 10], shape, p=[0.1, 0.25, 0.65])
    counts = kinds * chance.integers(1, 10, shape)
    return margins({tuple(map(str, place)): int(count) for place, count in numpy.ndenumerate(counts)})


def small(values, seed, kind):
    """Return the cells under ten with a level: a second count above, or chance's below and above."""
    chance = numpy.random.default_rng(seed)
    found = [cell for cell, value in values.items() if 0 < value < 10]
    if kind == "second count":
        return dict.fromkeys(found, Levels(upper=1))
    return {cell: Levels(int(chance.integers(0, values[cell])), int(chance.integers(1, 9))) for cell in found}


def write(values, sums, levels, hidden, floor):
    """Write Tau-Argus' JJ file: cells (value, cost, status, bounds known, levels), then sums that are zero."""
    number = {cell: i for i, cell in enumerate(values)}
    lines = ["0", str(len(values))]
    for cell, value in values.items():
        level = levels.get(cell, Levels(either=1))
        status = "u" if cell in levels else "m" if cell in hidden else "s" if value else "z"
        known = f"{min(floor, value)} 1000000"
        lines.append(f"{number[cell]} {value} 1 {status} {known} {level.lower} {level.upper} 0")
    lines.append(str(len(sums)))
    for total, parts in sums:
        terms = " ".join(f"{number[part]} (1)" for part in parts)
        lines.append(f"0 {len(parts) + 1} : {number[total]} (-1) {terms}")
    Path("table.jj").write_text("\n".join(lines) + "\n")


def optimal(values, sums, levels, floor):
    """Return the secondary cells of Tau-Argus' optimal method."""
    write(values, sums, levels, (), floor)
    assert pytauargus.HiTaSCtrl().full_jj("table.jj", "hidden.out", 60) == 0
    return [list(values)[int(line)] for line in Path("hidden.out").read_text().split()]


def short(values, sums, levels, hidden, floor):
    """Return the primary cells whose bounds are nearer than their levels."""
    ends = audit(values, sums, hidden, floor=floor)
    near = 1e-3
    return {
        cell
        for cell, asked in levels.items()
        if ends[cell].low > values[cell] - asked.lower + near or ends[cell].high < values[cell] + asked.upper - near
    }


@pytest.mark.parametrize("kind", ["second count", "levels"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", SHAPES)
def test_it_hides_as_many_cells_as_tau_argus_optimal_method(shape, seed, kind):
    values = table(shape, seed)
    sums = relations(values)
    levels = small(values, seed, kind)
    theirs = {*levels, *optimal(values, sums, levels, 1)}
    hidden = protect(values, sums, levels)
    assert len(hidden) == len(theirs)
    assert not short(values, sums, levels, hidden, 1)
    assert not short(values, sums, levels, theirs, 1)


@pytest.mark.parametrize("floor", [0, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_audits_agree_on_every_bound(shape, floor):
    values = table(shape, 1)
    sums = relations(values)
    levels = small(values, 1, "second count")
    hidden = protect(values, sums, levels, floor=floor)
    write(values, sums, levels, hidden, floor)
    theirs = {list(values)[row["cell"]]: (row["min"], row["max"]) for row in pytauargus._tauargus.audit_jj("table.jj")}
    ours = audit(values, sums, hidden, floor=floor)
    assert set(theirs) == set(ours)
    for cell, ends in theirs.items():
        assert tuple(ours[cell]) == pytest.approx(ends, abs=1e-6)


def firms(seed, ways):
    """Return rows of firms by two or three ways, with a turnover that is large in few."""
    chance = numpy.random.default_rng(seed)
    codes = {f"way{way}": [f"c{code}" for code in chance.integers(0, 4, 90)] for way in range(ways)}
    return {**codes, "turnover": [float(1 + round(amount)) for amount in chance.lognormal(4, 1.5, 90)]}


def run(rows, rule, method):
    """Return the status of each cell after Tau-Argus' whole course, from rows."""
    ways = [name for name in rows if name != "turnover"]
    found = pytauargus.protect(rows, ways, "turnover", safety_rules=rule, suppress=method, workdir="run")
    return {
        tuple(None if row[way] == "Total" else row[way] for way in ways): row["status"] for row in found.tables[0].rows
    }


@pytest.mark.parametrize(
    ("rule", "find"),
    [
        ("P(20,1)", lambda cells: p_percent(cells, 20)),
        ("NK(1,50)", lambda cells: dominance(cells, 1, 50)),
        ("NK(2,70)", lambda cells: dominance(cells, 2, 70)),
        ("NK(3,80)", lambda cells: dominance(cells, 3, 80)),
    ],
)
@pytest.mark.parametrize("ways", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_the_rules_find_the_cells_that_tau_argus_finds(seed, ways, rule, find):
    rows = firms(seed, ways)
    cells = margins(contributors(rows, [name for name in rows if name != "turnover"], "turnover", kept=3))
    unsafe = {cell for cell, status in run(rows, rule, "OPT(1)").items() if status == "U"}
    assert set(find(cells)) == unsafe
    assert unsafe


@pytest.mark.parametrize("method", ["OPT(1)", "MOD(1)"])
@pytest.mark.parametrize("seed", range(5))
def test_it_hides_no_more_cells_than_either_method_from_rows(seed, method):
    """Tau-Argus takes a reader to know more, the least value of any cell: its pattern protects ours."""
    rows = firms(seed, 2)
    cells = margins(contributors(rows, ["way0", "way1"], "turnover"))
    values = {cell: found.total for cell, found in cells.items()}
    levels = p_percent(cells, 30)
    theirs = [cell for cell, status in run(rows, "P(30,1)", method).items() if status in "UM"]
    hidden = protect(values, relations(values), levels, floor=0)
    assert not short(values, relations(values), levels, hidden, 0)
    assert not short(values, relations(values), levels, theirs, 0)
    assert len(levels) < len(hidden) <= len(theirs)
