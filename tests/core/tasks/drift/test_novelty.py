"""Distances to the reference, and how rare they are there."""

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.drift import novelty
from margin_core.tasks.drift.novelty import measure_reference_distances, tail_shares


def ids(n):
    return np.arange(n).astype(str)


def test_distances_are_those_to_the_nearest_of_the_reference_itself_left_out():
    points = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    found = measure_reference_distances(points, 20, ids(50), 4, Run())
    apart = np.linalg.norm(points[:, None] - points[20:], axis=2)
    apart[np.arange(20, 50), np.arange(30)] = np.inf
    np.testing.assert_allclose(found.distances, np.sort(apart, axis=1)[:, :4].mean(axis=1), rtol=1e-5)
    np.testing.assert_array_equal(found.nearest, apart.argmin(axis=1))


def test_blocks_change_nothing(monkeypatch):
    points = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    whole = measure_reference_distances(points, 20, ids(50), 4, Run())
    monkeypatch.setattr(novelty, "MAX_BLOCK_DISTANCES", 200)
    parts = measure_reference_distances(points, 20, ids(50), 4, Run())
    np.testing.assert_allclose(parts.distances, whole.distances)


def test_a_large_reference_is_measured_to_some_of_it(monkeypatch):
    monkeypatch.setattr(novelty, "MAX_ANCHORS", 10)
    points = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    found = measure_reference_distances(points, 20, ids(50), 4, Run())
    assert len(set(found.nearest.tolist())) <= 10 and np.isfinite(found.distances).all()


def test_without_features_there_is_no_distance():
    points = np.ones((6, 2), np.float32)
    points[[1, 4]] = np.nan
    found = measure_reference_distances(points, 3, ids(6), 2, Run())
    assert np.isnan(found.distances).tolist() == [False, True, False, False, True, False]
    assert found.nearest[1] == found.nearest[4] == -1
    np.testing.assert_array_equal(found.relative[[0, 2, 3, 5]], 0)


def test_the_tail_is_a_p_value():
    np.testing.assert_allclose(
        tail_shares(np.array([5.0, 2.0, np.nan]), np.array([1.0, 2.0, 3.0, np.nan])), [0.25, 0.75, 1]
    )
