"""A linear head on the features, judged only on samples it was not fitted on."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from margin_core.probe.logistic import Logistic, fit_logistic
from margin_core.storage.engine import Run
from margin_core.values import UNLABELLED, Doubles, Floats, Ints, Texts, usable_rows

MOST_DIMENSIONS = 128
"""Wider features are first projected on their leading principal components: faster, and no less precise."""

STRENGTH = 10.0
"""Inverse strength C of the L2 penalty, on features of mean squared length 1; from 3 to 30 it hardly matters."""

ROUGH = 5e-3
"""Where the slope of a fit that is only predicted from is small enough; ten times less ranks no better."""

SETTLED = 1e-4
"""The same of the fit on all samples at once."""

MOST_ROUNDS = 500

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LinearProbe:
    """A cross-validated logistic regression.

    Attributes
    ----------
    probabilities : float32 array (n, c)
        What each sample looks like to the models that were not fitted on it; rows sum to 1.
    models : tuple of Logistic or None
        One a fold; None where a fold had fewer than two classes to learn from.
    """

    probabilities: Floats
    models: tuple[Logistic | None, ...]


def fit_probe(
    points: Floats,
    usable: Mask,
    labels: Ints,
    n_classes: int,
    *,
    ids: Texts,
    folds: int,
    trust: Doubles | None = None,
    start: LinearProbe | None = None,
    groups: Ints | None = None,
    run: Run | None = None,
) -> LinearProbe:
    """Predict every label by a logistic regression fitted on the other folds.

    Parameters
    ----------
    points : float32 array (n, d)
        From `reduce_features`.
    usable : bool array (n,)
        Samples with features; the others are predicted by the class shares.
    labels : int array (n,)
        `UNLABELLED` samples are predicted, never fitted on. So are those of splits that must not be learnt from: pass
        them as `UNLABELLED`.
    n_classes, folds : int
    ids : array of str (n,)
        Settle who is in which fold, so that the order of the samples does not matter.
    trust : float array (n,) in [0, 1], optional
        How far each label is believed: the weight of the sample in the fit.
    start : LinearProbe, optional
        An earlier fit to start from.
    groups : int array (n,), optional
        Samples of one group (not negative) are in the same fold, so that none is predicted from its own group.
    run : Run, optional
        Told about each fold.

    Returns
    -------
    LinearProbe
        The class shares everywhere when there are not two classes to tell apart.

    Notes
    -----
    O(folds iterations n d c). Deterministic: folds are dealt class by class, in an order drawn for the sorted ids.
    """
    run = run or Run()
    labelled = labels != UNLABELLED
    shares = np.bincount(labels[labelled], minlength=n_classes) + 1.0
    predicted = np.tile((shares / shares.sum()).astype(np.float32), (len(labels), 1))
    learnable = usable & labelled
    fold_of = assign_folds(np.where(learnable, labels, UNLABELLED), ids, folds, groups)
    started = start.models if start is not None else (None,) * folds

    def fit(fold: int) -> Logistic | None:
        train = learnable & (fold_of != fold)
        return fit_logistic(
            points[train],
            labels[train],
            strength=STRENGTH,
            settled=ROUGH,
            rounds=MOST_ROUNDS,
            weights=None if trust is None else trust[train],
            start=started[fold],
        )

    # One BLAS thread a fold: with more they wait for each other, and the fit takes several times as long.
    with threadpool_limits(1, "blas"):
        threads = ThreadPoolExecutor(os.cpu_count())
        try:
            models = []
            for fold, model in enumerate(threads.map(fit, range(folds))):
                run.report((fold + 1) / folds, f"Fitting out-of-sample probabilities, fold {fold + 1} of {folds}")
                models.append(model)
        finally:  # When the user stops the run, the folds that have not begun are dropped.
            threads.shutdown(cancel_futures=True)
        strangers = usable & ~labelled
        if strangers.any() and any(model is not None for model in models):
            known = [model.probabilities(points[strangers], n_classes) for model in models if model is not None]
            predicted[strangers] = np.mean(known, axis=0)
        related = learnable if groups is None else usable & (learnable | (groups >= 0))
        for fold, model in enumerate(models):
            held_out = related & (fold_of == fold)
            if model is not None and held_out.any():
                predicted[held_out] = model.probabilities(points[held_out], n_classes)
    return LinearProbe(predicted, tuple(models))


def fit_in_sample(points: Floats, labels: Ints) -> Logistic | None:
    """Fit one logistic regression on all of these samples; None when there are not two classes to tell apart.

    The penalty is the cross-validated head's; the fit goes on until the gradient is next to nothing, since influence
    is defined at the minimum.
    """
    with threadpool_limits(1, "blas"):
        return fit_logistic(points.astype(np.float64), labels, strength=STRENGTH, settled=SETTLED, rounds=MOST_ROUNDS)


def reduce_features(features: Floats) -> tuple[Floats, Mask]:
    """Bring features into the shape that a head is fitted on.

    Centred, projected on at most `MOST_DIMENSIONS` principal components, and scaled by one number so that
    the mean squared length is 1. Components are not scaled one by one: that would blow noise up to the size of
    what matters.

    Parameters
    ----------
    features : float32 array (n, d)

    Returns
    -------
    points : float32 array (n, at most 128)
        Zero where a feature is missing.
    usable : bool array (n,)

    Notes
    -----
    O(n d min(n, d)).
    """
    usable = usable_rows(features)
    kept = features[usable]
    if len(kept):
        # One thread: eigenvectors are found several times faster than by two that wait for each other.
        with threadpool_limits(1, "blas"):
            kept = _principal(kept - kept.mean(axis=0))
    length = float(np.sqrt(np.einsum("nd,nd->", kept, kept, dtype=np.float64) / max(len(kept), 1)))
    points = np.zeros((len(features), kept.shape[1]), dtype=np.float32)
    points[usable] = kept / (length if length > 0 else 1.0)
    return points, usable


def assign_folds(labels: Ints, ids: Texts, folds: int, groups: Ints | None = None) -> Ints:
    """Deal the members of each class to the folds in turn, in an order drawn for their sorted ids.

    Parameters
    ----------
    labels : int array (n,)
        `UNLABELLED` samples are dealt like a class.
    ids : array of str (n,)
        Unique; the order of the samples does not matter.
    folds : int
    groups : int array (n,), optional
        A group (not negative) goes to the fold of its first member, largest groups first.

    Returns
    -------
    int array (n,)
        The fold of each sample, from 0.
    """
    order = np.empty(len(ids), dtype=np.int64)
    order[np.argsort(ids)] = np.random.default_rng(0).permutation(len(ids))
    fold_of = np.empty(len(labels), dtype=np.int64)
    if groups is None:
        fold_of[np.lexsort((order, labels))] = np.arange(len(labels)) % folds
        return fold_of
    # Whoever is in no group is a group of its own.
    alone = np.where(groups < 0, groups.max(initial=0) + 1 + np.arange(len(groups)), groups)
    by_label = np.lexsort((order, labels == UNLABELLED, alone))
    _, first, unit, size = np.unique(alone[by_label], return_index=True, return_inverse=True, return_counts=True)
    head = by_label[first]
    fold_of_unit = np.empty(len(head), dtype=np.int64)
    fold_of_unit[np.lexsort((order[head], -size, labels[head]))] = np.arange(len(head)) % folds
    fold_of[by_label] = fold_of_unit[unit]
    return fold_of


def _principal(centred: Floats) -> Floats:
    """Project on the leading principal components, through the smaller of the two tables of products."""
    n, d = centred.shape
    if d <= n:
        directions = np.linalg.eigh(centred.T @ centred)[1]
        projected: Floats = centred @ np.ascontiguousarray(directions[:, ::-1][:, :MOST_DIMENSIONS])
        return projected
    squares, directions = np.linalg.eigh(centred @ centred.T)
    projected = (directions * np.sqrt(np.maximum(squares, 0)))[:, ::-1][:, :MOST_DIMENSIONS]
    return projected
