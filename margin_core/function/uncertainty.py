"""How uncertain predicted class probabilities are: the margin of the two likeliest classes, and the entropy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Ints

NO_CLASS = -1
"""In the place of a class: there is none."""


@dataclass(frozen=True, eq=False)
class TopTwo:
    """The two likeliest classes of each sample.

    Attributes
    ----------
    first, second : int array (n,)
        Of two that are equally likely, the one with the smaller number comes first. `second` is -1 where there is
        one class only.
    margin : float array (n,)
        Probability of the first less that of the second, in [0, 1]; 0 = on the boundary, 1 = certain.
    """

    first: Ints
    second: Ints
    margin: Doubles


def compute_top_two(probabilities: NDArray[np.floating]) -> TopTwo:
    """Compute the two likeliest classes of each sample.

    Parameters
    ----------
    probabilities : float array (n, c)
        Rows sum to 1.

    Returns
    -------
    TopTwo
        O(n c).
    """
    n, c = probabilities.shape
    each = np.arange(n)
    first = probabilities.argmax(axis=1).astype(np.int64)
    best = probabilities[each, first].astype(np.float64)
    if c < 2:
        return TopTwo(first, np.full(n, NO_CLASS), best)
    others = np.array(probabilities, dtype=np.float64)
    others[each, first] = -np.inf
    second = others.argmax(axis=1).astype(np.int64)
    return TopTwo(first, second, best - others[each, second])


def normalized_entropy(probabilities: NDArray[np.floating]) -> Doubles:
    r"""Compute the entropy of each row, as a share of the largest possible.

    .. math:: -\frac{1}{\log c} \sum_b p_{ib} \log p_{ib}

    Parameters
    ----------
    probabilities : float array (n, c)
        Rows sum to 1.

    Returns
    -------
    float array (n,)
        In [0, 1]; 0 = certain, 1 = all classes equally likely.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    total = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0).sum(axis=1)
    share: Doubles = np.clip(total / max(np.log(p.shape[1]), np.finfo(np.float64).tiny), 0.0, 1.0)
    return share
