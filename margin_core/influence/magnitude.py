"""The magnitude of a filtered signal, as influence."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.values import Doubles, Influence, SignalValues

_ROUNDING_ERROR = 64 * np.finfo(np.float64).eps
"""A difference below this share of the signal's size is rounding, not influence."""


def compute_influence(filtered: SignalValues, signal: SignalValues) -> Influence:
    """Compute influence from a filtered signal: magnitudes over the largest, ``I_i = |h_i| / max_j |h_j|``.

    Parameters
    ----------
    filtered : array (m,) or (m, s), or CSR array (m, s)
        The high-passed signal. Where there are several signals, the magnitude is the Euclidean norm over them.
    signal : same shape
        The signal itself, whose size tells rounding from influence.

    Returns
    -------
    Influence
        Scores (m,) in [0, 1]; 0 everywhere when nothing remains but rounding.
    """
    floor = _ROUNDING_ERROR * _largest(signal)
    if isinstance(filtered, sparse.csr_array):
        filtered = filtered.copy()
        filtered.data[np.abs(filtered.data) <= floor] = 0
        filtered.eliminate_zeros()
        magnitude = np.sqrt(np.asarray(filtered.multiply(filtered).sum(axis=1)).ravel())
    else:
        filtered = np.where(np.abs(filtered) <= floor, 0.0, filtered)
        magnitude = np.abs(filtered) if filtered.ndim == 1 else np.linalg.norm(filtered, axis=1)
    top = magnitude.max(initial=0.0)
    scores = magnitude / top if top > 0 else np.zeros(len(magnitude))
    return Influence(scores=scores, high_pass=filtered)


def compute_positive_influence(influence: Influence) -> Doubles:
    r"""Compute influence with its sign kept, :math:`\max(h_i, 0) / \max_j h_j`.

    Where the signal counts what contradicts a node, it is positive where more does than around it; the magnitude
    also rises where less does.

    Parameters
    ----------
    influence : Influence
        Of one signal, dense.

    Returns
    -------
    float array (m,)
        In [0, 1]; 0 where the high-passed signal is not positive.
    """
    h = np.maximum(np.asarray(influence.high_pass, dtype=np.float64), 0.0)
    scaled: Doubles = h / max(float(h.max(initial=0.0)), np.finfo(np.float64).tiny)
    return scaled


def _largest(values: SignalValues) -> float:
    entries = values.data if isinstance(values, sparse.csr_array) else values
    return float(np.abs(entries).max(initial=0.0))
