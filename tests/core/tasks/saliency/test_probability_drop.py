"""What hiding parts does, shared out among them."""

import numpy as np
import pytest
from planted import graph_of

from margin_core.influence import HighPass
from margin_core.tasks.saliency.masking import draw_union_masks
from margin_core.tasks.saliency.probability_drop import (
    compute_single_drops,
    count_shared_places,
    estimate_union_effects,
)
from margin_core.tasks.saliency.relative_size import relative_size

LAYOUT = np.stack([np.arange(256).reshape(16, 16) // 32, 8 + np.arange(256).reshape(16, 16).T // 16])
"""Eight rows, sixteen columns."""


def test_a_single_drop_keeps_its_sign():
    np.testing.assert_allclose(compute_single_drops(0.6, np.array([0.2, 0.9], np.float32)), [0.4, -0.3], rtol=1e-6)


def test_the_places_that_nodes_share_are_counted():
    shared, division = count_shared_places(LAYOUT)
    np.testing.assert_array_equal(division, [0] * 8 + [1] * 16)
    np.testing.assert_array_equal(shared[:8, :8], 32 * np.eye(8))
    np.testing.assert_array_equal(shared[:8, 8:], 2)


@pytest.mark.parametrize("node", [3, 12])
def test_the_effect_of_one_node_is_found_from_unions(node):
    masks = draw_union_masks(LAYOUT, 400)
    seen = (masks[:] & (node == LAYOUT).any(axis=0)).sum((1, 2)) / (node == LAYOUT).sum()
    effects = estimate_union_effects(masks, np.square(0.2 + 0.6 * seen).astype(np.float32))
    assert effects[node] == pytest.approx(0.6, rel=0.05)
    own = range(8) if node < 8 else range(8, 24)
    assert np.abs([effects[other] for other in own if other != node]).max() < 0.03


def test_what_speaks_against_a_class_has_a_negative_effect():
    masks = draw_union_masks(LAYOUT, 300)
    effects = estimate_union_effects(masks, np.square(0.9 - 0.5 * masks[:][:, :2].mean((1, 2))).astype(np.float32))
    assert effects[0] == pytest.approx(-0.5, rel=0.05)


def test_a_model_that_never_changes_its_mind_gives_no_effect():
    np.testing.assert_allclose(
        estimate_union_effects(draw_union_masks(LAYOUT, 60), np.full(60, 0.3, np.float32)), 0, atol=1e-9
    )


def test_a_probability_that_rounding_takes_below_nought_counts_as_nought():
    masks = draw_union_masks(LAYOUT, 60)
    below = np.where(masks[:].mean((1, 2)) > 0.5, 1, -1e-9).astype(np.float32)
    np.testing.assert_array_equal(
        estimate_union_effects(masks, below), estimate_union_effects(masks, np.maximum(below, 0))
    )


def test_a_single_look_gives_no_effect():
    one = np.zeros((1, 2, 2), dtype=np.int64)
    assert np.isfinite(estimate_union_effects(draw_union_masks(one, 16), np.full(16, 0.2, np.float32))).all()


def test_relative_size_is_over_the_largest_and_what_is_smaller_than_its_neighbors_is_high_passed_below_0():
    signal = relative_size(np.array([[[0, 0, 0], [1, 1, 2]]]))
    np.testing.assert_allclose(signal.values, [1, 2 / 3, 1 / 3])
    influence = HighPass()(graph_of(1 - np.eye(3)), signal)
    assert influence.high_pass[2] < 0 < influence.high_pass[0]
