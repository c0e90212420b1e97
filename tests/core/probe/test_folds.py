import numpy as np

from margin_core.probe.folds import assign_folds


def names(n):
    return np.arange(n).astype(str)


def test_folds_are_stratified():
    labels = np.repeat([0, 1, 2], [50, 20, 5])
    fold_of = assign_folds(labels, names(75), 5)
    for label, share in ((0, 10), (1, 4), (2, 1)):
        assert np.bincount(fold_of[labels == label], minlength=5).tolist() == [share] * 5
    assert len(set(fold_of[:10].tolist())) > 1


def test_a_group_is_never_divided_and_folds_stay_even():
    rng = np.random.default_rng(0)
    groups = np.where(rng.random(300) < 0.2, -1, rng.integers(0, 40, 300))
    fold_of = assign_folds(rng.integers(-1, 3, 300), names(300), 5, groups)
    for group in range(40):
        assert len(set(fold_of[groups == group].tolist())) <= 1
    assert np.bincount(fold_of, minlength=5).min() >= 40
    assert len(set(fold_of[groups < 0].tolist())) == 5
