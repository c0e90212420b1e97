"""Means with paired intervals: a method is best only where the difference to each other leaves out 0."""

import numpy as np
import pytest

from margin_core.tasks.saliency.faithfulness.comparison import compare_methods


@pytest.fixture
def difficulty():
    return np.random.default_rng(0).normal(size=60)


def test_a_small_steady_lead_is_seen_beneath_large_differences_between_samples(difficulty):
    noise = 0.01 * np.random.default_rng(1).normal(size=60)
    found = compare_methods({"one": difficulty + 0.05 + noise, "other": difficulty}, 1)
    assert found["one"].is_best
    assert not found["other"].is_best
    assert found["one"].low < found["other"].mean < found["one"].high
    assert found["one"].samples == 60


def test_the_direction_counts(difficulty):
    values = {"one": difficulty + 0.5, "other": difficulty}
    assert compare_methods(values, -1)["other"].is_best
    assert not any(one.is_best for one in compare_methods(values, 0).values())


def test_no_lead_no_best_and_nobody_wins_alone(difficulty):
    noise = np.random.default_rng(2).normal(size=60)
    assert not any(
        one.is_best for one in compare_methods({"one": difficulty, "other": difficulty[::-1] + noise}, 1).values()
    )
    assert not compare_methods({"one": difficulty}, 1)["one"].is_best


def test_one_must_beat_all(difficulty):
    found = compare_methods({"first": difficulty + 0.5, "second": difficulty + 0.5, "third": difficulty}, 1)
    assert not any(one.is_best for one in found.values())


def test_what_is_not_known_is_left_out(difficulty):
    column = difficulty.copy()
    column[10:] = np.nan
    found = compare_methods({"one": column, "nothing": np.full(60, np.nan)}, 1)
    assert list(found) == ["one"]
    assert found["one"].samples == 10
    assert found["one"].mean == pytest.approx(difficulty[:10].mean())
    assert compare_methods({"nothing": np.full(3, np.nan)}, 1) == {}


def test_the_interval_is_that_of_the_mean(difficulty):
    found = compare_methods({"one": difficulty}, 1)["one"]
    error = difficulty.std(ddof=1) / np.sqrt(60)
    assert found.low == pytest.approx(difficulty.mean() - 1.96 * error, abs=0.3 * error)
    assert found.high == pytest.approx(difficulty.mean() + 1.96 * error, abs=0.3 * error)
