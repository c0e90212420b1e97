"""The labeled samples that a fit reads."""

from __future__ import annotations

import numpy as np

from margin_core.values import UNLABELED, Ints


def sample_labeled(labels: Ints, limit: int) -> Ints:
    """Select labeled samples, at random (seed 0) where there are more than a fit needs.

    Parameters
    ----------
    labels : int array (n,)
        Class of each sample; `UNLABELED` where it has none.
    limit : int
        At most this many.

    Returns
    -------
    int array (at most limit,)
        Rows, ascending.
    """
    rows = np.flatnonzero(labels != UNLABELED)
    if len(rows) > limit:
        rows = np.sort(np.random.default_rng(0).choice(rows, limit, replace=False))
    return rows
