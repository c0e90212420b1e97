import numpy as np
import pytest
from scipy import sparse

from margin_core.graph.search import find_nearest_neighbors
from margin_core.graph.weights import MIN_WEIGHT, binary, cosine, mutual, normalize_rows, self_tuned, union


def line(*places):
    points = np.array(places, np.float32)[:, None]
    return points, *find_nearest_neighbors(points, len(places) - 1)


def table(weighed, neighbors):
    """Lay weights out as a matrix, node by node."""
    full = np.zeros((len(weighed), len(weighed)))
    np.put_along_axis(full, neighbors, weighed, axis=1)
    return full


def test_binary():
    points, neighbors, distances = line(0, 1, 3, 7)
    np.testing.assert_array_equal(binary(points, neighbors, distances), np.ones((4, 3)))


def test_self_tuned_by_hand():
    # Three neighbors each: the scale is the third one's distance, here 7, 6, 4, 7.
    points, neighbors, distances = line(0, 1, 3, 7)
    by_hand = np.zeros((4, 4))
    for i, j, squared, scales in [
        (0, 1, 1, 42), (0, 2, 9, 28), (0, 3, 49, 49), (1, 2, 4, 24), (1, 3, 36, 42), (2, 3, 16, 28),
    ]:  # fmt: skip
        by_hand[i, j] = by_hand[j, i] = np.exp(-squared / scales)
    np.testing.assert_allclose(table(self_tuned(points, neighbors, distances), neighbors), by_hand, rtol=1e-6)


def test_the_scale_is_the_seventh_neighbor():
    points, neighbors, distances = line(*range(10), 50)
    # From 0 the seventh is at 7; from 1 it is also at 7 (0, 2, 3 ... 8); the tenth would be at 50.
    found = table(self_tuned(points, neighbors, distances), neighbors)
    assert found[0, 1] == pytest.approx(np.exp(-1 / (7 * 6)))
    scale_of_50 = 50 - 3
    assert found[0, 10] == pytest.approx(max(np.exp(-(50**2) / (7 * scale_of_50)), MIN_WEIGHT))


def test_no_edge_is_cut_by_underflow():
    points, neighbors, distances = line(0, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 1000)
    assert self_tuned(points, neighbors, distances).min() == np.float32(MIN_WEIGHT)


def test_duplicates_weigh_one_and_borrow_the_median_scale():
    points = np.array([[0.0]] * 9 + [[float(place)] for place in range(10, 20)], np.float32)
    neighbors, distances = find_nearest_neighbors(points, 9)
    found = self_tuned(points, neighbors, distances)
    assert np.isfinite(found).all()
    assert (found[:9, :8] == 1).all()
    scale = distances[:, 6]
    borrowed = np.median(scale[scale > 0])
    expected = np.exp(-(distances[0, 8] ** 2) / (borrowed * scale[neighbors[0, 8]]))
    assert found[0, 8] == pytest.approx(expected, rel=1e-5)


def test_all_equal_points_weigh_one():
    points = np.ones((12, 2), np.float32)
    assert (self_tuned(points, *find_nearest_neighbors(points, 5)) == 1).all()


def test_cosine_by_hand():
    points = np.array([[1, 0], [3, 4], [0, 2], [-5, 0]], np.float32)
    neighbors = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]], np.int32)
    found = table(cosine(points, neighbors, np.zeros((4, 3), np.float32)), neighbors)
    least = MIN_WEIGHT
    np.testing.assert_allclose(
        found,
        [[0, 0.6, least, least], [0.6, 0, 0.8, least], [least, 0.8, 0, least], [least, least, least, 0]],
        rtol=1e-6,
    )


def test_a_zero_point_has_no_direction():
    points = np.array([[0, 0], [3, 4]], np.float32)
    np.testing.assert_allclose(normalize_rows(points), [[0, 0], [0.6, 0.8]])
    assert cosine(points, np.array([[1], [0]]), np.ones((2, 1), np.float32)).max() == np.float32(MIN_WEIGHT)


def test_union_and_mutual():
    one_way = sparse.csr_array(np.array([[0, 0.5, 0.2], [0.4, 0, 0], [0, 0, 0]]))
    np.testing.assert_array_equal(union(one_way).toarray(), [[0, 0.5, 0.2], [0.5, 0, 0], [0.2, 0, 0]])
    np.testing.assert_array_equal(mutual(one_way).toarray(), [[0, 0.4, 0], [0.4, 0, 0], [0, 0, 0]])
    assert mutual(one_way).nnz == 2
