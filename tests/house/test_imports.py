"""Imports that the layers do not say: who may use brecha, and what stays pure."""

import ast
from collections.abc import Iterator
from pathlib import Path


def imported(path: Path) -> Iterator[str]:
    """Yield the names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importing(modules: list[Path], root: Path, name: str) -> list[str]:
    """Return the files of the product, without tests, that import a package."""
    return [
        str(path.relative_to(root))
        for path in modules
        if path.is_relative_to(root / "pallaq") and "tests" not in path.parts
        if any(module == name or module.startswith(f"{name}.") for module in imported(path))
    ]


def is_part_of(path: str, *names: str) -> bool:
    """Tell whether a file is the module of that name in its room, or lies in the folder that it became."""
    parts = Path(path).with_suffix("").parts
    return any(name in parts[2:4] for name in names)


def test_only_statistics_meet_brecha(modules: list[Path], root: Path) -> None:
    assert not [path for path in importing(modules, root, "brecha") if not is_part_of(path, "statistics")]


def test_rules_and_errors_know_no_database(modules: list[Path], root: Path) -> None:
    users = [path for package in ("django.db", "psycopg") for path in importing(modules, root, package)]
    assert users, "nothing imports django.db: this test looks in the wrong place"
    assert not [path for path in users if is_part_of(path, "rules", "errors")]


def test_only_the_shared_room_knows_no_other(modules: list[Path], root: Path) -> None:
    own = "pallaq/shared/"
    others = {path.parent.name for path in (root / "pallaq").glob("*/apps.py")} - {"shared"}
    wrong = [path for room in others for path in importing(modules, root, f"pallaq.{room}") if path.startswith(own)]
    assert not wrong
