"""Multinomial logistic regression, fitted in few passes over the samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Ints


@dataclass(frozen=True, eq=False)
class Logistic:
    r"""Probabilities :math:`p(c) \propto \exp(x \cdot \theta_c + b_c)`.

    Attributes
    ----------
    classes : int array (m,)
        Those that it was fitted on.
    coefficients : float array (m, d + 1)
        Of the features, and the intercept last.
    """

    classes: Ints
    coefficients: Doubles

    def logits(self, points: NDArray[np.floating]) -> Doubles:
        """Give the logit of each class that it was fitted on, (n, m)."""
        logits: Doubles = points @ self.coefficients[:, :-1].T + self.coefficients[:, -1]
        return logits

    def probabilities(self, points: NDArray[np.floating], n_classes: int) -> Doubles:
        """Give the probability of every class, (n, c); 0 for one that it was not fitted on."""
        logits = self.logits(points)
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        full = np.zeros((len(points), n_classes))
        full[:, self.classes] = likely / likely.sum(axis=1, keepdims=True)
        return full


def fit_logistic(
    points: NDArray[np.floating],
    labels: Ints,
    *,
    strength: float,
    settled: float,
    rounds: int,
    weights: Doubles | None = None,
    start: Logistic | None = None,
) -> Logistic | None:
    r"""Minimise :math:`\sum_i -t_i \log p_i(y_i) + \frac{1}{2C} \lVert\theta\rVert^2`.

    Parameters
    ----------
    points : float array (n, d)
        All sums over samples are in its precision. Fastest when its columns are uncorrelated.
    labels : int array (n,)
        Class numbers.
    strength : float
        C. Intercepts are not penalised.
    settled : float
        Stop when no slope of the mean loss is larger, each coefficient in units of its curvature.
    rounds : int
        Stop after so many steps at the latest.
    weights : float array (n,), optional
        t; default 1.
    start : Logistic, optional
        Where to start, fitted on the same classes; default 0.

    Returns
    -------
    Logistic or None
        None when there are not two classes to tell apart.

    Notes
    -----
    O(rounds n d m). L-BFGS on coefficients that are scaled to the same curvature (that at 0): leading principal
    components are a hundred times as long as the last, and without a scale that costs five times the rounds.
    """
    from scipy.optimize import minimize  # slow to import, and most fits are remembered

    classes, place = np.unique(labels, return_inverse=True)
    m, (n, d) = len(classes), points.shape
    if m < 2:
        return None
    kind = points.dtype
    trust = np.ones(n, kind) if weights is None else weights.astype(kind)
    total = float(trust.sum(dtype=np.float64))
    # Classes along the first axis: then everything but the two products runs along memory.
    samples = np.vstack([points.T, np.ones((1, n), kind)])
    penalty = np.full(d + 1, 1 / (strength * total))
    penalty[-1] = 0.0
    scale = 1 / np.sqrt((samples**2 @ trust) / (m * total) + penalty)
    carried = np.zeros((m, n), kind)
    carried[place, np.arange(n)] = trust
    observed = (carried @ samples.T).astype(np.float64) / total

    def loss(scaled: Doubles) -> tuple[float, Doubles]:
        theta = scaled.reshape(m, d + 1) * scale
        likely = theta.astype(kind) @ samples
        top = likely.max(axis=0)
        likely -= top
        np.exp(likely, out=likely)
        parts = likely.sum(axis=0)
        value = float(trust @ (np.log(parts) + top)) / total - (theta * observed).sum() + (penalty * theta**2).sum() / 2
        likely *= trust / parts
        slope = (likely @ samples.T) / total - observed + penalty * theta
        return float(value), (slope * scale).ravel()

    first = np.zeros((m, d + 1)) if start is None else start.coefficients / scale
    found = minimize(
        loss,
        first.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"gtol": settled, "ftol": 64 * np.finfo(kind).eps, "maxiter": rounds},
    )
    return Logistic(classes, found.x.reshape(m, d + 1) * scale)
