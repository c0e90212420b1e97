import numpy as np
import pytest

from margin_core.domain.hash_sample import hash_sample
from margin_core.function.kernel import estimate_gamma, one_minus_kernel, sum_one_minus_kernel
from margin_core.function.mean_discrepancy import mean_discrepancy


def kernel(one, other, gamma):
    return np.exp(-gamma * np.square(one[:, None] - other[None]).sum(axis=-1))


def between_means(one, other, gamma):
    """Maximum mean discrepancy of two sets, by its definition."""
    squared = kernel(one, one, gamma).mean() - 2 * kernel(one, other, gamma).mean() + kernel(other, other, gamma).mean()
    return np.sqrt(max(squared, 0))


def by_removal(points, neighbors, groups, gamma, variant):
    """Remove each sample with its neighbors, and compare what is left with what was."""
    values = np.zeros(len(points))
    for rows in groups:
        for i in rows:
            removed = {int(i)} | {int(j) for j in neighbors[i] if j >= 0 and j in rows}
            if len(removed) == len(rows):
                removed = {int(i)}
            left = points[[j for j in rows if j not in removed]].astype(np.float64)
            if len(left):
                other = points[[j for j in rows if j not in removed or (variant == "V1" and j == i)]]
                whole = other if variant == "V1" else points[rows]
                values[i] = between_means(whole.astype(np.float64), left, gamma)
    return values


@pytest.fixture
def pool():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(40, 3)).astype(np.float32) + 5
    near = np.argsort(np.square(points[:, None] - points[None]).sum(axis=-1), axis=1)[:, 1:6].astype(np.int32)
    near[3, 2:] = -1
    near[7] = -1
    return points, near


GROUPS = {
    "all": (np.arange(40),),
    "classes": (np.arange(0, 20), np.arange(20, 39)),
    "one of one": (np.arange(39), np.array([39])),
    "few": (np.array([0, 1, 2]), np.array([10, 30])),
}


@pytest.mark.parametrize("variant", ["V1", "V2"])
@pytest.mark.parametrize("groups", GROUPS.values(), ids=GROUPS.keys())
@pytest.mark.parametrize("gamma", [0.3, 1e-7])
def test_the_closed_form_is_what_removal_gives(pool, groups, variant, gamma):
    points, near = pool
    found = mean_discrepancy(points, near, groups, gamma=gamma, variant=variant)
    truth = by_removal(points, near, groups, gamma, variant)
    # At so small a gamma the definition itself, in doubles, keeps three digits of what is left.
    np.testing.assert_allclose(found, truth, rtol=1e-4 if gamma > 1e-3 else 0.05)


def test_where_the_neighbors_are_all_of_the_class_they_stay(pool):
    points, _ = pool
    near = np.array([[1, 2], [0, 2], [0, 1]] + [[-1, -1]] * 37, dtype=np.int32)
    group = (np.array([0, 1, 2]),)
    found = mean_discrepancy(points, near, group, gamma=0.3)
    alone = mean_discrepancy(points, np.full_like(near, -1), group, gamma=0.3)
    np.testing.assert_array_equal(found, alone)
    assert (found[:3] > 0).all() and not found[3:].any()


@pytest.mark.parametrize("variant", ["V1", "V2"])
@pytest.mark.parametrize("d", [3, 50])
def test_random_features_come_near_the_exact_sums(variant, d):
    rng = np.random.default_rng(1)
    points = rng.normal(size=(300, d)).astype(np.float32)
    near = np.argsort(np.square(points[:, None] - points[None]).sum(axis=-1), axis=1)[:, 1:9].astype(np.int32)
    groups = (np.arange(0, 300, 2), np.arange(1, 300, 2))
    exact = mean_discrepancy(points, near, groups, gamma=0.5 / d, variant=variant)
    rough = mean_discrepancy(points, near, groups, gamma=0.5 / d, variant=variant, exact_pairs=0)
    np.testing.assert_allclose(rough, exact, rtol=0.12)
    assert np.abs(rough / exact - 1).mean() < 0.03


def test_progress_goes_from_group_to_group(pool):
    from margin_core.storage.engine import Run

    points, near = pool
    reported = []
    run = Run(progress=lambda fraction, text: reported.append((fraction, text)))
    mean_discrepancy(points, near, GROUPS["classes"], gamma=1.0, run=run)
    assert [fraction for fraction, _ in reported] == [0, 0.5]
    assert reported[0][1] == "Comparing 20 samples with each other"


def test_unlikeness_keeps_its_digits_where_points_are_near():
    points = np.array([[0.0], [1e-4]], dtype=np.float32)
    assert one_minus_kernel(points, points, 1.0)[0, 1] == pytest.approx(1e-8, rel=1e-5)


def test_sums_are_the_same_in_blocks(monkeypatch):
    from margin_core.storage.engine import Run

    points = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    whole = sum_one_minus_kernel(points, points, 0.5, Run(), "Summing")
    monkeypatch.setattr("margin_core.function.kernel.MAX_BLOCK_ENTRIES", 120)
    np.testing.assert_allclose(sum_one_minus_kernel(points, points, 0.5, Run(), "Summing"), whole, rtol=1e-6)
    np.testing.assert_allclose(whole, (1 - kernel(points, points, 0.5)).sum(axis=1), rtol=1e-5)


def test_the_median_rule():
    points = np.array([[0.0], [1.0], [3.0], [6.0]], dtype=np.float32)
    ids = np.array(["a", "b", "c", "d"])
    near = np.array([[1], [0], [1], [2]], dtype=np.int32)
    assert estimate_gamma(points, near, ids) == pytest.approx(1 / 2.5)  # of 1, 1, 4, 9
    near[3] = -1
    assert estimate_gamma(points, near, ids) == pytest.approx(1)


def test_the_median_rule_among_duplicates_and_equals():
    twice = np.repeat(np.array([[0.0], [2.0], [5.0]], dtype=np.float32), 2, axis=0)
    ids = np.arange(6).astype(str)
    near = np.array([[1], [0], [3], [2], [5], [4]], dtype=np.int32)
    assert estimate_gamma(twice, near, ids) == pytest.approx(1 / 9)  # of 4, 9 and 25, four pairs each
    assert estimate_gamma(np.ones((6, 1), np.float32), near, ids) == 1
    assert estimate_gamma(np.ones((6, 1), np.float32), np.full((6, 1), -1, np.int32), ids) == 1


def test_what_is_drawn_rests_on_the_ids_alone():
    ids = np.arange(100).astype(str)
    order = np.random.default_rng(0).permutation(100)
    first = ids[hash_sample(ids, 10)]
    again = ids[order][hash_sample(ids[order], 10)]
    assert set(first) == set(again) and len(first) == 10
    np.testing.assert_array_equal(hash_sample(ids, 100), np.arange(100))
