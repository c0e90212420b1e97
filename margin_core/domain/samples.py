"""Every sample is a node."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Domain, Ints, Need, Study, read_only

LEARNT = ("train", "training")
"""Names of the split that is learnt from, in whatever case; where none has one, it is the largest split."""

NOWHERE = ("", "nan", "none")
"""What a sample in no group has in the group column."""


def every_sample(study: Study, *, splits: bool = True) -> Domain:
    """Make one node a sample, at its place in the embedding.

    Parameters
    ----------
    study : Study
        A column ``group`` (video, patient ...) says which samples are never neighbours, a column ``split`` which
        may hear each other.
    splits : bool
        Whether the column ``split`` counts.

    Returns
    -------
    Domain
        m = n nodes; node i is sample i. The fingerprint is that of the embedding and the two columns alone, so that
        a graph outlives any change of labels.

    Raises
    ------
    MissingPart
        The study has no embedding.
    """
    points = study.require(Need.EMBEDDING)
    rows = read_only(np.arange(len(study), dtype=np.int64))
    split = encode_splits(study.columns["split"]) if splits and "split" in study.columns else None
    group = encode_groups(study.columns["group"]) if "group" in study.columns else None
    embedding = study.parts["embedding"]
    identity = embedding if split is None and group is None else fingerprint(embedding, split, group)
    return Domain(ids=study.ids, rows=rows, points=points, fingerprint=identity, splits=split, groups=group)


def encode_splits(column: NDArray[np.generic]) -> Ints | None:
    """Turn split names into numbers, 0 = the one that is learnt from; None where there is only one.

    A name of nothing is a split like any other: nobody knows what such samples may be told.
    """
    names = np.char.lower(np.char.strip(column.astype(str)))
    different, numbers, sizes = np.unique(names, return_inverse=True, return_counts=True)
    if len(different) < 2:
        return None
    learnt = np.isin(different, LEARNT)
    if not learnt.any():
        learnt[sizes.argmax()] = True
    place = np.where(learnt, 0, np.cumsum(~learnt))
    return np.asarray(place[numbers], dtype=np.int64)


def encode_groups(column: NDArray[np.generic]) -> Ints | None:
    """Turn group names into numbers, -1 = in none or alone; None where nobody shares a group."""
    names = np.char.strip(column.astype(str))
    _, numbers, sizes = np.unique(names, return_inverse=True, return_counts=True)
    alone = (sizes[numbers] < 2) | np.isin(np.char.lower(names), NOWHERE)
    return None if alone.all() else np.where(alone, -1, numbers).astype(np.int64)
