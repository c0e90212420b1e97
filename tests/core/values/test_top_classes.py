import numpy as np
import pytest

from margin_core.values import TopClasses, top_classes
from margin_core.values.top_classes import MAX_COMPLETE, N_TOP, all_listed, blocks_of_rows, softmax_of

C = MAX_COMPLETE + 40


def sparse_table(n=30, c=C, few=10, seed=0):
    """Rows of probabilities with at most a few classes above 0."""
    rng = np.random.default_rng(seed)
    table = np.zeros((n, c))
    for row in table:
        row[rng.choice(c, few, replace=False)] = rng.dirichlet(np.ones(few))
    return table


@pytest.mark.parametrize("table", [sparse_table(), sparse_table(c=7, few=4)], ids=["many", "few"])
def test_it_is_the_table_where_no_more_is_to_be_kept(table):
    found, rows = TopClasses.of(table), np.array([3, 0, 3])
    assert found.values.shape[1] == (N_TOP if table.shape[1] > MAX_COMPLETE else table.shape[1])
    np.testing.assert_allclose(found.dense(), table, atol=1e-16)
    np.testing.assert_allclose(found.total, 1)
    np.testing.assert_array_equal(found.argmax(), table.argmax(axis=1))
    np.testing.assert_array_equal(found.take(rows).dense(), found.dense()[rows])
    asked = np.random.default_rng(1).integers(0, table.shape[1], (30, 5))
    np.testing.assert_allclose(found.at(asked), np.take_along_axis(table, asked, axis=1), atol=1e-16)
    best = table.argmax(axis=1)
    np.testing.assert_array_equal(found.at_one(best), table.max(axis=1))
    np.testing.assert_array_equal(found.with_one(best, -1.0).argmax(), np.argsort(-table, axis=1, kind="stable")[:, 1])
    again = TopClasses.from_arrays(found.to_arrays("p"), "p", table.shape[1])
    np.testing.assert_array_equal(again.dense(), found.dense())


def test_what_is_not_listed_has_the_mean_of_the_rest_and_the_sum_stays():
    table = np.random.default_rng(0).dirichlet(np.ones(C), 20)
    found = TopClasses.of(table)
    np.testing.assert_allclose(found.total, 1)
    np.testing.assert_array_equal(found.listed, np.sort(np.argsort(-table, axis=1)[:, :N_TOP], axis=1))
    assert (found.rest <= found.values.min(axis=1)).all()
    logs = found.map(np.log)
    np.testing.assert_allclose(softmax_of(logs).dense(), found.dense())
    assert found.at(np.full((20, 1), C)) == pytest.approx(found.rest[:, None])


def test_blocks_of_rows_change_nothing(monkeypatch):
    table = np.random.default_rng(0).dirichlet(np.ones(C), 50).astype(np.float32)
    whole = TopClasses.of(table)
    monkeypatch.setattr(top_classes, "MAX_BLOCK_CELLS", 3 * C)
    assert len([*blocks_of_rows(50, C)]) == 17
    np.testing.assert_array_equal(TopClasses.of(table).dense(), whole.dense())


def test_the_classes_of_several_tables_are_listed_once():
    one, other = TopClasses.of(sparse_table(seed=1)), TopClasses.of(sparse_table(seed=2))
    together = all_listed([one, other])
    for row, (a, b) in zip(together, zip(one.listed, other.listed, strict=True), strict=True):
        assert row[row < C].tolist() == sorted({*a.tolist(), *b.tolist()})
    assert all_listed([one, TopClasses.complete(sparse_table(seed=2))]) is None
