"""The examples in the docstrings, run."""

import doctest
import importlib
import pkgutil

import pytest

import brecha

MODULES = [f"brecha.{module.name}" for module in pkgutil.iter_modules(brecha.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_say_the_truth(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
