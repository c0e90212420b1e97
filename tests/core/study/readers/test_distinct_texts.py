"""A column of texts as its different values."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margin_core.study.readers.distinct_texts import DistinctTexts


def of(*texts):
    return DistinctTexts.of(pa.chunked_array([texts[:2], texts[2:]], pa.string()), 2)


def test_texts_that_differ_by_blanks_are_one_and_missing_ones_have_no_place():
    column = of("a", " a ", None, "b", "?", "A")
    assert column.texts.to_pylist() == ["a", "b", "?", "A"]
    assert column.codes.tolist() == [0, 0, -1, 1, 2, 3]
    assert column.counts.tolist() == [2, 1, 1, 1]
    assert column.present.to_pylist() == ["a", "b", "A"]
    assert column.first == ["a", "a"]
    assert column.by_row(np.array([5, 6, 7, 8]), -3).tolist() == [5, 5, -3, 6, 7, 8]


def test_the_most_frequent_come_first_and_then_by_the_text():
    column = of("c", "b", "b", "a", "n/a", "n/a", "n/a", "d")
    assert column.texts.take(pa.array(column.most_frequent(3))).to_pylist() == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.5", 1.5), ("1,5", 1.5), ("1.234,5", 1234.5), ("-2e3", -2000), (".5", 0.5), ("1.", 1), ("+7", 7),
     ("-inf", -np.inf),
     ("1_000", np.nan), ("abc", np.nan), ("1,2,3", np.nan), ("?", np.nan)],
)  # fmt: skip
def test_a_number_has_a_decimal_point_or_a_decimal_comma(text, number):
    column = of(text, "x", "x")
    np.testing.assert_array_equal(column.numbers(), [number, np.nan, np.nan])
    assert column.plain_numbers() is None
    odd = column.odd_among_numbers(2)
    assert odd[1] and odd[0] == (np.isnan(number) and text != "?")
    assert column.odd_among_numbers(0) is None


@pytest.mark.parametrize(
    ("texts", "numbers", "doubtful"),
    [
        (("1,000", "12,500", "999"), (1000, 12500, 999), "1,000"),
        (("1,000", "1,000.25", "999"), (1000, 1000.25, 999), ""),
        (("1,000", "1,234,567", "5"), (1000, 1234567, 5), ""),
        (("1.234", "1.234,5", "2"), (1234, 1234.5, 2), ""),
        (("1.234.567", "950.000", "103.250"), (1234567, 950000, 103250), ""),
        (("8.300", "15.350", "n"), (8.3, 15.35, np.nan), ""),
        (("1,000", "0,5", "7"), (1, 0.5, 7), ""),
        (("1.5", "1,25", "7"), (1.5, 1.25, 7), ""),
    ],
)
def test_what_divides_thousands_is_decided_by_all_numbers(texts, numbers, doubtful):
    column = of(*texts)
    np.testing.assert_array_equal(column.numbers(), numbers)
    assert column.doubtful_thousands == doubtful
    assert column.doubtful_decimals == ("8.300" if texts[0] == "8.300" else "")


@given(st.lists(st.floats(allow_nan=False) | st.integers(-(10**9), 10**9), min_size=3, max_size=9))
def test_what_python_writes_of_a_number_is_that_number(numbers):
    column = of(*map(repr, numbers))
    np.testing.assert_array_equal(column.plain_numbers(), np.array(numbers, float))
    np.testing.assert_array_equal(column.numbers(), np.array(numbers, float))
