"""The density of a sample among reference samples of the class that is predicted for it (Feinman et al., 2017)."""

from __future__ import annotations

import numpy as np

from margin_core.function.distances import squared_distances
from margin_core.values import Doubles, Floats, Ints

BANDWIDTHS = 2.0 ** np.linspace(-2, 3, 11)
"""Bandwidths that are compared, as multiples of the median distance to the nearest sample of the class."""

MAX_VALIDATED = 2000
"""Reference samples that choose the bandwidth, at most."""


def log_kernel_density(
    points: Floats, classes: Ints, reference: Floats, reference_classes: Ints, bandwidth: float
) -> Doubles:
    r"""Compute the log kernel density of each point among the reference samples of its predicted class.

    .. math:: \log \frac{1}{|X_c|} \sum_{x' \in X_c} \exp\left(-\frac{\lVert x - x' \rVert^2}{2 \sigma^2}\right)

    without the constant that makes it integrate to 1, which is the same for all points.

    Parameters
    ----------
    points : float32 array (m, d)
        Features of the samples that are scored.
    classes : int array (m,)
        Predicted class c.
    reference : float32 array (r, d)
        Clean samples.
    reference_classes : int array (r,)
        Their classes.
    bandwidth : float
        :math:`\sigma`, larger than 0.

    Returns
    -------
    float array (m,)
        At most 0; larger = denser. NaN where the reference has no sample of the class.

    Notes
    -----
    O(m r d / c).

    References
    ----------
    Feinman, Curtin, Shintre and Gardner, Detecting adversarial samples from artifacts, arXiv 1703.00410.
    """
    from scipy.special import logsumexp  # slow to import

    density = np.full(len(points), np.nan)
    for number in np.unique(classes):
        own, there = classes == number, reference_classes == number
        if there.any():
            apart = _squared(points[own], reference[there])
            density[own] = logsumexp(-apart / (2 * bandwidth**2), axis=1) - np.log(there.sum())
    return density


def estimate_bandwidth(reference: Floats, classes: Ints) -> float:
    r"""Select the bandwidth of largest leave-one-out likelihood of the reference samples in their classes.

    Parameters
    ----------
    reference : float32 array (r, d)
        Of these the first 2,000 are used.
    classes : int array (r,)
        Their classes.

    Returns
    -------
    float
        One of `BANDWIDTHS` times the median distance of a sample to the nearest of its class; 1 where no class has two
        different samples.

    Notes
    -----
    The likelihood counts the d dimensions of the features: :math:`-d \log \sigma` for each sample.
    """
    from scipy.special import logsumexp  # slow to import

    reference, classes = reference[:MAX_VALIDATED], classes[:MAX_VALIDATED]
    distances = []
    for number in np.unique(classes):
        apart = _squared(reference[classes == number], reference[classes == number])
        np.fill_diagonal(apart, np.inf)
        if len(apart) > 1:
            distances.append(apart)
    nearest = np.sqrt(np.concatenate([apart.min(axis=1) for apart in distances])) if distances else np.zeros(0)
    if not (nearest > 0).any():
        return 1.0
    unit = float(np.median(nearest[nearest > 0]))
    likelihoods = []
    for bandwidth in unit * BANDWIDTHS:
        logs = [logsumexp(-apart / (2 * bandwidth**2), axis=1) - np.log(len(apart) - 1) for apart in distances]
        likelihoods.append(np.mean(np.concatenate(logs)) - reference.shape[1] * np.log(bandwidth))
    return unit * float(BANDWIDTHS[int(np.argmax(likelihoods))])


def _squared(one: Floats, other: Floats) -> Doubles:
    center = other.mean(axis=0, dtype=np.float64)
    return squared_distances(one.astype(np.float64) - center, other.astype(np.float64) - center)
