"""Pseudo-random numbers and samples that depend on ids alone, in whatever order they come."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Ints, Texts


def hash_sample(ids: Texts, count: int) -> Ints:
    """Select a pseudo-random sample of ids: those whose hash is smallest.

    Parameters
    ----------
    ids : array of str (n,)
        Unique.
    count : int
        How many.

    Returns
    -------
    int array (min(n, count),)
        Positions, ascending; all of them where there are no more than `count`. The same ids whatever their order.
    """
    if len(ids) <= count:
        return np.arange(len(ids))
    # The purpose is part of every hash: another word would select other samples.
    return np.sort(np.argpartition(_hashes(ids, b"drawn"), count)[:count])


def hash_to_unit_interval(ids: Texts) -> Doubles:
    """Compute a pseudo-random number of each id.

    Parameters
    ----------
    ids : array of str (n,)
        Any texts; the same text has the same number in every run.

    Returns
    -------
    float array (n,)
        In [0, 1), even over the interval; the same id always has the same.
    """
    numbers: Doubles = _hashes(ids, b"at random") / 2.0**64
    return numbers


def _hashes(ids: Texts, purpose: bytes) -> NDArray[np.uint64]:
    hashed = b"".join(blake2b(name.encode(), digest_size=8, person=purpose).digest() for name in ids.tolist())
    return np.frombuffer(hashed, dtype="<u8")
