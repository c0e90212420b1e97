"""The labelled samples that a fit reads."""

from __future__ import annotations

import numpy as np

from margin_core.values import UNLABELLED, Ints


def sample_labelled(labels: Ints, limit: int) -> Ints:
    """Select labelled samples, at random (seed 0) where there are more than a fit needs.

    Parameters
    ----------
    labels : int array (n,)
    limit : int
        At most this many.

    Returns
    -------
    int array (at most limit,)
        Rows, ascending.
    """
    rows = np.flatnonzero(labels != UNLABELLED)
    if len(rows) > limit:
        rows = np.sort(np.random.default_rng(0).choice(rows, limit, replace=False))
    return rows
