"""Areas under ROC curves, and their bootstrap intervals."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from margin_core.tasks.adversarial.comparison import compute_areas, measure_area
from margin_core.tasks.adversarial.comparison.area import point_area
from margin_core.values import Findings


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def planted(rng, n, shift, digits=9):
    attacked = np.repeat([False, True], n)
    return np.round(rng.normal(size=2 * n) + shift * attacked, digits), attacked, np.tile(np.arange(n), 2)


@pytest.mark.parametrize("digits", [9, 1, 0])
def test_the_area_is_that_of_scikit_learn_ties_included(digits, rng):
    scores, attacked, units = planted(rng, 150, 0.7, digits)
    found = measure_area(scores, attacked, units)
    assert found.auc == pytest.approx(roc_auc_score(attacked, scores))
    assert point_area(scores, attacked) == found.auc
    assert found.low < found.auc < found.high


def test_the_interval_is_that_of_resampling_units(rng):
    scores, attacked, units = planted(rng, 60, 0.7)
    found = measure_area(scores, attacked, units)
    resampled = []
    for _ in range(3000):
        chosen = rng.integers(0, 60, 60)
        rows = np.concatenate([chosen, chosen + 60])
        resampled.append(roc_auc_score(attacked[rows], scores[rows]))
    np.testing.assert_allclose([found.low, found.high], np.percentile(resampled, (2.5, 97.5)), atol=0.012)


def test_intervals_hold_the_true_area_nearly_always(rng):
    from scipy.stats import norm

    truth = norm.cdf(0.5 / np.sqrt(2))
    held = [found.low <= truth <= found.high for found in (measure_area(*planted(rng, 80, 0.5)) for _ in range(100))]
    assert sum(held) >= 88


def test_samples_without_a_score_are_left_out(rng):
    scores, attacked, units = planted(rng, 50, 1)
    more = np.r_[scores, np.nan, np.nan]
    found = measure_area(more, np.r_[attacked, True, False], np.r_[units, 50, 51])
    assert found == measure_area(scores, attacked, units)


@pytest.mark.parametrize("attacked", [[True, True], [False, False]])
def test_without_one_of_the_two_there_is_no_area(attacked):
    found = measure_area(np.array([1.0, 2.0]), np.array(attacked), np.arange(2))
    assert np.isnan([found.auc, found.low, found.high, point_area(np.array([1.0, 2.0]), np.array(attacked))]).all()


def test_areas_of_columns_are_computed_by_name(rng):
    scores, attacked, units = planted(rng, 30, 1)
    order = np.argsort(-scores)
    columns = {"lid": scores, "energy": np.full(60, np.nan), "attacked": attacked, "sample": units.astype(str)}
    evidence = {name: values[order] for name, values in columns.items()}
    findings = Findings(
        ids=np.arange(60).astype(str), scores=np.linspace(1, 0, 60), roles=np.full(60, "clean"), evidence=evidence
    )
    found = compute_areas(findings, ("lid", "energy"))
    assert found["lid"].auc == pytest.approx(roc_auc_score(attacked, scores))
    assert np.isnan(found["energy"].auc)
