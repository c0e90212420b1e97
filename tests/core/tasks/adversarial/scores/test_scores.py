"""Scores of single samples, against their definitions and other libraries."""

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.covariance import EmpiricalCovariance
from sklearn.neighbors import KernelDensity, NearestNeighbors

from margin_core.tasks.adversarial.scores.energy import energy
from margin_core.tasks.adversarial.scores.kernel_density import BANDWIDTHS, estimate_bandwidth, log_kernel_density
from margin_core.tasks.adversarial.scores.local_dimension import local_intrinsic_dimensionality
from margin_core.tasks.adversarial.scores.mahalanobis import mahalanobis_distance
from margin_core.tasks.adversarial.scores.pair_kernel import estimate_pair_gamma


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def reference(rng):
    return rng.normal(size=(90, 6)).astype(np.float32) + np.repeat(np.eye(3, 6) * 8, 30, axis=0).astype(np.float32)


@pytest.fixture
def points(rng):
    return (rng.normal(size=(20, 6)) * 3).astype(np.float32)


CLASSES = np.repeat(np.arange(3), 30)


def test_the_density_is_that_of_scikit_learn(points, reference):
    classes = np.arange(20) % 3
    found = log_kernel_density(points, classes, reference, CLASSES, 1.3)
    for number in range(3):
        fitted = KernelDensity(bandwidth=1.3).fit(reference[number == CLASSES].astype(float))
        own = classes == number
        constant = 6 * np.log(1.3 * np.sqrt(2 * np.pi))
        np.testing.assert_allclose(found[own], fitted.score_samples(points[own]) + constant, rtol=1e-5)
    assert (found <= 0).all()


def test_a_class_without_reference_has_no_density(points, reference):
    found = log_kernel_density(points, np.full(20, 7), reference, CLASSES, 1.0)
    assert np.isnan(found).all()
    assert np.isnan(log_kernel_density(points, np.zeros(20, int), reference[:0], CLASSES[:0], 1.0)).all()


def test_far_from_everything_the_density_is_finite(points, reference):
    assert np.isfinite(log_kernel_density(points * 1e4, np.zeros(20, int), reference, CLASSES, 0.1)).all()


def test_the_bandwidth_has_the_largest_leave_one_out_likelihood(reference):
    found = estimate_bandwidth(reference, CLASSES)
    likelihood = {}
    for bandwidth in found * np.array([0.5, 1.0, 2.0]):
        logs = []
        for row in range(90):
            left = (CLASSES[row] == CLASSES) & (np.arange(90) != row)
            fitted = KernelDensity(bandwidth=bandwidth).fit(reference[left].astype(float))
            logs.append(fitted.score_samples(reference[row : row + 1].astype(float))[0])
        likelihood[bandwidth] = np.mean(logs)
    assert max(likelihood, key=likelihood.get) == found
    assert estimate_bandwidth(reference * 10, CLASSES) == pytest.approx(10 * found, rel=1e-4)
    assert BANDWIDTHS.min() < 1 < BANDWIDTHS.max()


@pytest.mark.parametrize("case", ["empty", "one a class", "all equal"])
def test_without_distances_the_bandwidth_is_one(case, reference):
    given, classes = {
        "empty": (reference[:0], CLASSES[:0]),
        "one a class": (reference[[0, 30, 60]], np.arange(3)),
        "all equal": (np.ones((9, 2), np.float32), np.arange(9) % 3),
    }[case]
    assert estimate_bandwidth(given, classes) == 1.0


def test_the_local_dimension_is_the_estimate_from_nearest_distances(points, reference):
    found = local_intrinsic_dimensionality(points, reference, 12)
    distances = NearestNeighbors(n_neighbors=12).fit(reference).kneighbors(points)[0]
    expected = -1 / np.log(distances / distances[:, -1:]).mean(axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("dimension", [1, 3, 8])
def test_the_local_dimension_of_a_cube_is_its_own(dimension, rng):
    cube = np.zeros((6000, 10), np.float32)
    cube[:, :dimension] = rng.uniform(-1, 1, (6000, dimension))
    inner = np.zeros((50, 10), np.float32)
    inner[:, :dimension] = rng.uniform(-0.3, 0.3, (50, dimension))
    assert np.median(local_intrinsic_dimensionality(inner, cube, 60)) == pytest.approx(dimension, rel=0.15)


def test_without_neighbors_or_differences_there_is_no_local_dimension(points, reference):
    assert np.isnan(local_intrinsic_dimensionality(points, reference[:1], 5)).all()
    assert np.isnan(local_intrinsic_dimensionality(points, np.ones((5, 6), np.float32), 5)).all()


def test_the_mahalanobis_distance_is_that_of_scikit_learn(points, reference):
    found = mahalanobis_distance(points, reference, CLASSES)
    means = np.stack([reference[number == CLASSES].astype(float).mean(axis=0) for number in range(3)])
    fitted = EmpiricalCovariance(assume_centered=True).fit(reference - means[CLASSES])
    expected = np.min([fitted.mahalanobis(points - mean) for mean in means], axis=0)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_units_that_never_vary_do_not_matter(points, reference):
    still = np.concatenate([reference, np.full((90, 2), 5, np.float32)], axis=1)
    more = np.concatenate([points, np.full((20, 2), 5, np.float32)], axis=1)
    np.testing.assert_allclose(
        mahalanobis_distance(more, still, CLASSES), mahalanobis_distance(points, reference, CLASSES), rtol=1e-4
    )
    assert np.isnan(mahalanobis_distance(points, reference[:0], CLASSES[:0])).all()


def test_energy_falls_with_a_large_logit():
    logits = np.array([[0, 0, 0], [9, 0, 0], [900, 0, 0]], np.float32)
    np.testing.assert_allclose(energy(logits), -logsumexp(logits.astype(float), axis=1))
    assert (np.diff(energy(logits)) < 0).all()


def test_the_width_of_the_kernel_is_the_median_of_all_pairs(points):
    ids = np.arange(20).astype(str)
    apart = np.square(points[:, None].astype(float) - points[None]).sum(-1)[np.triu_indices(20, 1)]
    assert estimate_pair_gamma(points, ids) == pytest.approx(1 / np.median(apart), rel=1e-5)
    assert estimate_pair_gamma(points[:1], ids[:1]) == estimate_pair_gamma(np.ones((5, 2), np.float32), ids[:5]) == 1.0
