"""A few out of many, the same ones in whatever order they come."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from margin_core.values import Ints, Texts


def hash_sample(ids: Texts, count: int) -> Ints:
    """Give the positions of `count` ids, or of all where there are fewer: those whose hash is smallest. Ascending."""
    if len(ids) <= count:
        return np.arange(len(ids))
    hashed = b"".join(blake2b(name.encode(), digest_size=8, person=b"drawn").digest() for name in ids.tolist())
    numbers = np.frombuffer(hashed, dtype="<u8")
    return np.sort(np.argpartition(numbers, count)[:count])
