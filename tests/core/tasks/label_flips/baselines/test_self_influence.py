import numpy as np
import pytest
from planted import blobs
from sklearn.linear_model import LogisticRegression

from margin_core import Study
from margin_core.probe.features import reduce_features
from margin_core.probe.in_sample import fit_in_sample_probe, orthonormal_contrasts
from margin_core.probe.linear_probe import INVERSE_PENALTY
from margin_core.probe.self_influence import compute_self_influence

STEP = 1e-3


def refitted_loss(points, labels, row, weight):
    """Fit it all again with one sample's weight changed, and give that sample's loss."""
    weights = np.ones(len(labels))
    weights[row] = weight
    # Of two classes scikit-learn penalizes one vector, the difference of what are two here.
    strength = INVERSE_PENALTY * (2 if labels.max() == 1 else 1)
    model = LogisticRegression(C=strength, tol=1e-10, max_iter=10_000).fit(points, labels, sample_weight=weights)
    return -model.predict_log_proba(points[row : row + 1])[0, labels[row]]


@pytest.mark.slow
@pytest.mark.parametrize(("classes", "apart"), [(2, 1.0), (2, 3.0), (3, 1.5), (4, 2.0)])
def test_it_is_how_fast_the_own_loss_falls_with_the_own_weight(classes, apart, monkeypatch):
    from margin_core.probe import linear_probe

    monkeypatch.setattr(linear_probe, "IN_SAMPLE_TOLERANCE", 1e-9)
    planted = blobs(classes=classes, each=12, flips=3, apart=apart)
    points = reduce_features(planted.study.embedding)[0].astype(np.float64)
    everybody = np.ones(len(points), dtype=bool)
    found = compute_self_influence(fit_in_sample_probe(planted.study, everybody), everybody)
    labels = planted.study.labels
    slope = [
        (refitted_loss(points, labels, row, 1 - STEP) - refitted_loss(points, labels, row, 1 + STEP)) / (2 * STEP)
        for row in range(len(labels))
    ]
    np.testing.assert_allclose(found, slope, rtol=5e-3, atol=1e-6)


def test_the_blocks_within_classes_rank_much_like_the_whole(monkeypatch):
    planted = blobs(classes=5, each=40, flips=15, apart=3, d=6)
    everybody = np.ones(200, dtype=bool)
    fitted = fit_in_sample_probe(planted.study, everybody)
    whole = compute_self_influence(fitted, everybody)
    monkeypatch.setitem(compute_self_influence.__globals__, "MAX_PARAMETERS", 0)
    blocks = compute_self_influence(fitted, everybody)
    assert (blocks > 0).all()
    assert np.corrcoef(np.log(whole), np.log(blocks))[0, 1] > 0.95


@pytest.mark.parametrize("m", [2, 3, 4, 10])
def test_contrasts_are_orthonormal_and_sum_to_zero(m):
    basis = orthonormal_contrasts(m)
    np.testing.assert_allclose(basis.T @ basis, np.eye(m - 1), atol=1e-12)
    np.testing.assert_allclose(basis.sum(axis=0), 0, atol=1e-12)


def test_nothing_depends_on_samples_outside_the_training_set():
    planted = blobs(classes=3, each=20, flips=4, apart=2)
    learned = np.arange(60) % 4 > 0
    other = planted.study.labels.copy()
    other[~learned] = (other[~learned] + 1) % 3
    study = Study.build(embedding=planted.study.embedding, labels=other, class_names=planted.study.class_names)
    one, two = (
        compute_self_influence(fit_in_sample_probe(which, learned), learned) for which in (planted.study, study)
    )
    np.testing.assert_array_equal(one[learned], two[learned])
    assert (one[~learned] != two[~learned]).any()
