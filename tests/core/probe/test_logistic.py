import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from margin_core.probe.logistic import fit_logistic

SCALES = np.array([3.0, 1.0, 0.3, 0.03])


def sample(n=300, c=3, kind=np.float64):
    rng = np.random.default_rng(0)
    points = (rng.normal(size=(n, 4)) * SCALES).astype(kind)
    labels = (points @ rng.normal(size=(4, c)) / 2 + rng.gumbel(size=(n, c)) + 0.5).argmax(axis=1)
    return points, labels, rng.random(n)


def fit(points, labels, **options):
    return fit_logistic(points, labels, **{"inverse_penalty": 10.0, "tolerance": 1e-9, "max_iterations": 500} | options)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("c", [2, 3, 5])
def test_it_is_the_minimum_that_scikit_learn_finds(c, weighted):
    points, labels, weight = sample(c=c)
    weight = weight if weighted else None
    # Of two classes scikit-learn penalizes one vector, the difference of what are two here.
    peer = LogisticRegression(C=20.0 if c == 2 else 10.0, tol=1e-10, max_iter=10_000)
    peer.fit(points, labels, sample_weight=weight)
    found = fit(points, labels, sample_weight=weight).probabilities(points, c)
    np.testing.assert_allclose(found, peer.predict_proba(points), atol=1e-5)


def test_single_precision_ends_at_the_same_place():
    points, labels, _ = sample()
    whole = fit(points, labels).probabilities(points, 3)
    single = fit(points.astype(np.float32), labels, tolerance=1e-4).probabilities(points, 3)
    np.testing.assert_allclose(single, whole, atol=5e-3)


def test_columns_of_any_length_take_few_rounds():
    points, labels, _ = sample(n=2000)
    whole = fit(points, labels).probabilities(points, 3)
    hasty = fit(points, labels, max_iterations=8).probabilities(points, 3)
    np.testing.assert_allclose(hasty, whole, atol=0.02)


def test_a_fit_started_at_the_minimum_stays_there():
    points, labels, weight = sample()
    there = fit(points, labels, sample_weight=weight, tolerance=1e-6)
    again = fit(points, labels, sample_weight=weight, tolerance=1e-5, start=there)
    np.testing.assert_allclose(again.coefficients, there.coefficients, rtol=1e-10)


def test_only_classes_that_it_was_fitted_on_are_likely():
    points, labels, _ = sample()
    found = fit(points, np.where(labels == 2, 4, labels))
    assert found.classes.tolist() == [0, 1, 4]
    p = found.probabilities(points, 6)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (p[:, [2, 3, 5]] == 0).all()
    assert (p[:, [0, 1, 4]] > 0).all()


def test_one_class_is_nothing_to_tell_apart():
    points, labels, _ = sample()
    assert fit(points, np.zeros_like(labels)) is None
    assert fit(points[:0], labels[:0]) is None


def test_two_classes_far_apart_end_at_finite_coefficients():
    points = np.concatenate([np.full((20, 2), -1e3), np.full((20, 2), 1e3)])
    found = fit(points, np.repeat([0, 1], 20), tolerance=1e-6)
    assert np.isfinite(found.coefficients).all()
    assert (found.probabilities(points, 2).argmax(axis=1) == np.repeat([0, 1], 20)).all()
