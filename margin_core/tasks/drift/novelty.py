"""How new each sample is: how far from the reference, and how much among other new ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.domain.hash_sample import hash_sample
from margin_core.function.distances import squared_distances
from margin_core.storage.engine import Run
from margin_core.values import Doubles, Floats, Ints, Texts, usable_rows
from margin_core.values.arrays import freeze

VERSION = 1
"""Raised whenever the same samples would be measured otherwise."""

MAX_ANCHORS = 20_000
"""Samples of the reference that distances are measured to; of a larger one, a sample by a hash of the ids."""

MAX_BLOCK_DISTANCES = 4_000_000
"""Distances that are held at once."""

_LEAST = 1e-3
"""Share of the median distance below which distances do not differ: among duplicates they are 0."""


@dataclass(frozen=True, eq=False)
class ReferenceDistances:
    """Distances of m nodes to the reference.

    Attributes
    ----------
    distances : float array (m,)
        Mean of those to the nearest samples of the reference, itself left out; NaN without features.
    nearest : int array (m,)
        Row of the nearest sample of the reference; -1 without features.
    """

    distances: Doubles
    nearest: Ints

    def __post_init__(self) -> None:
        freeze(self, "distances", "nearest")

    @property
    def relative(self) -> Doubles:
        """Logarithm of the distance over the median of all nodes, (m,); 0 where all are the same."""
        known = self.distances[np.isfinite(self.distances)]
        middle = float(np.median(known)) if len(known) else 0.0
        if middle <= 0:
            return np.where(np.isnan(self.distances), np.nan, (self.distances > 0).astype(np.float64))
        return np.log(np.maximum(self.distances, _LEAST * middle) / middle)


def measure_reference_distances(points: Floats, n_new: int, ids: Texts, k: int, run: Run) -> ReferenceDistances:
    """Compute the mean distance of every node to its k nearest samples of the reference.

    Parameters
    ----------
    points : float32 array (m, d)
        Of the new samples, then of the reference.
    n_new : int
        How many are new.
    ids : array of str (m,)
        They decide which samples of a large reference are measured to.
    k : int
        Nearest samples; fewer where the reference has fewer.
    run : Run
        Receives the progress.

    Returns
    -------
    ReferenceDistances

    Notes
    -----
    O(m a d) for a anchors, at most `MAX_ANCHORS`.
    """
    usable = usable_rows(points)
    distances, nearest = np.full(len(points), np.nan), np.full(len(points), -1, dtype=np.int64)
    anchors = n_new + np.flatnonzero(usable[n_new:])
    anchors = anchors[hash_sample(ids[anchors], MAX_ANCHORS)]
    if not len(anchors):
        return ReferenceDistances(distances, nearest)
    targets = points[anchors].astype(np.float64)
    center = targets.mean(axis=0)
    targets -= center
    place = np.full(len(points), -1, dtype=np.int64)
    place[anchors] = np.arange(len(anchors))
    nodes = np.flatnonzero(usable)
    blocks = np.array_split(nodes, len(nodes) * len(anchors) // MAX_BLOCK_DISTANCES + 1)
    for number, own in enumerate(blocks):
        run.report(number / len(blocks), f"Measuring distances of {len(nodes):,} samples to the reference")
        squared = squared_distances(points[own] - center, targets)
        itself = np.flatnonzero(place[own] >= 0)
        squared[itself, place[own][itself]] = np.inf
        count = min(k, len(anchors) - 1) if len(itself) else min(k, len(anchors))
        if count < 1:  # the only sample of the reference has nothing to be compared with
            squared[itself] = 0
            count = 1
        found = np.argpartition(squared, count - 1, axis=1)[:, :count]
        apart = np.sqrt(np.take_along_axis(squared, found, axis=1))
        distances[own] = apart.mean(axis=1)
        nearest[own] = anchors[np.take_along_axis(found, apart.argmin(axis=1)[:, None], axis=1)[:, 0]] - n_new
    return ReferenceDistances(distances, nearest)


def tail_shares(values: Doubles, reference: Doubles) -> Doubles:
    r"""Compute for each value the share of the reference that is at least as large.

    .. math:: p_i = \frac{1 + \#\{j : v_j \ge v_i\}}{1 + r}

    For a sample of the distribution of the reference this is a p-value: it is at most .01 for one in a hundred.

    Parameters
    ----------
    values : float array (n,)
        NaN where there is none.
    reference : float array (r,)
        NaN where there is none.

    Returns
    -------
    float array (n,)
        In (0, 1]; 1 for NaN.
    """
    known = np.sort(reference[~np.isnan(reference)])
    at_least = len(known) - np.searchsorted(known, np.nan_to_num(values, nan=-np.inf), side="left")
    return np.where(np.isnan(values), 1.0, (1 + at_least) / (1 + len(known)))
