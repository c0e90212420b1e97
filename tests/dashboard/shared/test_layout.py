"""What every page shows around its own content."""

from itertools import pairwise

import pytest

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


def test_no_advice_for_a_browser_names_a_flag_of_the_command_line():
    assert [words for words in IN_THE_BROWSER.values() if "--" in words] == []
