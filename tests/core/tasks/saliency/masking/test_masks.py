"""Masks of nodes, and asking a model about a sample under them."""

import numpy as np
import pytest

from margin_core.errors import Cancelled
from margin_core.storage.engine import Run
from margin_core.tasks.saliency.masking import Masks, draw_union_masks, predict_under_masks, single_node_masks
from margin_core.tasks.saliency.masking.masks import BATCH_SIZE, MIN_VISIBLE

LAYOUT = np.stack([np.arange(64).reshape(8, 8) // 16, 4 + np.arange(64).reshape(8, 8) // 8])
"""Four bands, and then eight."""


class Counting:
    """A sample whose probability is the share of it that is visible; it counts its inputs."""

    places = (8, 8)

    def __init__(self):
        self.asked = []

    def probabilities(self, visible):
        self.asked.append(len(visible))
        share = visible.mean((1, 2))
        return np.stack([share, 1 - share], axis=1)


def test_each_node_is_hidden_once_alone():
    masks = single_node_masks(LAYOUT)
    painted = masks[:]
    assert len(masks) == 12
    for node in range(12):
        np.testing.assert_array_equal(~painted[node], (node == LAYOUT).any(axis=0))


def test_unions_come_in_pairs_that_show_what_the_other_hides():
    painted = draw_union_masks(LAYOUT, 200)[:]
    np.testing.assert_array_equal(painted[::2], ~painted[1::2])
    shares = painted.mean((1, 2))
    assert shares.min() < MIN_VISIBLE + 0.1 and shares.max() > 0.9 - MIN_VISIBLE
    assert len(np.unique(shares)) == 5


@pytest.mark.parametrize("number", [16, 50, 101])
def test_divisions_and_shares_are_spread_evenly_however_few_unions_there_are(number):
    masks = draw_union_masks(LAYOUT, number)
    _, times = np.unique(masks.division[::2], return_counts=True)
    assert len(times) == len(LAYOUT) and np.ptp(times) <= 1
    own = [masks.visible[row, np.unique(LAYOUT[masks.division[row]])].mean() for row in range(0, number, 2)]
    even = np.linspace(MIN_VISIBLE, 1 - MIN_VISIBLE, len(own))
    assert np.abs(np.sort(own) - even).max() < 0.25  # a quarter is one node of the coarsest division


@pytest.mark.parametrize("number", [1, 16, 33])
def test_fewer_unions_are_the_first_of_more(number):
    few, many = draw_union_masks(LAYOUT, number), draw_union_masks(LAYOUT, 100)
    np.testing.assert_array_equal(few[:], many[:number])


def test_what_looks_the_same_is_asked_about_once():
    """Two bands of four and the four bands of eight that they are made of look the same."""
    visible = np.ones((4, 12), dtype=bool)
    visible[0, 0] = visible[2, 0] = False
    visible[1, [4, 5]] = False
    visible[3, [0, 6]] = False
    masks = Masks(LAYOUT, np.array([0, 1, 0, 1]), visible)
    sample = Counting()
    answers = predict_under_masks(sample, masks, np.array([0]), Run())
    assert sample.asked == [2]
    np.testing.assert_allclose(answers[:, 0], [0.75, 0.75, 0.75, 0.875])


def test_batches_are_full_and_only_wanted_classes_are_kept():
    sample = Counting()
    masks = draw_union_masks(LAYOUT, 100)
    answers = predict_under_masks(sample, masks, np.array([1, 0]), Run())
    different = len(np.unique(masks[:].reshape(100, -1), axis=0))
    assert sample.asked == [min(BATCH_SIZE, different - start) for start in range(0, different, BATCH_SIZE)]
    np.testing.assert_allclose(answers[:, 1], masks[:].mean((1, 2)), rtol=1e-6)
    np.testing.assert_allclose(answers.sum(1), 1, rtol=1e-6)


def test_work_stops_between_batches():
    sample = Counting()

    def stop(fraction, text):
        assert text == f"Asking the model about {different:,} masked versions of the sample"
        if fraction > 0:
            raise Cancelled("Stopped.")

    masks = draw_union_masks(LAYOUT, 100)
    different = len(np.unique(masks[:].reshape(100, -1), axis=0))
    with pytest.raises(Cancelled, match=r"^Stopped\.$"):
        predict_under_masks(sample, masks, np.array([0]), Run(progress=stop))
    assert sample.asked == [BATCH_SIZE]
