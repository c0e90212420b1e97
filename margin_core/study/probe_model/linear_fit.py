"""A linear classifier of features as they are, with its cross-validated accuracy."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from margin_core.probe.features import MAX_DIMENSIONS
from margin_core.probe.folds import assign_folds
from margin_core.probe.linear_probe import LinearProbe, fit_in_sample, fit_probe
from margin_core.probe.principal import compute_principal_axes
from margin_core.storage.engine import Arrays
from margin_core.values import Floats, Ints, Texts

FOLDS = 5

NEVER = 50.0
"""How far below all others the intercept of a class lies that no sample has, so that it is never predicted."""


def fit_linear(features: Floats, labels: Ints, n_classes: int, *, ids: Texts, groups: Ints | None) -> Arrays:
    """Fit a multinomial logistic regression, and estimate its accuracy by cross-validation.

    Fitted on the leading principal components, as the linear probe of the ranking is, and written as one affine map of
    the features.

    Parameters
    ----------
    features : float32 array (n, d)
        Complete rows.
    labels : int array (n,)
        In [0, c); none `UNLABELED`. Of two classes at least.
    n_classes : int
        c.
    ids : array of str (n,)
        Decide who is in which fold.
    groups : int array (n,) or None
        Samples of one group (not negative) are in the same fold.

    Returns
    -------
    dict of arrays
        ``weights`` float32 (c, d) and ``bias`` float32 (c,) of the logits, ``accuracy`` float64 (1,), the share of the
        labels that is predicted by fits without them, in [0, 1]; NaN where no fold leaves two classes.
    """
    mean = features.mean(axis=0, dtype=np.float64)
    centered = (features - mean).astype(np.float32)
    with threadpool_limits(1, "blas"):
        axes = compute_principal_axes(centered, MAX_DIMENSIONS)
        points = centered @ np.ascontiguousarray(axes)
    length = float(np.sqrt(np.einsum("nd,nd->", points, points, dtype=np.float64) / len(points))) or 1.0
    points = (points / length).astype(np.float32)
    everywhere = np.ones(len(points), dtype=bool)
    held_out = fit_probe(points, everywhere, labels, n_classes, ids=ids, folds=FOLDS, groups=groups)
    fitted = fit_in_sample(points, labels)
    assert fitted is not None  # of two classes at least
    weights = np.zeros((n_classes, features.shape[1]))
    weights[fitted.classes] = fitted.coefficients[:, :-1] @ (axes.astype(np.float64) / length).T
    bias = np.full(n_classes, fitted.coefficients[:, -1].min() - NEVER)
    bias[fitted.classes] = fitted.coefficients[:, -1]
    return {
        "weights": weights.astype(np.float32),
        "bias": (bias - weights @ mean).astype(np.float32),
        "accuracy": np.array([_accuracy(held_out, labels, assign_folds(labels, ids, FOLDS, groups))]),
    }


def _accuracy(probe: LinearProbe, labels: Ints, fold_of: Ints) -> float:
    """Return the share of the samples that are predicted right by a fit without them; NaN where there is none."""
    fitted = np.array([model is not None for model in probe.models])[fold_of]
    right = probe.probabilities.argmax() == labels
    return float(right[fitted].mean()) if fitted.any() else float("nan")
