from hypothesis import given
from hypothesis import strategies as st

from margin_core.storage.csv_text import from_csv_text, to_csv_text

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@given(st.text(st.sampled_from("'=+-@\t\r ab")))
def test_no_text_is_a_formula_and_every_text_comes_back(text):
    assert not to_csv_text(text).startswith(FORMULA)
    assert from_csv_text(to_csv_text(text)) == text


def test_plain_text_is_left_alone():
    assert [to_csv_text(text) for text in ("a=1", "x-y", "'quoted'", "3")] == ["a=1", "x-y", "'quoted'", "3"]
