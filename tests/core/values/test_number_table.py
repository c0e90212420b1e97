import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margin_core.errors import SourceError
from margin_core.study.features.standardized_columns import standardize
from margin_core.study.notes import texts_of
from margin_core.values import Inputs
from margin_core.values.number_table import NumberTable


def test_a_table_gives_rows_and_keeps_names():
    table = NumberTable(np.array([[1, 2], [3, 4]], np.float32), ("a", "b"))
    assert isinstance(table, Inputs)
    assert table[1].tolist() == [3, 4]
    assert table[[1, 0]].tolist() == [[3, 4], [1, 2]]
    assert table.shape == np.asarray(table).shape == (2, 2)
    with pytest.raises(ValueError, match="read-only"):
        table[0][0] = 9


def test_names_and_numbers_are_the_identity():
    values = np.array([[1, 2], [3, 4]], np.float32)
    prints = {
        NumberTable(values, ("a", "b")).fingerprint,
        NumberTable(values, ("a", "c")).fingerprint,
        NumberTable(values + 1, ("a", "b")).fingerprint,
    }
    assert len(prints) == 3
    assert NumberTable(values.copy(), ("a", "b")).fingerprint in prints


def test_mean_and_spread_are_over_the_rows_that_have_a_value():
    points, notes = standardize("t", np.array([[0.0, 1], [2, np.inf], [np.nan, 3]]), ("a", "b"))
    np.testing.assert_array_equal(points, np.array([[-1, -1], [1, 0], [0, 1]], np.float32))
    assert texts_of(notes) == ("2 missing values replaced by the mean of the column (a, b).",)


def test_constant_and_empty_columns_are_left_out():
    values = np.array([[0.0, 5, np.nan, 5], [2, 5, np.nan, 5]])
    points, notes = standardize("t", values, ("a", "b", "c", "d"))
    assert points.tolist() == [[-1], [1]]
    assert texts_of(notes) == ("2 constant columns left out (b, d).", "1 empty column left out (c).")


def test_nothing_varies():
    with pytest.raises(SourceError) as refused:
        standardize("t.csv", np.ones((2, 7)), tuple("abcdefg"))
    assert str(refused.value) == (
        "'t.csv': no column of numbers varies (a, b, c, d, e and 2 more), so all rows are the same. "
        "Add columns that differ between rows."
    )


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=20, unique=True))
def test_any_finite_column_becomes_finite(column):
    column = [*column, 1.0, 2.0]
    points, _ = standardize("t", np.array(column)[:, None], ("x",))
    assert np.isfinite(points).all()
    assert abs(points.mean()) < 1e-3
    assert abs(points.std() - 1) < 1e-3


def test_columns_of_one_category_are_one_variable():
    values = np.array([[1, 0, 5], [0, 1, 6]], np.float32)
    table = NumberTable(values, ("city=Ulm", "city=Rome", "price"), origins=("city", "city", "price"))
    assert table.variables == ("city", "price")
    assert table.variable_of.tolist() == [0, 0, 1]
    plain = NumberTable(values, ("city=Ulm", "city=Rome", "price"))
    assert plain.variables == plain.names
    assert plain.variable_of.tolist() == [0, 1, 2]
    assert table.fingerprint != plain.fingerprint  # What is hidden together differs.
    own = NumberTable(values, plain.names, origins=plain.names)
    assert own.fingerprint == plain.fingerprint
