"""Whether a group has more marked samples than the others."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from margin_core.tasks.adversarial.comparison import compare_criticisms, compare_shares
from margin_core.values import Findings


def counted(a, b, c, d):
    """a of a + b inside are marked, c of c + d outside."""
    inside = np.repeat([True, True, False, False], [a, b, c, d])
    return inside, np.repeat([True, False, True, False], [a, b, c, d])


def test_the_interval_is_the_published_example():
    """Newcombe (1998), table II, contrast (a): 56 of 70 and 48 of 80, method 10."""
    found = compare_shares(*counted(56, 14, 48, 32))
    assert (found.inside, found.outside, found.marked_inside, found.marked_outside) == (70, 80, 56, 48)
    assert found.difference == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))


def test_the_odds_ratio_is_about_that_of_the_table_and_its_interval_holds_it():
    found = compare_shares(*counted(56, 14, 48, 32))
    assert found.odds_ratio == pytest.approx(fisher_exact([[56, 14], [48, 32]]).statistic, rel=0.05)
    assert found.odds_low < found.odds_ratio < found.odds_high


def test_no_difference_has_zero_in_its_interval():
    found = compare_shares(*counted(20, 20, 50, 50))
    assert found.low < 0 < found.high and found.odds_low < 1 < found.odds_high


def test_an_empty_group_has_nothing_to_compare():
    found = compare_shares(*counted(0, 0, 3, 4))
    assert np.isnan([found.difference, found.low, found.odds_ratio]).all() and found.outside == 7


def test_criticisms_are_counted_among_clean_samples():
    prototypes = Findings(
        ids=np.array(["a", "b", "c", "x"]), scores=np.array([1, 0.5, 1, 0.5]),
        roles=np.array(["prototype", "prototype", "criticism", "criticism"]), evidence={},
    )  # fmt: skip
    found = compare_criticisms(np.array(["c", "d"]), np.array(["a", "b", "c", "d", "e"]), prototypes)
    assert (found.inside, found.outside, found.marked_inside, found.marked_outside) == (2, 3, 1, 0)
