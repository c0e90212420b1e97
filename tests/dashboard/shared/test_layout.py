"""What every page shows around its own content."""

import ast
from itertools import pairwise
from pathlib import Path

import pytest

import margin_core
from dashboard.shared.layout import for_browser, plain
from dashboard.shared.wording import IN_THE_BROWSER
from margin_core.values import WHERE_TO_GET, Need


@pytest.mark.parametrize("text", ["**bold**", "a & b", "&lt;#&gt;", ":gray[x]", "$x$", "<img src=x>", "[a](http://b)"])
def test_no_letter_of_a_text_of_data_formats_it(text):
    shown = plain(text)
    assert shown.replace("\\", "") == text
    assert all(before == "\\" for before, letter in pairwise(shown) if letter in "*&$:<[")


def test_a_message_of_the_core_speaks_of_the_open_page():
    advice = WHERE_TO_GET[Need.LABELS]
    words = "Study 'x' has no labels."
    assert for_browser(f"margin: {words} {advice}") == f"{words} {IN_THE_BROWSER[advice]}"


def sentences_of(source):
    """Yield the texts of a module: neighboring literals as one, a replaced field as a space."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else " " for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.fixture(scope="module")
def core_sentences():
    core = Path(margin_core.__file__).parent
    return [text for path in core.rglob("*.py") for text in sentences_of(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("advice", IN_THE_BROWSER)
def test_what_is_replaced_in_the_browser_is_written_in_the_core(core_sentences, advice):
    """Else the core has another sentence by now, and the browser shows a flag of the command line."""
    assert any(advice in sentence for sentence in core_sentences)


def test_no_advice_for_a_browser_names_a_flag_of_the_command_line():
    assert [words for words in IN_THE_BROWSER.values() if "--" in words] == []
