"""Multinomial logistic regression, fitted in few passes over the samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.probe.softmax import softmax
from margin_core.values import Doubles, Ints

CACHED_CELLS = 500_000
"""Samples times classes whose probabilities are held at once: what a processor's cache holds."""


@dataclass(frozen=True, eq=False)
class Logistic:
    r"""A fitted logistic regression, :math:`p(c) \propto \exp(x \cdot \theta_c + b_c)`.

    Parameters
    ----------
    classes : int array (m,)
        Those that it was fitted on.
    coefficients : float array (m, d + 1)
        Of the features, and the intercept last.
    """

    classes: Ints
    coefficients: Doubles

    def logits(self, points: NDArray[np.floating]) -> Doubles:
        """Compute the logit of each class that it was fitted on.

        Parameters
        ----------
        points : float array (n, d)
            Of the samples, as those that it was fitted on.

        Returns
        -------
        float array (n, m)
        """
        logits: Doubles = points @ self.coefficients[:, :-1].T + self.coefficients[:, -1]
        return logits

    def probabilities(self, points: NDArray[np.floating], n_classes: int) -> Doubles:
        """Compute the probability of every class.

        Parameters
        ----------
        points : float array (n, d)
            Of the samples, as those that it was fitted on.
        n_classes : int
            c, among them the classes that it was fitted on.

        Returns
        -------
        float array (n, c)
            In [0, 1]; 0 for a class that it was not fitted on; rows sum to 1.
        """
        full = np.zeros((len(points), n_classes))
        full[:, self.classes] = softmax(self.logits(points))
        return full


def fit_logistic(
    points: NDArray[np.floating],
    labels: Ints,
    *,
    inverse_penalty: float,
    tolerance: float,
    max_iterations: int,
    sample_weight: Doubles | None = None,
    start: Logistic | None = None,
) -> Logistic | None:
    r"""Fit weights that minimize :math:`\sum_i -t_i \log p_i(y_i) + \frac{1}{2C} \lVert\theta\rVert^2`.

    Parameters
    ----------
    points : float array (n, d)
        All sums over samples are in its precision. Fastest when its columns are uncorrelated.
    labels : int array (n,)
        Class numbers.
    inverse_penalty : float
        C of the formula and of scikit-learn, above 0. Intercepts are not penalized.
    tolerance : float
        Stop when no slope of the mean loss is larger, each coefficient in units of its curvature.
    max_iterations : int
        Stop after so many steps at the latest.
    sample_weight : float array (n,), optional
        t, not negative; default 1.
    start : Logistic, optional
        Where to start, fitted on the same classes; default 0.

    Returns
    -------
    Logistic or None
        None when there are not two classes to tell apart.

    Notes
    -----
    O(max_iterations n d m). L-BFGS on coefficients that are scaled to the same curvature (that at 0): leading principal
    components are a hundred times as long as the last, and without a scale that costs five times the steps.
    `sklearn.linear_model.LogisticRegression` finds the same minimum, in double precision and without that scale.
    """
    from scipy import sparse
    from scipy.optimize import minimize  # slow to import, and most fits are remembered

    classes, column = np.unique(labels, return_inverse=True)
    m, (n, d) = len(classes), points.shape
    if m < 2:
        return None
    kind = points.dtype
    weight = np.ones(n, kind) if sample_weight is None else sample_weight.astype(kind)
    total = float(weight.sum(dtype=np.float64))
    # Classes along the first axis: then everything but the two products runs along memory.
    samples = np.vstack([points.T, np.ones((1, n), kind)])
    penalty = np.full(d + 1, 1 / (inverse_penalty * total))
    penalty[-1] = 0.0
    scale = 1 / np.sqrt((samples**2 @ weight) / (m * total) + penalty)
    weighted_labels = sparse.csr_array((weight.astype(np.float64), (column, np.arange(n))), shape=(m, n))
    observed = (weighted_labels @ samples.T) / total
    # Block by block of samples: of thousands of classes, the whole table fits into no cache, and hardly into memory.
    width = max(CACHED_CELLS // m, 1)
    blocks = [slice(first, first + width) for first in range(0, n, width)]

    def loss(scaled: Doubles) -> tuple[float, Doubles]:
        theta = scaled.reshape(m, d + 1) * scale
        single = theta.astype(kind)
        value = (penalty * theta**2).sum() / 2 - (theta * observed).sum()
        slope = penalty * theta - observed
        for block in blocks:
            # A softmax in place: at this size its copies would cost as much as the products.
            likely = single @ samples[:, block]
            top = likely.max(axis=0)
            likely -= top
            np.exp(likely, out=likely)
            parts = likely.sum(axis=0)
            value += float(weight[block] @ (np.log(parts) + top)) / total
            likely *= weight[block] / parts
            slope += (likely @ samples[:, block].T) / total
        return float(value), (slope * scale).ravel()

    first = np.zeros((m, d + 1)) if start is None else start.coefficients / scale
    found = minimize(
        loss,
        first.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"gtol": tolerance, "ftol": 64 * np.finfo(kind).eps, "maxiter": max_iterations},
    )
    return Logistic(classes, found.x.reshape(m, d + 1) * scale)
