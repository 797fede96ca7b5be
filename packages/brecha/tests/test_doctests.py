"""The examples in the docstrings and the README, run."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import brecha

MODULES = [module.name for module in pkgutil.walk_packages(brecha.__path__, "brecha.")]
README = Path(__file__).parents[1] / "README.md"


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_say_the_truth(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_the_readme_says_the_truth():
    failed, tried = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert (failed, tried > 0) == (0, True)
