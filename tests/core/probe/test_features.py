import numpy as np
import pytest

from margin_core.probe.features import MAX_DIMENSIONS, reduce_features


def test_reduced_features_are_the_features_turned_with_mean_squared_length_one():
    features = np.random.default_rng(0).normal(loc=100, scale=[1, 5, 0.1], size=(200, 3)).astype(np.float32)
    points, usable = reduce_features(features)
    assert usable.all()
    assert (points**2).sum(axis=1).mean() == pytest.approx(1, rel=1e-4)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-4)
    centered = features - features.mean(axis=0)
    scale = np.linalg.norm(points) / np.linalg.norm(centered)
    np.testing.assert_allclose(points @ points.T, scale**2 * centered @ centered.T, atol=1e-4)
    assert (np.diff(points.std(axis=0)) < 0).all()  # longest first
    np.testing.assert_allclose(np.corrcoef(points.T), np.eye(3), atol=1e-3)


@pytest.mark.parametrize("n", [1, 2, 40])
def test_more_features_than_samples(n):
    features = np.random.default_rng(0).normal(size=(n, 200)).astype(np.float32)
    points, usable = reduce_features(features)
    assert usable.all()
    assert points.shape == (n, n)
    centered = features - features.mean(axis=0)
    np.testing.assert_allclose(points @ points.T * np.square(centered).sum() / n, centered @ centered.T, atol=1e-2)


def test_wide_features_are_projected_on_their_leading_components():
    rng = np.random.default_rng(0)
    features = (rng.normal(size=(300, 5)) @ rng.normal(size=(5, 200))).astype(np.float32)
    points, _ = reduce_features(features)
    assert points.shape == (300, MAX_DIMENSIONS)
    one, other = points @ points.T, (features - features.mean(axis=0)) @ (features - features.mean(axis=0)).T
    np.testing.assert_allclose(one / one[0, 0], other / other[0, 0], rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("value", [3.0, np.nan])
def test_features_without_information_are_reduced_to_zero(value):
    points, usable = reduce_features(np.full((4, 2), value, np.float32))
    assert not points.any()
    assert usable.all() == (value == 3)
