"""Which training samples hold up what a linear head says about a picture, and how that depends on the picture."""

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
from margin_core.probe.principal import principal_axes
from margin_core.probe.self_influence import MAX_PARAMETERS, hessian
from margin_core.values import UNLABELLED, Doubles, Floats, Ints, Need, Study, usable_rows


@dataclass(frozen=True, eq=False)
class InfluenceProbe:
    r"""An L2 logistic regression on a study's features, with the inverse Hessian of its loss.

    For the answer y to a picture with features x, and a training sample i,

    .. math::

        s_i = g(x, y)^T H^{-1} g(x_i, y_i), \qquad g(x, y) = B^T (p(x) - e_y) \otimes x

    is how fast the loss of the answer falls as the sample's weight in the fit grows: larger = holds the answer up
    more, below 0 = speaks against it.

    Attributes
    ----------
    rows : int array (k,)
        The samples that it was fitted on.
    classes : int array (m,)
        The classes among them.
    place : int array (k,)
        Which of these each sample's label is.
    points : float array (k, d + 1)
        Their reduced features and a constant 1.
    centre : float array (D,)
    directions : float array (D, d)
        ``reduced = (features - centre) @ directions``.
    coefficients : float array (m, d + 1)
    basis : float array (m, m - 1)
        B: what is common to all logits changes nothing.
    inverse : float array (r, r), r = (m - 1) (d + 1)
        H^-1.

    References
    ----------
    Koh and Liang, Understanding black-box predictions via influence functions, ICML 2017, equation 5, but for the sign.
    """

    rows: Ints
    classes: Ints
    place: Ints
    points: Doubles
    centre: Doubles
    directions: Doubles
    coefficients: Doubles
    basis: Doubles
    inverse: Doubles

    def reduced(self, features: NDArray[np.floating]) -> Doubles:
        """Turn features (b, D) into points (b, d + 1)."""
        points = (features.astype(np.float64) - self.centre) @ self.directions
        return np.hstack([points, np.ones((len(points), 1))])

    def says(self, features: NDArray[np.floating]) -> int:
        """Give the place among `classes` of the likeliest one, of features (1, D)."""
        return int((self.reduced(features) @ self.coefficients.T).argmax())

    def slopes(self, points: Doubles, place: Ints) -> Doubles:
        """Give :math:`B^T (p(x) - e_y)`, (b, m - 1)."""
        residual = softmax(points @ self.coefficients.T, axis=1)
        residual[np.arange(len(points)), place] -= 1
        return np.asarray(residual @ self.basis)

    def support(self, features: NDArray[np.floating], place: int) -> Doubles:
        """Give s of every sample it was fitted on, (k,), for one answer to features (1, D)."""
        point = self.reduced(features)
        own = (self.slopes(point, np.array([place]))[0][:, None] * point[0]).ravel()
        turned = (self.inverse @ own).reshape(self.basis.shape[1], -1)
        slopes = self.slopes(self.points, self.place)
        return np.asarray(np.einsum("kr,rd,kd->k", slopes, turned, self.points, optimize=True))

    def aim(self, some: Ints) -> Doubles:
        """Give W, (m - 1, d + 1), with which slope^T W point is the support of an answer by these samples together."""
        own = self.slopes(self.points[some], self.place[some]).T @ self.points[some]
        return np.asarray((self.inverse @ own.ravel()).reshape(own.shape))


def fit_influence_probe(study: Study) -> InfluenceProbe:
    """Fit the head on the labels as given, in the split that is learnt from.

    Features are projected on their leading principal components: 128 at most, and no more than leave the whole
    Hessian 2,000 parameters.

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
    learnt = usable_rows(features) & (labels != UNLABELLED) & (True if splits is None else splits == 0)
    rows = np.flatnonzero(learnt)
    classes, place = np.unique(labels[rows], return_inverse=True)
    if len(classes) < 2:
        raise MissingPart(
            f"Study '{study.name}' has no labels of two classes to learn from, so no sample holds an answer up. "
            "Label samples of at least two classes."
        )
    width = min(MAX_DIMENSIONS, max(MAX_PARAMETERS // (len(classes) - 1) - 1, 1))
    centre, directions = _scaled_principal_axes(features[rows], width)
    points = (features[rows] - centre) @ directions
    fitted = fit_in_sample(points.astype(np.float32), labels[rows])
    assert fitted is not None  # there are two classes
    points = np.hstack([points, np.ones((len(points), 1))])
    basis = orthonormal_contrasts(len(classes))
    penalty = np.full(points.shape[1], 1 / INVERSE_PENALTY)
    penalty[-1] = 0.0
    whole = hessian(points, softmax(points @ fitted.coefficients.T, axis=1), basis, penalty)
    inverse = cho_solve(cho_factor(whole, lower=True), np.eye(len(whole)))
    return InfluenceProbe(
        rows, classes, place.astype(np.int64), points, centre, directions, fitted.coefficients, basis, inverse
    )


def _scaled_principal_axes(features: Floats, width: int) -> tuple[Doubles, Doubles]:
    """Give the mean (D,) and the leading principal directions (D, d), scaled so that the mean squared length is 1."""
    centre = features.mean(axis=0, dtype=np.float64)
    centred = features - centre
    directions = principal_axes(centred, width)
    length = float(np.sqrt(np.square(centred @ directions).sum(axis=1).mean()))
    return centre, directions / (length if length > 0 else 1.0)
