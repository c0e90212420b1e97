"""What every page shows around its own content."""

from itertools import pairwise

import pytest

from dashboard.shared.layout import plain


@pytest.mark.parametrize("text", ["**bold**", "a & b", "&lt;#&gt;", ":gray[x]", "$x$", "<img src=x>", "[a](http://b)"])
def test_no_letter_of_a_text_of_data_formats_it(text):
    shown = plain(text)
    assert shown.replace("\\", "") == text
    assert all(before == "\\" for before, letter in pairwise(shown) if letter in "*&$:<[")
