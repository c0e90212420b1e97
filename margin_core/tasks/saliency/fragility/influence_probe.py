"""A linear probe with influence functions: which training samples support a prediction, and how that depends on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import softmax

from margin_core.domain.samples import encode_splits
from margin_core.errors import MissingPart
from margin_core.probe.features import MAX_DIMENSIONS
from margin_core.probe.in_sample import orthonormal_contrasts
from margin_core.probe.linear_probe import INVERSE_PENALTY, fit_in_sample
from margin_core.probe.principal import compute_principal_axes
from margin_core.probe.self_influence import MAX_PARAMETERS, compute_hessian
from margin_core.values import UNLABELED, Doubles, Floats, Ints, Need, Study, usable_rows


@dataclass(frozen=True, eq=False)
class InfluenceProbe:
    r"""An L2 logistic regression on a study's features, with the inverse Hessian of its loss.

    For the prediction y of a picture with features x, and a training sample i, the support

    .. math::

        s_i = g(x, y)^T H^{-1} g(x_i, y_i), \qquad g(x, y) = B^T (p(x) - e_y) \otimes x

    is how fast the loss of the prediction falls as the sample's weight in the fit grows: larger = supports the
    prediction more, below 0 = opposes it.

    Attributes
    ----------
    rows : int array (k,)
        The samples that it was fitted on.
    classes : int array (m,)
        The classes among them.
    place : int array (k,)
        Which of these each sample's label is.
    points : float64 array (k, d + 1)
        Their reduced features and a constant 1.
    center : float64 array (D,)
        Mean of the features.
    directions : float64 array (D, d)
        ``reduced = (features - center) @ directions``.
    coefficients : float64 array (m, d + 1)
    basis : float64 array (m, m - 1)
        B: what is common to all logits changes nothing.
    inverse : float64 array (r, r)
        H^-1, with r = (m - 1) (d + 1).

    References
    ----------
    Koh and Liang, Understanding black-box predictions via influence functions, ICML 2017, equation 5, but for the sign.
    """

    rows: Ints
    classes: Ints
    place: Ints
    points: Doubles
    center: Doubles
    directions: Doubles
    coefficients: Doubles
    basis: Doubles
    inverse: Doubles

    def to_points(self, features: NDArray[np.floating]) -> Doubles:
        """Return features as reduced ones and a constant 1.

        Parameters
        ----------
        features : float array (b, D)
            As the model gives them.

        Returns
        -------
        float64 array (b, d + 1)
        """
        points = (features.astype(np.float64) - self.center) @ self.directions
        return np.hstack([points, np.ones((len(points), 1))])

    def predict(self, features: NDArray[np.floating]) -> int:
        """Return the most likely class of one sample, as its place among `classes`.

        Parameters
        ----------
        features : float array (1, D)
            As the model gives them.

        Returns
        -------
        int
        """
        return int((self.to_points(features) @ self.coefficients.T).argmax())

    def slopes(self, points: Doubles, place: Ints) -> Doubles:
        """Compute :math:`B^T (p(x) - e_y)`, the slope of the loss by the logits.

        Parameters
        ----------
        points : float64 array (b, d + 1)
            As `to_points` gives them.
        place : int array (b,)
            The class of each, as its place among `classes`.

        Returns
        -------
        float64 array (b, m - 1)
        """
        residual = softmax(points @ self.coefficients.T, axis=1)
        residual[np.arange(len(points)), place] -= 1
        return np.asarray(residual @ self.basis)

    def support(self, features: NDArray[np.floating], place: int) -> Doubles:
        """Compute the support of one prediction by every sample that the probe was fitted on.

        Parameters
        ----------
        features : float array (1, D)
            As the model gives them.
        place : int
            The predicted class, as its place among `classes`.

        Returns
        -------
        float64 array (k,)
            Larger = supports the prediction more.
        """
        point = self.to_points(features)
        own = (self.slopes(point, np.array([place]))[0][:, None] * point[0]).ravel()
        scaled = (self.inverse @ own).reshape(self.basis.shape[1], -1)
        slopes = self.slopes(self.points, self.place)
        return np.asarray(np.einsum("kr,rd,kd->k", slopes, scaled, self.points, optimize=True))

    def support_form(self, samples: Ints) -> Doubles:
        """Compute W, with which slope^T W point is the support of a prediction by some samples together.

        Parameters
        ----------
        samples : int array (s,)
            Places among `rows`.

        Returns
        -------
        float64 array (m - 1, d + 1)
        """
        own = self.slopes(self.points[samples], self.place[samples]).T @ self.points[samples]
        return np.asarray((self.inverse @ own.ravel()).reshape(own.shape))


def fit_influence_probe(study: Study) -> InfluenceProbe:
    """Fit the linear probe on the given labels, in the training split, with the inverse Hessian of its loss.

    Features are projected on their leading principal components: 128 at most, and no more than leave the whole
    Hessian 2,000 parameters.

    Parameters
    ----------
    study : Study
        With features and labels of at least two classes.

    Returns
    -------
    InfluenceProbe

    Raises
    ------
    MissingPart
        The study has no features, no labels, or labels of one class only.

    Notes
    -----
    O(n D min(n, D)) for the components, O(iterations n d m) for the fit, O((m d)^3) for the Hessian.
    """
    features, labels = study.require(Need.EMBEDDING), study.require(Need.LABELS)
    splits = encode_splits(study.columns["split"]) if "split" in study.columns else None
    training = usable_rows(features) & (labels != UNLABELED) & (True if splits is None else splits == 0)
    rows = np.flatnonzero(training)
    classes, place = np.unique(labels[rows], return_inverse=True)
    if len(classes) < 2:
        raise MissingPart(
            f"Study '{study.name}' has no labels of two classes to learn from, so no sample supports a prediction. "
            "Label samples of at least two classes."
        )
    width = min(MAX_DIMENSIONS, max(MAX_PARAMETERS // (len(classes) - 1) - 1, 1))
    center, directions = _scaled_principal_axes(features[rows], width)
    points = (features[rows] - center) @ directions
    fitted = fit_in_sample(points.astype(np.float32), labels[rows])
    assert fitted is not None  # there are two classes
    points = np.hstack([points, np.ones((len(points), 1))])
    basis = orthonormal_contrasts(len(classes))
    penalty = np.full(points.shape[1], 1 / INVERSE_PENALTY)
    penalty[-1] = 0.0
    full = compute_hessian(points, softmax(points @ fitted.coefficients.T, axis=1), basis, penalty)
    inverse = cho_solve(cho_factor(full, lower=True), np.eye(len(full)))
    return InfluenceProbe(
        rows, classes, place.astype(np.int64), points, center, directions, fitted.coefficients, basis, inverse
    )


def _scaled_principal_axes(features: Floats, width: int) -> tuple[Doubles, Doubles]:
    """Return the mean (D,) and the leading principal directions (D, d), scaled so that the mean squared length is 1."""
    center = features.mean(axis=0, dtype=np.float64)
    centered = features - center
    directions = compute_principal_axes(centered, width)
    length = float(np.sqrt(np.square(centered @ directions).sum(axis=1).mean()))
    return center, directions / (length if length > 0 else 1.0)
