"""The walls of the house: nothing grows so long that a stranger cannot read it."""

import ast
import tomllib
from pathlib import Path

FUNCTION_LINES = 50
PARAMETERS = 6
FILE_LINES = 500
ROOM_LINES = 2500
TEMPLATE_LINES = 200
DEPENDENCIES = 35

# What may stand above a wall, with the reason: "path" or "path::function".
WAIVERS: dict[str, str] = {}


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def code_lines(path: Path) -> int:
    """Count the lines that do something: not blank ones, comments or docstrings."""
    text = path.read_text(encoding="utf-8")
    written = {number for number, line in enumerate(text.splitlines(), 1) if line.strip()[:1] not in {"", "#"}}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            written -= set(range(node.lineno, node.end_lineno + 1))
    return len(written)


def unwaived(found: dict[str, int], wall: int) -> dict[str, int]:
    return {name: size for name, size in found.items() if size > wall and name not in WAIVERS}


def test_no_function_is_longer_than_a_screen(modules: list[Path], root: Path) -> None:
    found = {
        f"{path.relative_to(root)}::{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in modules
        for function in functions(path)
    }
    assert len(found) > 50
    assert not unwaived(found, FUNCTION_LINES)


def test_no_function_asks_for_too_much(modules: list[Path], root: Path) -> None:
    found = {
        f"{path.relative_to(root)}::{function.name}": parameters(function)
        for path in modules
        if "tests" not in path.parts  # a test names the fixtures it needs
        for function in functions(path)
    }
    assert not unwaived(found, PARAMETERS)


def test_no_file_is_too_long(modules: list[Path], root: Path) -> None:
    assert not unwaived({str(path.relative_to(root)): lines(path) for path in modules}, FILE_LINES)


def test_no_template_is_too_long(tracked: list[Path], root: Path) -> None:
    templates = [path for path in tracked if path.suffix == ".html" and "templates" in path.parts]
    assert not unwaived({str(path.relative_to(root)): lines(path) for path in templates}, TEMPLATE_LINES)


def test_no_room_is_too_large(modules: list[Path], root: Path) -> None:
    rooms: dict[str, int] = {}
    for path in modules:
        parts = path.relative_to(root).parts
        if parts[0] == "pallaq" and len(parts) > 2 and "tests" not in parts:
            rooms[f"pallaq/{parts[1]}"] = rooms.get(f"pallaq/{parts[1]}", 0) + code_lines(path)
    assert "pallaq/shared" in rooms
    assert not unwaived(rooms, ROOM_LINES)


def test_dependencies_stay_few(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert len(project["dependencies"]) <= DEPENDENCIES


def test_each_dependency_says_why_it_is_there(root: Path) -> None:
    text = (root / "pyproject.toml").read_text().splitlines()
    data = tomllib.loads("\n".join(text))
    groups = [data["project"]["dependencies"], *data["dependency-groups"].values()]
    wanted = [name for group in groups for name in group if isinstance(name, str)]
    lines_of = {name: next(line for line in text if line.strip().startswith(f'"{name}"')) for name in wanted}
    assert not [name for name, line in lines_of.items() if "#" not in line]


def test_each_waiver_is_still_needed_and_gives_its_reason(root: Path) -> None:
    assert not [name for name, reason in WAIVERS.items() if not reason.strip()]
    assert not [name for name in WAIVERS if not (root / name.split("::")[0]).exists()]


def test_each_module_says_what_it_is(modules: list[Path], root: Path) -> None:
    silent = [
        str(path.relative_to(root))
        for path in modules
        if path.read_text(encoding="utf-8").strip()
        if ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert not silent
