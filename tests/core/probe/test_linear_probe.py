import numpy as np
import pytest
from planted import blobs

from margin_core.probe import linear_probe as module
from margin_core.probe.features import reduce_features
from margin_core.probe.linear_probe import LinearProbe, fit_probe
from margin_core.storage.engine import Run


def names(n):
    return np.arange(n).astype(str)


def fit(points, labels, c=3, folds=5, **options):
    reduced, usable = reduce_features(np.asarray(points, np.float32))
    return fit_probe(reduced, usable, np.asarray(labels), c, ids=names(len(labels)), folds=folds, **options)


@pytest.fixture
def planted():
    return blobs(each=40, flips=0)


def test_it_fits_separable_classes(planted):
    p = fit(planted.study.embedding, planted.truth).probabilities.values
    assert p.dtype == np.float32
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    assert (p.argmax(axis=1) == planted.truth).mean() > 0.98


@pytest.fixture
def scrambled_fold(planted, monkeypatch):
    """Which samples are in one fold of five, and labels that are right but in that fold."""
    fold_of = np.random.default_rng(0).integers(0, 5, len(planted.truth))
    monkeypatch.setattr(module, "assign_folds", lambda labels, ids, folds, groups: fold_of)
    inside = fold_of == 2
    scrambled = planted.truth.copy()
    scrambled[inside] = np.random.default_rng(1).integers(0, 3, inside.sum())
    return inside, scrambled


def test_a_prediction_never_depends_on_the_labels_of_its_own_fold(planted, scrambled_fold):
    inside, scrambled = scrambled_fold
    before = fit(planted.study.embedding, planted.truth).probabilities.values
    after = fit(planted.study.embedding, scrambled).probabilities.values
    np.testing.assert_array_equal(after[inside], before[inside])
    assert (after[~inside] != before[~inside]).any()


def test_a_second_fit_from_the_first_does_not_see_its_own_fold_either(planted, scrambled_fold):
    inside, scrambled = scrambled_fold
    weight = np.random.default_rng(2).random(len(scrambled))
    found = [
        fit(
            planted.study.embedding, labels, sample_weight=weight, start=fit(planted.study.embedding, labels)
        ).probabilities.values
        for labels in (planted.truth, scrambled)
    ]
    np.testing.assert_array_equal(found[0][inside], found[1][inside])


def test_labels_of_low_weight_are_hardly_fitted(planted):
    wrong = planted.truth.copy()
    wrong[::3] = (wrong[::3] + 1) % 3
    weight = np.where(wrong == planted.truth, 1.0, 1e-3)
    weighted = fit(planted.study.embedding, wrong, sample_weight=weight).probabilities.values
    unweighted = fit(planted.study.embedding, wrong).probabilities.values
    each = np.arange(len(wrong))
    assert weighted[each, planted.truth].mean() > unweighted[each, planted.truth].mean() + 0.1


def test_the_order_of_the_samples_does_not_matter(planted):
    order = np.random.default_rng(0).permutation(len(planted.truth))
    reduced, usable = reduce_features(planted.study.embedding)
    one = fit_probe(reduced, usable, planted.truth, 3, ids=names(120), folds=5)
    other = fit_probe(reduced[order], usable[order], planted.truth[order], 3, ids=names(120)[order], folds=5)
    np.testing.assert_allclose(other.probabilities.values, one.probabilities.values[order], atol=2e-3)


def test_one_class_only_is_predicted_by_its_share():
    p = fit(np.random.default_rng(0).normal(size=(20, 3)), np.zeros(20, int), c=2).probabilities.values
    np.testing.assert_allclose(p, [[21 / 22, 1 / 22]] * 20, rtol=1e-5)


def test_a_class_with_one_member_is_no_trouble(planted):
    labels = planted.truth.copy()
    labels[0] = 3
    p = fit(planted.study.embedding, labels, c=5).probabilities.values
    assert np.isfinite(p).all()
    assert p[0, 3] == 0  # the models that judge it have never seen its class
    assert (p[:, 4] == 0).all()


def test_unlabeled_samples_are_predicted_but_never_fitted_on(planted):
    labels = planted.truth.copy()
    labels[::4] = -1
    p = fit(planted.study.embedding, labels).probabilities.values
    assert (p[::4].argmax(axis=1) == planted.truth[::4]).mean() > 0.95
    moved = planted.study.embedding.copy()
    reduced, usable = reduce_features(moved)
    reduced[0] += 5  # an unlabeled sample
    again = fit_probe(reduced, usable, labels, 3, ids=names(120), folds=5).probabilities.values
    np.testing.assert_array_equal(again[labels >= 0], p[labels >= 0])


def test_samples_without_features_get_the_class_shares(planted):
    points = planted.study.embedding.copy()
    points[[3, 50]] = np.nan
    points[7, 0] = np.inf
    p = fit(points, planted.truth).probabilities.values
    np.testing.assert_allclose(p[[3, 50, 7]], 1 / 3, rtol=1e-5)
    assert (p.argmax(axis=1) == planted.truth)[8:50].mean() > 0.95


@pytest.mark.parametrize("n", [1, 2, 3])
def test_fewer_samples_than_folds(n):
    found = fit(np.arange(n)[:, None], np.arange(n) % 2, c=2)
    assert found.probabilities.values.shape == (n, 2)
    assert np.isfinite(found.probabilities.values).all()
    assert len(found.models) == 5


def test_every_fold_is_reported(planted):
    reported = []
    fit(planted.study.embedding, planted.truth, run=Run(progress=lambda *progress: reported.append(progress)))
    assert reported == [(fold / 5, f"Fitting out-of-sample probabilities, fold {fold} of 5") for fold in range(1, 6)]


def test_a_first_fit_is_not_changed_by_the_second(planted):
    first = fit(planted.study.embedding, planted.truth)
    kept = [model.coefficients.copy() for model in first.models]
    fit(planted.study.embedding, planted.truth, sample_weight=np.full(120, 0.1), start=first)
    for model, coefficients in zip(first.models, kept, strict=True):
        np.testing.assert_array_equal(model.coefficients, coefficients)
    assert isinstance(first, LinearProbe)


def test_no_sample_is_predicted_from_its_own_group_not_even_outside_training(planted):
    groups = np.repeat(np.arange(24), 5)
    labels = planted.truth.copy()
    labels[::5] = -1  # one of each group is held out
    reduced, usable = reduce_features(planted.study.embedding)

    def predicted(given):
        return fit_probe(reduced, usable, given, 3, ids=names(120), folds=4, groups=groups).probabilities.values

    before = predicted(labels)
    for group in (0, 7, 15):
        inside = groups == group
        scrambled = labels.copy()
        scrambled[inside & (labels >= 0)] = np.roll(np.arange(3), 1)[planted.truth[inside & (labels >= 0)]]
        # Its first member decides the class that it is assigned with: keep the folds as they were.
        with pytest.MonkeyPatch.context() as patch:
            fold_of = module.assign_folds(labels, names(120), 4, groups)
            patch.setattr(module, "assign_folds", lambda *asked, fold_of=fold_of: fold_of)
            after = predicted(scrambled)
        np.testing.assert_array_equal(after[inside], before[inside])
        assert (after[~inside] != before[~inside]).any()


def test_a_fit_in_sample_is_at_its_minimum(planted):
    points, _ = reduce_features(planted.study.embedding)
    model = module.fit_in_sample(points, planted.truth)
    p = model.probabilities(points.astype(np.float64), 3)
    p[np.arange(120), planted.truth] -= 1
    slope = p.T @ points + model.coefficients[:, :-1] / module.INVERSE_PENALTY
    assert np.abs(slope).max() < 120 * module.IN_SAMPLE_TOLERANCE * 1.01
    assert module.fit_in_sample(points, np.zeros(120, int)) is None
