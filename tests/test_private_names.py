"""Tests reach what others may use, too: no test names anything of ours that begins with an underscore."""

import ast
import re
from functools import cache

import pytest
from source_trees import FACES, ROOT, SOURCES, breaches, tree_of

OURS = ("margin_core", "dashboard")
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if path.name != "test_private_names.py")
PRIVATE = re.compile(r"_[a-zA-Z]\w*(?<!_)$")
KEYS_OF_STATE = re.compile(r"margin_(study|tab)_")
"""How the names begin that values of a tab have in its session; `Remembered.key` has them."""


@cache
def private_names():
    """Return every private name that our modules define: functions, classes, constants, attributes."""
    names = set()
    for path in SOURCES + FACES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
                names.add(node.id if isinstance(node, ast.Name) else node.attr)
    return {name for name in names if PRIVATE.fullmatch(name)}


def reached(tree):
    """Yield the private names that a test imports, reads or replaces; those of its own `self` are its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
            yield from (alias.name for alias in node.names if PRIVATE.fullmatch(alias.name))
        elif isinstance(node, ast.Attribute) and PRIVATE.fullmatch(node.attr) and node.attr in private_names():
            if ast.unparse(node.value) not in ("self", "cls"):
                yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            last = node.value.rpartition(".")[2]
            if last in private_names() or KEYS_OF_STATE.match(node.value):
                yield node.value


def test_a_test_reaches_no_private_name():
    assert breaches(lambda path: reached(tree_of(path)), TESTS) == {}


@pytest.mark.parametrize(
    "source",
    [
        "from margin_core.review.store import _READ",
        "store._at('x')",
        "monkeypatch.setattr(state, '_STUDY_CHANGED', 1)",
        "monkeypatch.setattr('dashboard.shared.state._STUDY_CHANGED', 1)",
        "app.session_state['margin_tab_reviewer']",
    ],
)
def test_a_private_name_in_a_test_is_seen(source):
    assert list(reached(ast.parse(source)))
