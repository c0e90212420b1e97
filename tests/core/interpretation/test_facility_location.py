from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from margin_core.interpretation.facility_location import MAX_DISTANCE_RATIO, facility_location


def clusters(n):
    rng = np.random.default_rng(0)
    points = (rng.normal(size=(n, 4)) + 4 * np.eye(3, 4)[np.arange(n) % 3]).astype(np.float32)
    return points - points.mean(axis=0)


def value(points, candidates, chosen, reach):
    """F of facility location, by its definition."""
    if not len(chosen):
        return 0.0
    apart = np.linalg.norm(points[:, None] - candidates[list(chosen)][None], axis=-1)
    return float(np.maximum(reach - apart, 0).max(axis=1).sum())


def reach_of(points):
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return MAX_DISTANCE_RATIO * np.median(apart[np.triu_indices(len(points), 1)])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(3, 9), count=st.integers(1, 4))
def test_every_first_part_has_its_share_of_the_best(seed, n, count):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, 2)).astype(np.float32) * rng.choice([0.1, 1, 3], (n, 1)).astype(np.float32)
    candidates = points[: max(n - 1, 2)]
    picked = facility_location(points, candidates, count)
    assert len(set(picked.tolist())) == len(picked) == min(count, len(candidates))
    reach = reach_of(points)
    for k in range(1, len(picked) + 1):
        best = max(value(points, candidates, chosen, reach) for chosen in combinations(range(len(candidates)), k))
        promised = 0.5 if k == 1 else 1 - 1 / np.e
        assert value(points, candidates, picked[:k], reach) >= promised * best * (1 - 1e-4)


def test_lazy_is_greedy():
    points = clusters(80)
    picked = facility_location(points, points, 30).tolist()
    reach = reach_of(points)
    for k in range(2, 30):
        gains = [value(points, points, [*picked[:k], i], reach) for i in range(80)]
        assert value(points, points, picked[: k + 1], reach) >= max(gains) * (1 - 1e-5)


def test_the_first_two_are_better_together_than_the_greedy_pair():
    # A blob on either side, and one sample between them that is empty's.
    rng = np.random.default_rng(0)
    sides = np.vstack([rng.normal(size=(20, 2)) * 0.1 + [side, 0] for side in (-1, 1)])
    points = np.vstack([sides, [[0.0, 0.0]]]).astype(np.float32)
    one = facility_location(points, points, 1)
    two = facility_location(points, points, 2)
    assert one.tolist() == [40]
    assert sorted(points[two][:, 0].round().tolist()) == [-1, 1]


def test_what_is_not_kept_is_computed_again(monkeypatch):
    points = clusters(120)
    kept = facility_location(points, points[::2], 20)
    monkeypatch.setattr("margin_core.interpretation.facility_location.MAX_STORED_DISTANCES", 0)
    np.testing.assert_array_equal(facility_location(points, points[::2], 20), kept)


def test_an_outlier_pulls_no_harder_than_what_is_just_out_of_reach():
    points = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    near, far = points.copy(), points.copy()
    near[0], far[0] = 100, 1e6
    np.testing.assert_array_equal(facility_location(near, near[1:], 5), facility_location(far, far[1:], 5))


def test_all_equal_points_are_picked_in_order():
    same = np.zeros((4, 2), dtype=np.float32)
    assert facility_location(same, same, 3).tolist() == [0, 1, 2]
    assert facility_location(same, same, 9).tolist() == [0, 1, 2, 3]
    assert facility_location(same[:1], same[:1], 2).tolist() == [0]


@pytest.mark.parametrize("seed", range(5))
def test_of_duplicates_the_first_is_picked_in_whatever_order_distances_are_summed(seed):
    rng = np.random.default_rng(seed)
    points = 5 * rng.normal(size=(120, 64)).astype(np.float32)
    points = np.vstack([points, points])[rng.permutation(240)]
    points -= points.mean(axis=0)
    picked = facility_location(points, points, 60)
    first_of = {point.tobytes(): place for place, point in reversed(list(enumerate(points)))}
    assert picked.tolist() == [first_of[points[place].tobytes()] for place in picked]
    for _ in range(3):
        other = np.ascontiguousarray(points[:, rng.permutation(64)])
        np.testing.assert_array_equal(facility_location(other, other, 60), picked)


@pytest.mark.parametrize("gamma", [None, 0.05])
def test_what_is_selected_already_and_what_counts_more_are_heeded(gamma):
    points = clusters(60)
    rng = np.random.default_rng(3)
    weights = rng.random(60).astype(np.float32)
    already = points[[7, 8]]
    picked = facility_location(points, points, 6, already=already, weights=weights, gamma=gamma).tolist()
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    reach = reach_of(points) if gamma is None else 1.0
    nearness = np.maximum(reach - apart, 0) if gamma is None else np.exp(-gamma * apart**2)
    covered = nearness[[7, 8]].max(axis=0)
    for one in picked:
        gains = np.maximum(nearness - covered, 0) @ weights
        assert gains[one] >= gains.max() * (1 - 1e-4)
        covered = np.maximum(covered, nearness[one])
    assert not {7, 8} & set(picked[:3])
