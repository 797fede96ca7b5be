"""Foreign keys obey the rooms' layers, also those written as strings, which import-linter cannot see."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models


def level_of_rooms(root: Path) -> dict[str, tuple[int, int]]:
    """Return each room's layer, 0 the highest, and its place among the strangers of that layer."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["containers"] == ["pallaq"])
    rooms = [[room.strip().strip("()") for room in layer.split("|")] for layer in layers]
    return {room: (level, place) for level, layer in enumerate(rooms) for place, room in enumerate(layer)}


def room_of(model: type[models.Model]) -> str | None:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "pallaq" else None


def goes_down(source: tuple[int, int], target: tuple[int, int]) -> bool:
    return source == target or source[0] < target[0]


def test_every_key_points_down_or_stays_in_its_room(root: Path) -> None:
    levels = level_of_rooms(root)
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and isinstance(field.related_model, type)
        if field.related_model._meta.label != settings.AUTH_USER_MODEL
        if (source := room_of(model)) and (target := room_of(field.related_model))
        if not goes_down(levels[source], levels[target])
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [("web", "study", True), ("study", "web", False), ("study", "registry", False), ("study", "study", True)],
)
def test_the_rule_knows_above_below_and_strangers(root: Path, source: str, target: str, allowed: bool) -> None:
    levels = level_of_rooms(root)
    assert goes_down(levels[source], levels[target]) is allowed
