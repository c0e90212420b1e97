"""The linear probe fitted on all labels at once, the ones it judges among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.probe.features import reduce_features
from margin_core.probe.linear_probe import fit_in_sample
from margin_core.values import Doubles, Ints, Study


@dataclass(frozen=True, eq=False)
class InSampleProbe:
    r"""An L2 logistic regression fitted on all labels that may be learned from.

    It minimizes :math:`\sum_i -\log p_i(y_i) + \tfrac{1}{2C} \lVert\theta\rVert^2` with logits :math:`B\,\theta\,x`.

    Parameters
    ----------
    points : float array (n, d + 1)
        Reduced features and a constant 1, whose coefficients are not penalized.
    log_probabilities : float array (n, m)
        Of the m classes that the fit has met.
    label_column : int array (n,)
        Which of these the given label is; -1 = none.
    contrasts : float array (m, r)
        B, orthonormal, columns summing to 0: what is common to all logits changes nothing.
    """

    points: Doubles
    log_probabilities: Doubles
    label_column: Ints
    contrasts: Doubles


def fit_in_sample_probe(study: Study, training: NDArray[np.bool_]) -> InSampleProbe | None:
    """Fit the probe on some samples of a study, and evaluate it on all.

    Parameters
    ----------
    study : Study
        With labels and an embedding.
    training : bool array (n,)
        The samples that are fitted on: with a label and with features.

    Returns
    -------
    InSampleProbe or None
        None when there are not two classes to tell apart.

    Notes
    -----
    O(iterations n d c) on at most 128 principal components.
    """
    from scipy.special import log_softmax  # slow to import, and most rankings do without

    reduced, _ = reduce_features(study.embedding)
    model = fit_in_sample(reduced[training], study.labels[training])
    if model is None:
        return None
    column_of = np.full(len(study.class_names) + 1, -1)  # the last one for unlabeled samples
    column_of[model.classes] = np.arange(len(model.classes))
    points = np.hstack([reduced.astype(np.float64), np.ones((len(reduced), 1))])
    log_probabilities = log_softmax(points @ model.coefficients.T, axis=1)
    contrasts = orthonormal_contrasts(len(model.classes))
    return InSampleProbe(points, log_probabilities, column_of[study.labels], contrasts)


def orthonormal_contrasts(n_classes: int) -> Doubles:
    """Return an orthonormal basis of the vectors that sum to 0.

    Parameters
    ----------
    n_classes : int
        m, at least 2.

    Returns
    -------
    float array (m, m - 1)
        The columns of a QR factor that are at right angles to a column of ones.
    """
    return np.linalg.qr(np.hstack([np.ones((n_classes, 1)), np.eye(n_classes, n_classes - 1)]))[0][:, 1:]
