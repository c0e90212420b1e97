"""The logistic head that has seen every label it judges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.probe.linear_probe import fit_in_sample, reduce_features
from margin_core.values import Doubles, Ints, Study


@dataclass(frozen=True, eq=False)
class InSample:
    r"""An L2 logistic regression fitted on all labels that may be learnt from.

    It minimises :math:`\sum_i -\log p_i(y_i) + \tfrac{1}{2C} \lVert\theta\rVert^2` with logits :math:`B\,\theta\,x`.

    Attributes
    ----------
    points : float array (n, d + 1)
        Reduced features and a constant 1, whose coefficients are not penalised.
    log_probabilities : float array (n, m)
        Of the m classes that the fit has met.
    place : int array (n,)
        Which of these the given label is; -1 = none.
    contrasts : float array (m, r)
        B, orthonormal, columns summing to 0: what is common to all logits changes nothing.
    """

    points: Doubles
    log_probabilities: Doubles
    place: Ints
    contrasts: Doubles


def in_sample(study: Study, learnt_from: NDArray[np.bool_]) -> InSample | None:
    """Fit it; None when there are not two classes to tell apart.

    O(iterations n d c) on at most 128 principal components.
    """
    reduced, _ = reduce_features(study.embedding)
    model = fit_in_sample(reduced[learnt_from], study.labels[learnt_from])
    if model is None:
        return None
    place_of = np.full(len(study.class_names) + 1, -1)  # the last one for unlabelled samples
    place_of[model.classes] = np.arange(len(model.classes))
    points = np.hstack([reduced.astype(np.float64), np.ones((len(reduced), 1))])
    logits = points @ model.coefficients.T
    logits -= logits.max(axis=1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return InSample(points, logits, place_of[study.labels], contrasts(len(model.classes)))


def contrasts(m: int) -> Doubles:
    """Give B, (m, m - 1): the columns of a QR factor that are at right angles to a column of ones."""
    return np.linalg.qr(np.hstack([np.ones((m, 1)), np.eye(m, m - 1)]))[0][:, 1:]
