import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from margin_core.review.ranking import ABSENT, Ranking


def expected(order, values, rows):
    place = {row: position for position, row in enumerate(order.tolist())}
    present = [row for row in rows if values[row] > ABSENT]
    return sorted(present, key=lambda row: (-values[row], place[row]))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    n=st.sampled_from([1, 2, 512, 513, 5000]),
    seed=st.integers(0, 2**32 - 1),
    levels=st.sampled_from([1, 2, 5, 10_000]),
    limit=st.sampled_from([0, 1, 2, 3, 5, 40]),
)
def test_it_is_a_sort(n, seed, levels, limit):
    rng = np.random.default_rng(seed)
    order = rng.permutation(n)
    ranking = Ranking(order)
    values = np.full(n, ABSENT)
    for _ in range(4):
        rows = rng.choice(n, size=rng.integers(1, n + 1), replace=False)
        values[rows] = np.where(rng.random(len(rows)) < 0.3, ABSENT, rng.integers(0, levels, len(rows)))
        ranking.update(rows, values[rows])
        assert ranking.first(limit).tolist() == expected(order, values, range(n))[:limit]
        among = rng.choice(n, size=rng.integers(0, n + 1), replace=False)
        assert ranking.first_among(among, limit).tolist() == expected(order, values, among.tolist())[:limit]
    assert ranking.first(n).tolist() == expected(order, values, range(n))


@pytest.mark.parametrize("limit", [0, 3])
def test_an_empty_ranking_has_no_best(limit):
    assert Ranking(np.arange(5)).first(limit).tolist() == []
