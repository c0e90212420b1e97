"""Browser tests read what a page says off its wording: no phrase of a wording module is written out in one."""

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


def phrases_in(tree):
    """Yield the texts of two words or more that stand in a syntax tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TWO_WORDS.search(node.value):
            yield node.value


WORDING = [phrase for path in FACES if path.name == "wording.py" for phrase in phrases_in(tree_of(path))]


def written_out(tree):
    """Yield the texts that a test looks for which stand letter by letter in the wording of a page."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ASKED_BY:
            yield from (text for text in phrases_in(call) if any(text.strip() in phrase for phrase in WORDING))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_phrase_of_a_page_is_written_out(path):
    assert list(written_out(tree_of(path))) == []


@pytest.mark.parametrize(
    "source",
    [
        "page.get_by_role('button', name='Review all')",
        "box.to_have_text(re.compile('Stop when at most'))",
    ],
)
def test_a_phrase_that_is_written_out_is_seen(source):
    assert list(written_out(ast.parse(source)))
