"""Points of the variables whose cosine distance is one less the squared correlation of their effects."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.variable_importance.effect_sizes import EffectSizes
from margin_core.values import Floats

MAX_DIRECTIONS = 24
"""Directions of the effects that are kept; their products make 300 coordinates."""


def relatedness_points(effects: tuple[EffectSizes, ...]) -> Floats:
    r"""Return a point for every column, so that columns whose effects go together, or against each other, are near.

    With :math:`a_i` the unit vector of the effect of column i, averaged over the classes, a point is
    :math:`a_i a_i^\top`: the cosine of two is :math:`(a_i \cdot a_j)^2`, the squared posterior correlation, of which a
    sign is no part.

    Parameters
    ----------
    effects : tuple of EffectSizes, length k
        Of p columns.

    Returns
    -------
    float32 array (p, q)
        q of at most 300. NaN for a column without effect, which is nobody's neighbor.
    """
    lengths = [np.sqrt(np.square(one.factor).sum(axis=1)) for one in effects]
    units = np.hstack(
        [one.factor / np.where(length > 0, length, 1.0)[:, None] for one, length in zip(effects, lengths, strict=True)]
    )
    if units.shape[1] > MAX_DIRECTIONS:
        _, vectors = np.linalg.eigh(units.T @ units)
        units = units @ vectors[:, -MAX_DIRECTIONS:]
    length = np.sqrt(np.square(units).sum(axis=1, keepdims=True))
    units = np.divide(units, length, where=length > 0, out=np.full_like(units, np.nan))
    first, second = np.triu_indices(units.shape[1])
    # Off the diagonal a product counts twice in the inner product of two matrices.
    weight = np.where(first == second, 1.0, np.sqrt(2.0))
    return np.asarray(units[:, first] * units[:, second] * weight, dtype=np.float32)
