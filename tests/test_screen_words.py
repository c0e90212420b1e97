"""Tests of pages read what a page says off its wording, or ask for its elements: no phrase of a page is written out."""

import ast
import re

import pytest
from source_trees import FACES, ROOT, tree_of

ASKED_BY = {
    "get_by_text", "get_by_role", "get_by_label", "filter", "to_have_text", "to_contain_text", "not_to_have_text",
    "not_to_contain_text", "metric",
}  # fmt: skip
"""Calls whose texts are what somebody reads."""

TWO_WORDS = re.compile(r"[A-Za-z]{2,}\W* \W*[A-Za-z]{2,}")
TESTS = sorted((ROOT / "tests" / "browser").rglob("*.py"))
VIEW_TESTS = sorted((ROOT / "tests" / "dashboard" / "views").rglob("*.py"))
SCRIPTS = sorted((ROOT / "dashboard").rglob("*.js"))

COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
SCRIPT_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
INSERTED = re.compile(r"\$\{[^}]*\}")


def phrases_in(tree):
    """Yield the texts of two words or more that stand in a syntax tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TWO_WORDS.search(node.value):
            yield node.value


def phrases_in_script(text):
    """Yield the texts of two words or more that stand in a script, between what is inserted into them."""
    for plain, template in SCRIPT_TEXT.findall(COMMENT.sub("", text)):
        yield from filter(TWO_WORDS.search, [plain] if plain else INSERTED.split(template))


WORDING = [phrase for path in FACES if path.name == "wording.py" for phrase in phrases_in(tree_of(path))]


SCRIPT_WORDING = [phrase for path in SCRIPTS for phrase in phrases_in_script(path.read_text(encoding="utf-8"))]


def written_out(tree):
    """Yield the texts that a test looks for which stand letter by letter in the wording of a page or in a script."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ASKED_BY:
            yield from (text for text in phrases_in(call) if is_of_a_page(text, [*WORDING, *SCRIPT_WORDING]))


def is_of_a_page(text, wording):
    return any(text.strip() in phrase for phrase in wording)


def compared(tree):
    """Yield the texts that a test of a view compares with, which stand letter by letter in the wording of a page."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from (text for text in phrases_in(node) if is_of_a_page(text, WORDING))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_phrase_of_a_page_is_written_out(path):
    assert list(written_out(tree_of(path))) == []


@pytest.mark.parametrize("path", VIEW_TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_phrase_of_a_view_is_written_out(path):
    assert list(compared(tree_of(path))) == []


def test_a_phrase_that_is_compared_with_is_seen():
    assert list(compared(ast.parse("assert 'Review all' in text")))


def test_phrases_of_scripts_are_seen():
    text = 'el("p", { text: "Nothing to see", /* "not this one" */ title: `at ${place} of the queue` })'
    assert list(phrases_in_script(text)) == ["Nothing to see", " of the queue"]


@pytest.mark.parametrize(
    "source",
    [
        "page.get_by_text('The server does not answer.')",
        "page.get_by_role('button', name='Review all')",
        "box.to_have_text(re.compile('Stop when at most'))",
    ],
)
def test_a_phrase_that_is_written_out_is_seen(source):
    assert list(written_out(ast.parse(source)))
