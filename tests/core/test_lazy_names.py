"""Packages whose names are imported when they are used: all of them are there, and none is paid for before."""

import subprocess
import sys
from importlib import import_module

import pytest

LAZY = (
    "margin_core",
    "margin_core.figures",
    "margin_core.tasks.invertible",
    "margin_core.tasks.saliency.methods",
    "margin_core.tasks.saliency.fragility",
)
every_package = pytest.mark.parametrize("name", LAZY)


@every_package
def test_every_name_that_a_package_offers_is_there(name):
    package = import_module(name)
    assert set(package.__all__) <= set(dir(package))
    for offered in package.__all__:
        value = getattr(package, offered)
        assert getattr(value, "__name__", offered) == offered


@every_package
def test_another_name_is_none_of_a_package(name):
    with pytest.raises(AttributeError, match=f"module '{name}' has no attribute 'nothing'"):
        _ = import_module(name).nothing


@pytest.mark.slow
def test_what_stands_behind_a_name_is_imported_with_it():
    code = f"import sys, margin_core.figures.palette, {', '.join(LAZY)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"torch", "captum", "faiss", "pandas", "sklearn", "sqlalchemy", "margin_core.review", "margin_core.audit"}
    assert not heavy & set(loaded)
