"""The Mahalanobis distance to the nearest class (Lee et al., 2018)."""

from __future__ import annotations

import numpy as np

from margin_core.values import Doubles, Floats, Ints


def mahalanobis_distance(points: Floats, reference: Floats, reference_classes: Ints) -> Doubles:
    r"""Compute the squared Mahalanobis distance of each point to the nearest class mean.

    .. math:: \min_c (x - \mu_c)^T \Sigma^+ (x - \mu_c),\qquad
        \Sigma = \frac{1}{r} \sum_i (x_i - \mu_{c_i})(x_i - \mu_{c_i})^T,

    one covariance for all classes, with its pseudo-inverse: units that never vary have none.

    Parameters
    ----------
    points : float32 array (m, d)
        Features of the samples that are scored.
    reference : float32 array (r, d)
        Clean samples.
    reference_classes : int array (r,)
        Their classes.

    Returns
    -------
    float array (m,)
        At least 0; larger = more likely attacked. NaN without reference.

    Notes
    -----
    O((m c + r) d^2 + d^3). The distance to the nearest class is used, whatever class is predicted, as in the paper.

    References
    ----------
    Lee, Lee, Lee and Shin, A simple unified framework for detecting out-of-distribution samples and adversarial
    attacks, NeurIPS 2018.
    """
    from scipy.linalg import pinvh  # slow to import

    nearest = np.full(len(points), np.nan)
    if not len(reference):
        return nearest
    numbers, places = np.unique(reference_classes, return_inverse=True)
    wide = reference.astype(np.float64)
    means = np.stack([wide[places == place].mean(axis=0) for place in range(len(numbers))])
    residuals = wide - means[places]
    precision = pinvh(residuals.T @ residuals / len(wide))
    for mean in means:
        away = points.astype(np.float64) - mean
        nearest = np.fmin(nearest, np.maximum(np.einsum("md,de,me->m", away, precision, away, optimize=True), 0))
    return nearest
