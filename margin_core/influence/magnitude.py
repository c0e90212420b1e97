"""From a filtered signal to influence."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.values import Influence, SignalValues

_ROUNDING = 64 * np.finfo(np.float64).eps
"""A difference below this share of the signal's size is rounding, not influence."""


def compute_influence(filtered: SignalValues, signal: SignalValues) -> Influence:
    """Scale magnitudes to [0, 1].

    ``I_i = |h_i| / max_j |h_j|``, the Euclidean norm over the signals where there are several; 0 everywhere
    when nothing remains but rounding.
    """
    floor = _ROUNDING * _largest(signal)
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


def _largest(values: SignalValues) -> float:
    entries = values.data if isinstance(values, sparse.csr_array) else values
    return float(np.abs(entries).max(initial=0.0))
