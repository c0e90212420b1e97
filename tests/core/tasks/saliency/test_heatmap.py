"""From nodes to places."""

import numpy as np

from margin_core.tasks.saliency.heatmap import density, mean, normalize, select_smaller_nodes, weighted_mean
from margin_core.values import Influence


def test_a_place_takes_the_mean_of_its_nodes_weighted_by_their_smallness():
    layout = np.array([[[0, 0], [0, 1]], [[2, 3], [2, 3]]])
    found = weighted_mean(layout, np.array([3.0, 6.0, 1.0, 0.0]))
    np.testing.assert_allclose(found[0, 0], (3 / 3 + 1 / 2) / (1 / 3 + 1 / 2))
    np.testing.assert_allclose(found[1, 1], (6 / 1 + 0 / 2) / (1 / 1 + 1 / 2))


def test_nodes_of_one_value_give_a_map_of_that_value():
    layout = np.random.default_rng(0).integers(0, 5, (3, 4, 6)) + 5 * np.arange(3)[:, None, None]
    np.testing.assert_allclose(weighted_mean(layout, np.full(15, 0.4)), 0.4)


def test_what_matters_is_not_larger_for_lying_in_a_large_part():
    layout = np.array([[[0, 0, 0, 1]], [[2, 2, 3, 3]]])
    np.testing.assert_allclose(density(layout, np.array([3.0, 1.0, 2.0, 2.0])), 1)
    np.testing.assert_allclose(mean(layout, np.array([3.0, 1.0, 2.0, 2.0]))[0], [2.5, 2.5, 2.5, 1.5])


def test_only_parts_smaller_than_their_like_are_influential_when_the_sign_is_kept():
    influence = Influence(scores=np.array([1.0, 0.5, 0.0]), high_pass=np.array([0.8, -0.4, 0.0]))
    np.testing.assert_array_equal(select_smaller_nodes(influence), [0, 0.5, 0])


def test_a_map_ends_at_one_and_starts_at_nought():
    np.testing.assert_array_equal(normalize(np.array([-1.0, 0.0, 2.0])), np.array([0, 0, 1], np.float32))
    assert not normalize(np.array([-1.0, 0.0])).any()
    assert normalize(np.zeros(0)).dtype == np.float32
