"""Desks that work at once, in tests: each act on a thread and a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

from pallaq.shared.errors import Refusal

T = TypeVar("T")


def at_once(*acts: Callable[[], T]) -> list[T | str]:
    """Run acts at once; a refusal comes back as its code."""

    def run(act: Callable[[], T]) -> T | str:
        try:
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))
