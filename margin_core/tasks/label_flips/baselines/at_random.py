"""No knowledge at all."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from margin_core.tasks.label_flips.baselines.evidence import BaselineInputs
from margin_core.values import Doubles, Graph, Study, Texts


def at_random(study: Study, graph: Graph, witnesses: BaselineInputs) -> Doubles:
    """Give numbers that look random and rest on the ids alone."""
    return hash_to_unit_interval(study.ids)


def hash_to_unit_interval(ids: Texts) -> Doubles:
    """Give each id a number in [0, 1) that looks random: the same every time, in whatever order."""
    hashed = b"".join(blake2b(name.encode(), digest_size=8, person=b"at random").digest() for name in ids.tolist())
    numbers: Doubles = np.frombuffer(hashed, dtype="<u8") / 2.0**64
    return numbers
