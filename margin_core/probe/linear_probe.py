"""The linear probe, cross-validated: every sample is predicted by models that were not fitted on it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from margin_core.probe.folds import assign_folds
from margin_core.probe.logistic import Logistic, fit_logistic
from margin_core.storage.engine import Run
from margin_core.values import UNLABELED, Doubles, Floats, Ints, Texts, TopClasses
from margin_core.values.top_classes import MAX_COMPLETE, blocks_of_rows

INVERSE_PENALTY = 10.0
"""Inverse strength of the L2 penalty, scikit-learn's C, on features of mean squared length 1; from 3 to 30 it hardly
matters."""

PREDICTION_TOLERANCE = 5e-3
"""Largest gradient of a fit that is only predicted from; ten times less ranks no better."""

IN_SAMPLE_TOLERANCE = 1e-4
"""The same of the fit on all samples at once."""

MAX_ITERATIONS = 500

MAX_ITERATIONS_OF_MANY = 10
"""Of thousands of classes with a few samples each, more cost minutes and rank no better (docs/decisions/0028)."""


@dataclass(frozen=True, eq=False)
class LinearProbe:
    """A cross-validated logistic regression.

    Parameters
    ----------
    probabilities : TopClasses
        Out-of-sample class probabilities of n samples, in [0, 1], single precision; those of a sample sum to 1.
    models : tuple of Logistic or None
        One a fold; None where a fold had fewer than two classes to learn from.
    """

    probabilities: TopClasses
    models: tuple[Logistic | None, ...]


def fit_probe(
    points: Floats,
    usable: NDArray[np.bool_],
    labels: Ints,
    n_classes: int,
    *,
    ids: Texts,
    folds: int,
    sample_weight: Doubles | None = None,
    start: LinearProbe | None = None,
    groups: Ints | None = None,
    run: Run | None = None,
) -> LinearProbe:
    """Fit one logistic regression a fold, and predict every sample by those that were not fitted on it.

    Parameters
    ----------
    points : float32 array (n, d)
        From `margin_core.probe.features.reduce_features`.
    usable : bool array (n,)
        Samples with features; the others are predicted by the class shares.
    labels : int array (n,)
        `UNLABELED` samples are predicted, never fitted on. So are those of splits that must not be learned from: pass
        them as `UNLABELED`.
    n_classes : int
        c.
    ids : array of str (n,)
        Decide who is in which fold, so that the order of the samples does not matter.
    folds : int
        Number of folds, at least 2.
    sample_weight : float array (n,), optional
        Weight of each sample in the fit, not negative; default 1.
    start : LinearProbe, optional
        An earlier fit, from whose coefficients this one starts.
    groups : int array (n,), optional
        Samples of one group (not negative) are in the same fold, so that none is predicted from its own group.
    run : Run, optional
        Progress is reported after each fold.

    Returns
    -------
    LinearProbe
        The class shares everywhere when there are not two classes to tell apart.

    Notes
    -----
    O(folds iterations n d c). Deterministic: `margin_core.probe.folds.assign_folds` depends on the ids alone.
    """
    run = run or Run()
    labeled = labels != UNLABELED
    shares = np.bincount(labels[labeled], minlength=n_classes) + 1.0
    predicted = _Predictions((shares / shares.sum()).astype(np.float32), len(labels))
    learnable = usable & labeled
    fold_of = assign_folds(np.where(learnable, labels, UNLABELED), ids, folds, groups)
    started = start.models if start is not None else (None,) * folds

    def fit(fold: int) -> Logistic | None:
        train = learnable & (fold_of != fold)
        return fit_logistic(
            points[train],
            labels[train],
            inverse_penalty=INVERSE_PENALTY,
            tolerance=PREDICTION_TOLERANCE,
            max_iterations=MAX_ITERATIONS if n_classes <= MAX_COMPLETE else MAX_ITERATIONS_OF_MANY,
            sample_weight=None if sample_weight is None else sample_weight[train],
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
        unlabeled = usable & ~labeled
        if unlabeled.any() and any(model is not None for model in models):
            predicted.add(np.flatnonzero(unlabeled), points, [model for model in models if model is not None])
        related = learnable if groups is None else usable & (learnable | (groups >= 0))
        for fold, model in enumerate(models):
            held_out = related & (fold_of == fold)
            if model is not None and held_out.any():
                predicted.add(np.flatnonzero(held_out), points, [model])
    return LinearProbe(predicted.table, tuple(models))


class _Predictions:
    """The predictions of samples, a block of rows at a time: of many classes the whole table would fill the memory.

    Parameters
    ----------
    shares : float32 array (c,)
        What is predicted of all to begin with.
    n : int
        Number of samples.
    """

    def __init__(self, shares: Floats, n: int) -> None:
        start = TopClasses.of(shares[None])
        listed = None if start.listed is None else np.repeat(start.listed, n, axis=0)
        self.table = TopClasses(
            n_classes=len(shares), values=np.repeat(start.values, n, axis=0), listed=listed,
            rest=np.repeat(start.rest, n),
        )  # fmt: skip

    def add(self, rows: Ints, points: Floats, models: Sequence[Logistic]) -> None:
        """Predict some samples by the mean of some models.

        Parameters
        ----------
        rows : int array (r,)
            Samples that are predicted.
        points : float32 array (n, d)
            Points of all samples, as `reduce_features` gives them.
        models : sequence of Logistic
        """
        table, c = self.table, self.table.n_classes
        for block in blocks_of_rows(len(rows), c) if table.listed is not None else [slice(None)]:
            some = rows[block]
            tables = [model.probabilities(points[some], c) for model in models]
            best = TopClasses.of((tables[0] if len(tables) == 1 else np.mean(tables, axis=0)).astype(np.float32))
            table.values[some], table.rest[some] = best.values, best.rest
            if table.listed is not None and best.listed is not None:
                table.listed[some] = best.listed


def fit_in_sample(points: Floats, labels: Ints) -> Logistic | None:
    """Fit one logistic regression on all of these samples.

    The penalty is the cross-validated probe's; the fit goes on until the gradient is next to nothing, since influence
    is defined at the minimum.

    Parameters
    ----------
    points : float32 array (n, d)
        From `margin_core.probe.features.reduce_features`.
    labels : int array (n,)
        Class numbers; none `UNLABELED`.

    Returns
    -------
    Logistic or None
        None when there are not two classes to tell apart.
    """
    with threadpool_limits(1, "blas"):
        return fit_logistic(
            points.astype(np.float64),
            labels,
            inverse_penalty=INVERSE_PENALTY,
            tolerance=IN_SAMPLE_TOLERANCE,
            max_iterations=MAX_ITERATIONS,
        )
