"""A right ranking takes away what the network uses at once, and a random one as chance has it."""

import numpy as np
import pytest
from planted_network import USED, P, planted_held_out

from margin_core.tasks.variable_importance.shuffle_curve import RANDOM, ShuffleCurves, compute_shuffle_curves


@pytest.mark.slow
def test_a_right_ranking_falls_at_once_and_a_random_one_as_chance_has_it():
    rest = np.delete(np.arange(P), USED)
    rankings = {"right": np.array([*USED, *rest]), "wrong": np.array([*rest, *USED])}
    curves = compute_shuffle_curves(planted_held_out(), rankings)
    assert curves.names.tolist() == ["right", "wrong", RANDOM]
    assert (curves.shuffled[0], curves.shuffled[-1]) == (0, P)
    assert (np.diff(curves.shuffled) > 0).all()
    assert (curves.accuracy[:, 0] == 1).all() and (curves.low[:, 0] == 1).all()
    assert (curves.low <= curves.accuracy).all() and (curves.accuracy <= curves.high).all()
    right, wrong, chance = curves.accuracy
    at = curves.shuffled.tolist().index(2)
    assert 0.35 < right[-1] < 0.65
    assert right[at] == pytest.approx(right[-1])  # nothing else is used
    assert (wrong[curves.shuffled <= P - 2] == 1).all()
    # The first two of a random order hold each of the two with probability 1/6: it is no fixed set of variables.
    assert curves.high[2, at] == 1 > curves.low[2, at]
    assert right[at] < chance[at] < 1


def test_without_a_network_there_are_none_and_they_come_back_from_their_arrays():
    none = compute_shuffle_curves(None, {"right": np.arange(3)})
    assert (len(none.names), len(none.shuffled)) == (0, 0)
    some = compute_shuffle_curves(planted_held_out(), {})
    again = ShuffleCurves.from_arrays(some.to_arrays())
    assert again.accuracy.tolist() == some.accuracy.tolist()
