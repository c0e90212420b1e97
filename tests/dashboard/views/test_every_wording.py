"""What a page says stands in the wording of its view, once: pages have no sentences, and no view a title of its own."""

import ast
import re
from importlib import import_module

import pytest
from source_trees import ROOT, module_of, tree_of

from dashboard.views import OPENING, VIEWS

SHARED = [ROOT / "dashboard" / "shared" / name for name in ("layout.py", "background.py")]
PAGES = [view.page for view in (OPENING, *VIEWS)]
every_page = pytest.mark.parametrize(
    "path", [*PAGES, *(page.with_name("__init__.py") for page in PAGES), *SHARED], ids=lambda path: module_of(path)
)

SPOKEN = re.compile(r"[A-Za-z]{2,}\W* \W*[A-Za-z]{2,}|^[A-Z][a-z]+")
"""Two words, or one that begins with a capital."""


def spoken(tree):
    """Return the text of a module that somebody may read on a screen; not its documentation."""
    documentation = {
        node.value
        for block in ast.walk(tree)
        for node in (block.body if isinstance(getattr(block, "body", None), list) else [])
        if isinstance(node, ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in documentation
        and SPOKEN.search(node.value)
    ]


@every_page
def test_a_page_has_no_sentence_of_its_own(path):
    assert spoken(tree_of(path)) == []


@pytest.mark.parametrize("view", [OPENING, *VIEWS], ids=lambda view: view.path)
def test_a_view_is_titled_by_its_wording(view):
    wording = import_module(module_of(view.page.with_name("wording.py")))
    assert (view.title, view.help) == (wording.TITLE, getattr(wording, "HELP", ""))


@pytest.mark.parametrize("source", ["st.button('Stop')", "st.text(f'{n} of all samples')", "View(title='Map')"])
def test_a_sentence_in_a_page_is_seen(source):
    assert spoken(ast.parse(source))
