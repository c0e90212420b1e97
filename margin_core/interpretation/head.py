"""A linear head on the features, judged only on samples it was not fitted on."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from margin_core.engine import Run
from margin_core.types import UNLABELLED, Doubles, Floats, Ints

MOST_DIMENSIONS = 128
"""Wider features are first projected on their leading principal components: faster, and no less precise."""

ITERATIONS = 60
STRENGTH = 1.0
"""Inverse strength C of the L2 penalty."""


def cross_validated_head(
    features: Floats,
    labels: Ints,
    n_classes: int,
    *,
    folds: int,
    trust: Doubles | None = None,
    run: Run | None = None,
) -> Floats:
    """Predict every label by a logistic regression fitted on the other folds.

    Parameters
    ----------
    features : float32 array (n, d)
        Rows with a NaN take no part.
    labels : int array (n,)
        `UNLABELLED` samples are predicted, never fitted on.
    n_classes : int
    folds : int
    trust : float array (n,) in [0, 1], optional
        How far each label is believed: the weight of the sample in the fit.
    run : Run, optional
        Told about each fold.

    Returns
    -------
    float32 array (n, c)
        Out-of-sample probabilities; rows sum to 1. Class shares where nothing can be learnt.

    Notes
    -----
    O(folds iterations n d c). Deterministic: folds are dealt class by class from a fixed seed.
    """
    run = run or Run()
    labelled = labels != UNLABELLED
    shares = np.bincount(labels[labelled], minlength=n_classes) + 1.0
    predicted = np.tile((shares / shares.sum()).astype(np.float32), (len(labels), 1))
    usable = np.isfinite(features).all(axis=1)
    fold_of = np.where(usable, _deal(labels, folds), -1)
    learnable = usable & labelled & (np.ones(len(labels)) if trust is None else trust > 0).astype(bool)
    if len(np.unique(labels[learnable])) < 2:
        return predicted
    reduced = _reduce(features, usable)
    strangers = usable & ~labelled
    votes = np.zeros((int(strangers.sum()), n_classes))
    for fold in range(folds):
        run.report(fold / folds, f"Fitting out-of-sample probabilities, fold {fold + 1} of {folds}")
        train = learnable & (fold_of != fold)
        held_out = usable & labelled & (fold_of == fold)
        if len(np.unique(labels[train])) < 2:
            continue
        head = LogisticRegression(C=STRENGTH, max_iter=ITERATIONS, tol=1e-3)
        weight = None if trust is None else trust[train]
        with np.errstate(all="ignore"):
            _fit_quietly(head, reduced[train], labels[train], weight)
        for rows, into in ((held_out, None), (strangers, votes)):
            if rows.any():
                full = np.zeros((int(rows.sum()), n_classes))
                full[:, head.classes_] = head.predict_proba(reduced[rows])
                if into is None:
                    predicted[rows] = full
                else:
                    into += full
    total = votes.sum(axis=1, keepdims=True)
    predicted[strangers] = np.where(total > 0, votes / np.maximum(total, 1e-12), predicted[strangers])
    return predicted


def _fit_quietly(head: LogisticRegression, points: Floats, labels: Ints, weight: Doubles | None) -> None:
    """Fit for a bounded number of iterations; stopping there is the plan, not a failure to report."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        head.fit(points, labels, sample_weight=weight)


def _deal(labels: Ints, folds: int) -> Ints:
    """Deal the members of each class to the folds in turn, after shuffling; (n,)."""
    shuffled = np.random.default_rng(0).permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    fold_of = np.empty(len(labels), dtype=np.int64)
    fold_of[by_class] = np.arange(len(labels)) % folds
    return fold_of


def _reduce(features: Floats, usable: np.ndarray) -> Floats:
    """Centre, keep the leading components, and scale them together to unit variance on average."""
    points = features[usable]
    if points.shape[1] > MOST_DIMENSIONS and len(points) > MOST_DIMENSIONS:
        points = PCA(MOST_DIMENSIONS, svd_solver="covariance_eigh").fit_transform(points)
    else:
        points = points - points.mean(axis=0)
    size = float(np.sqrt((points.astype(np.float64) ** 2).mean()))
    reduced = np.zeros((len(features), points.shape[1]), dtype=np.float32)
    reduced[usable] = points / (size if size > 0 else 1.0)
    return reduced
