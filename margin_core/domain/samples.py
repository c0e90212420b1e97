"""The domain whose nodes are the samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Domain, Ints, Need, Study, read_only

TRAINING_SPLITS = ("train", "training")
"""Names of the split that is learned from, in whatever case; where none has one, it is the largest split."""

NO_GROUP = ("", "nan", "none")
"""Values of the group column that mean no group."""


def every_sample(study: Study, *, splits: bool = True) -> Domain:
    """Return the domain in which each sample is a node with its embedding as point.

    Parameters
    ----------
    study : Study
        Samples that share a value of the column ``group`` (video, patient ...) are never neighbors; the column
        ``split`` says whose labels are learned from.
    splits : bool
        Whether the column ``split`` is used.

    Returns
    -------
    Domain
        m = n nodes; node i is sample i. The fingerprint is that of the embedding and the two columns alone, so that
        a graph outlives any change of labels.

    Raises
    ------
    MissingPart
        The study has neither an embedding nor a graph of its own. With the second alone, nodes lie nowhere: ``points``
        has no column.
    """
    graph = study.maybe_graph
    points = (
        np.empty((len(study), 0), np.float32)
        if graph is not None and not study.has(Need.EMBEDDING)
        else study.embedding
    )
    rows = read_only(np.arange(len(study), dtype=np.int64))
    split = encode_splits(study.columns["split"]) if splits and "split" in study.columns else None
    group = encode_groups(study.columns["group"]) if "group" in study.columns else None
    identity = study.parts.get("embedding", "")
    if split is not None or group is not None:
        identity = fingerprint(identity, split, group)
    if graph is not None:
        identity = fingerprint(identity, study.parts["graph"])
    return Domain(
        ids=study.ids, rows=rows, points=points, fingerprint=identity, splits=split, groups=group, edges=graph
    )


def encode_splits(column: NDArray[np.generic]) -> Ints | None:
    """Compute split numbers from split names.

    An empty name is a split like any other: whether such samples may be learned from is unknown.

    Parameters
    ----------
    column : array (n,)
        Split names, in whatever case.

    Returns
    -------
    int array (n,) or None
        0 = the split that is learned from: ``train``, else the largest. None where there is only one.
    """
    names = np.char.lower(np.char.strip(column.astype(str)))
    different, numbers, sizes = np.unique(names, return_inverse=True, return_counts=True)
    if len(different) < 2:
        return None
    learned = np.isin(different, TRAINING_SPLITS)
    if not learned.any():
        learned[sizes.argmax()] = True
    place = np.where(learned, 0, np.cumsum(~learned))
    return np.asarray(place[numbers], dtype=np.int64)


def encode_groups(column: NDArray[np.generic]) -> Ints | None:
    """Compute group numbers from group names.

    Parameters
    ----------
    column : array (n,)
        Name of each sample's group, of any type; an empty or missing one is no group.

    Returns
    -------
    int array (n,) or None
        -1 = in no group, or alone in it. None where no two samples share a group.
    """
    names = np.char.strip(column.astype(str))
    _, numbers, sizes = np.unique(names, return_inverse=True, return_counts=True)
    alone = (sizes[numbers] < 2) | np.isin(np.char.lower(names), NO_GROUP)
    return None if alone.all() else np.where(alone, -1, numbers).astype(np.int64)
