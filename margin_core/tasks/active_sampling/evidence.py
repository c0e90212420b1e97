"""The evidence columns beside each sample of a batch."""

from __future__ import annotations

import numpy as np

from margin_core.function.distances import MAX_BLOCK_ENTRIES, squared_distances
from margin_core.interpretation.class_names import to_class_names
from margin_core.interpretation.rounding import round_scores
from margin_core.tasks.active_sampling.strategies import SamplingPool
from margin_core.values import Doubles, Floats, Ints, Study


def compute_evidence(study: Study, pool: SamplingPool, batch: Ints, signal: Doubles) -> dict[str, np.ndarray]:
    """Compute the columns that explain each choice.

    Parameters
    ----------
    study : Study
    pool : SamplingPool
    batch : int array (b,)
        Rows of the pool, in the order selected.
    signal : float array (n,) or (n, s)
        In the order of the pool.

    Returns
    -------
    dict of str to array (b,)
        ``signal``, its norm where it has several values, and ``influence``; ``nearest_labeled``, the id of the nearest
        sample with a label, and ``nearest_labeled_distance`` to it, in units of the root mean square distance of
        samples to their mean (empty and NaN where none has a label); ``represents``, the share of all samples without
        a label that are nearer to this one than to any other of the batch or with a label; ``class`` and
        ``class_name``, the predicted class, and its ``probability`` (-1, empty and NaN where none is predicted).
    """
    length = np.abs(signal) if signal.ndim == 1 else np.linalg.norm(signal, axis=1)
    distance, nearest = _nearest(pool.points[batch], pool.points, pool.labeled)
    has_nearest = nearest >= 0
    none = np.full(len(batch), np.nan)
    p = pool.probabilities
    classes = np.full(len(batch), -1) if p is None else round_scores(p[batch]).argmax(axis=1)
    return {
        "signal": round_scores(length[batch]),
        "influence": pool.influence[batch],
        "nearest_labeled": np.where(has_nearest, pool.ids[nearest], ""),
        "nearest_labeled_distance": np.where(has_nearest, distance, np.nan),
        "represents": _represented(pool, batch),
        "class": classes,
        "class_name": to_class_names(study, classes),
        "probability": none if p is None else p[batch].max(axis=1),
    }


def _nearest(points: Floats, others: Floats, rows: Ints) -> tuple[Floats, Ints]:
    distances, nearest = np.full(len(points), np.inf, dtype=np.float32), np.full(len(points), -1)
    if len(rows):
        for part in np.array_split(np.arange(len(points)), len(points) * len(rows) // MAX_BLOCK_ENTRIES + 1):
            squared = squared_distances(points[part], others[rows])
            place = squared.argmin(axis=1)
            distances[part], nearest[part] = np.sqrt(squared[np.arange(len(part)), place]), rows[place]
    return distances, nearest


def _represented(pool: SamplingPool, batch: Ints) -> Doubles:
    """Compute the share of the samples without a label that each of the batch is the nearest reference of."""
    points = pool.points[pool.candidates]
    distance, nearest = _nearest(points, pool.points, batch)
    own = distance < pool.away_from_labels(pool.candidates)
    place = np.zeros(len(pool.ids), dtype=np.int64)
    place[batch] = np.arange(len(batch))
    counts = np.bincount(place[nearest[own]], minlength=len(batch))
    shares: Doubles = counts / max(len(points), 1)
    return shares
