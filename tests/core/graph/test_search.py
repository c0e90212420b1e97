import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from margin_core.graph.search import MIN_RECALL, find_nearest_neighbors

# Few different values, so that duplicates and ties are the rule.
point_sets = st.tuples(st.integers(2, 25), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.integers(-3, 3).map(float))
)


def all_distances(points):
    wide = points.astype(np.float64)
    table = np.linalg.norm(wide[:, None] - wide, axis=2)
    np.fill_diagonal(table, np.inf)
    return table


def check(points, neighbors, distances, k):
    table = all_distances(points)
    each = np.arange(len(points))
    assert neighbors.shape == distances.shape == (len(points), k)
    assert (neighbors >= 0).all()
    assert (neighbors != each[:, None]).all()
    assert all(len(set(row)) == k for row in neighbors.tolist())
    np.testing.assert_allclose(distances, np.sort(table, axis=1)[:, :k], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(distances, np.take_along_axis(table, neighbors, axis=1), rtol=1e-5, atol=1e-5)
    assert (np.diff(distances, axis=1) >= 0).all()


@given(points=point_sets, data=st.data())
def test_against_every_pair(points, data):
    k = data.draw(st.integers(1, len(points) - 1))
    neighbors, distances = find_nearest_neighbors(points, k)
    check(points, neighbors, distances, k)
    duplicates = (points[neighbors] == points[:, None]).all(axis=2)
    assert (distances[duplicates] == 0).all()


@given(points=point_sets)
def test_ties_are_ordered_by_number(points):
    neighbors, distances = find_nearest_neighbors(points, len(points) - 1)
    tied = np.diff(distances, axis=1) == 0
    assert (np.diff(neighbors, axis=1)[tied] > 0).all()


def test_more_duplicates_than_neighbors():
    points = np.zeros((50, 3), np.float32)
    neighbors, distances = find_nearest_neighbors(points, 5)
    assert (neighbors != np.arange(50)[:, None]).all()
    assert not distances.any()


@pytest.mark.parametrize("far", [1e3, 1e5])
def test_far_from_the_origin(far):
    points = (np.random.default_rng(0).integers(0, 64, (200, 3)) + far).astype(np.float32)
    check(points, *find_nearest_neighbors(points, 8), 8)


def test_the_callers_points_are_left_alone():
    points = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    kept = points.copy()
    find_nearest_neighbors(points, 3)
    np.testing.assert_array_equal(points, kept)


@pytest.fixture(scope="module")
def clusters():
    rng = np.random.default_rng(0)
    centers = rng.normal(scale=6, size=(30, 16))
    points = (centers[rng.integers(0, 30, 3000)] + rng.normal(size=(3000, 16))).astype(np.float32)
    points[7] = points[2900]
    points[40:80] = points[40]
    points[80] = 500  # alone in its cell
    return points


@pytest.mark.slow
def test_the_inverted_file_finds_nearly_all(clusters):
    exact, _ = find_nearest_neighbors(clusters, 20)
    found, distances = find_nearest_neighbors(clusters, 20, exact_cost=0)
    assert (found >= 0).all()
    assert (found != np.arange(3000)[:, None]).all()
    assert np.isfinite(distances).all()
    assert all(len(set(row)) == 20 for row in found.tolist())
    unique = np.setdiff1d(np.arange(3000), np.arange(40, 80))  # forty equal points: any twenty are right
    recall = np.mean([np.isin(exact[row], found[row]).mean() for row in unique])
    assert recall >= MIN_RECALL - 0.02
    assert found[7, 0] == 2900
    assert (distances[40:80] == 0).all()


def test_the_inverted_file_finds_the_same_twice(clusters):
    for one, other in zip(
        find_nearest_neighbors(clusters, 5, exact_cost=0),
        find_nearest_neighbors(clusters, 5, exact_cost=0),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


def test_points_that_the_inverted_file_leaves_short_are_looked_up_exactly():
    points = np.random.default_rng(1).normal(size=(400, 2)).astype(np.float32)
    found, _ = find_nearest_neighbors(points, 350, exact_cost=0)
    assert (found >= 0).all()
    assert all(len(set(row)) == 350 for row in found.tolist())
    exact, _ = find_nearest_neighbors(points, 350)
    assert np.mean([np.isin(best, row).mean() for best, row in zip(exact, found, strict=True)]) >= MIN_RECALL - 0.02


def test_where_nothing_is_near_anything_all_points_are_compared_with_all():
    points = np.random.default_rng(0).normal(size=(500, 40)).astype(np.float32)
    neighbors, distances = find_nearest_neighbors(points, 10, exact_cost=0)
    check(points, neighbors, distances, 10)  # exact, where cells would find but nearly all
