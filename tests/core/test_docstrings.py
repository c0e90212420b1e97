"""Docstrings: in the words of the field; in margin_core complete for every public name, with examples that run."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import margin_core

MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(margin_core.__path__, "margin_core.")
    if not found.name.endswith("__main__")
)

SECTIONS = {"GL06", "GL07", "GL08", "PR01", "PR02", "PR03", "RT01", "YD01"}
"""numpydoc's checks: known sections in order; every parameter, return value and yield documented under its name."""

FIELDS = {"PR01", "PR02", "PR03"}
"""Not asked of classes: a dataclass documents its fields as attributes."""

NO_OPENING = re.compile(r"(Give|Gives|Say|Says|Tell|Tells|Hear|Ask|Let|Know|Take|Put|Bring|Keep|Remember|Turn|Look)\b")
"""Verbs that do not say what is computed or returned."""


def public_names(module):
    """Yield the dotted name and the object of what a module defines for others."""
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(value) or inspect.isclass(value):
            yield f"{module.__name__}.{name}", value
        if inspect.isclass(value):
            for part, member in vars(value).items():
                method = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
                if not part.startswith("_") and inspect.isfunction(method):
                    yield f"{module.__name__}.{name}.{part}", method


def test_every_public_name_is_documented():
    wanting = []
    for dotted, value in (pair for name in MODULES for pair in public_names(importlib.import_module(name))):
        checks = SECTIONS - FIELDS if inspect.isclass(value) else SECTIONS
        wanting += [f"{dotted}: {text}" for code, text in validate(dotted)["errors"] if code in checks]
    assert not wanting, "\n".join(wanting)


def unexplained_arrays(text):
    """Return the array parameters without a meaning or a range; the eight bits of a picture have both."""
    return [
        one.name
        for one in NumpyDocString(text)["Parameters"]
        if "array" in one.type
        and not one.desc
        and not re.search(r"uint8|\bin [(\[{]", one.type)
        and one.name != "picture"
    ]


def test_every_array_that_is_taken_has_a_meaning_or_a_range():
    pairs = [pair for name in MODULES for pair in public_names(importlib.import_module(name))]
    found = {dotted: unexplained_arrays(inspect.getdoc(value) or "") for dotted, value in pairs}
    assert {dotted: names for dotted, names in found.items() if names} == {}


def test_an_array_without_a_meaning_is_seen():
    parameters = "a : float array (n,)\nb : float array (n,) in [0, 1]\nc : int array (r,)\n    Rows."
    assert unexplained_arrays(f"Compute.\n\nParameters\n----------\n{parameters}") == ["a"]


def openings(source):
    """Yield line and first line of the docstring of every class and function; tests are named by what they prove."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith(
            "test_"
        ):
            yield node.lineno, (ast.get_docstring(node) or "").partition("\n")[0]


@pytest.mark.parametrize("folder", ["margin_core", "dashboard", "benchmarks", "examples", "tests"])
def test_docstrings_open_with_what_is_computed_or_returned(folder):
    found = [
        f"{path}:{line}: {opening}"
        for path in sorted(Path(folder).rglob("*.py"))
        for line, opening in openings(path.read_text(encoding="utf-8"))
    ]
    assert any(re.search(r": (Return|Write|Compute) ", one) for one in found)
    assert [one for one in found if NO_OPENING.match(one.split(": ", 1)[1])] == []


def test_a_vague_opening_is_seen():
    source = 'class A:\n    def b(self):\n        """Give it away.\n\n        More."""\n'
    assert [bool(NO_OPENING.match(opening)) for _, opening in openings(source)] == [False, True]


def test_a_missing_section_is_seen():
    assert {"PR01", "RT01"} <= {code for code, _ in validate("json.dumps")["errors"]}


@pytest.mark.parametrize(
    "name", [name for name in MODULES if ">>> " in inspect.getsource(importlib.import_module(name))]
)
def test_examples_run(name):
    outcome = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.attempted and not outcome.failed


PROMISED = ("Study", "explain", "load_study", "Explanation")
TASKS_AND_STEPS = {
    "margin_core.graph": ("Knn",),
    "margin_core.influence": ("HighPass",),
    "margin_core.tasks": ("LabelFlips", "Prototypes", "DecisionBoundary", "Saliency"),
}


@pytest.mark.parametrize(
    ("module", "name"),
    [("margin_core", name) for name in PROMISED]
    + [(module, name) for module, names in TASKS_AND_STEPS.items() for name in names],
)
def test_every_name_of_the_public_interface_has_an_example(module, name):
    value = getattr(importlib.import_module(module), name)
    texts = [inspect.getdoc(value) or ""]
    if inspect.isclass(value):
        texts += [inspect.getdoc(member) or "" for part, member in vars(value).items() if not part.startswith("_")]
    assert any(">>> " in text for text in texts)
