"""Rank all nodes, stable to the last tie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Findings, Texts

LAST_ROLES = ("unlabelled", "unscored")  # Spelled as stored explanations and tables have it.
"""Roles of samples about which a task says nothing; they come after all others."""


def rank(
    ids: Texts,
    scores: Doubles,
    roles: Texts,
    evidence: Mapping[str, NDArray[Any]],
    last: Sequence[str] = LAST_ROLES,
) -> Findings:
    """Rank by role, then score (largest first), then id.

    Parameters
    ----------
    ids : array of str (m,)
        Id of each node; decides between equal scores.
    scores : float array (m,)
        Larger = ranked higher.
    roles : array of str (m,)
        Any words; see `last`.
    evidence : mapping of str to array (m, ...)
        In the same order as `ids`.
    last : sequence of str
        Roles whose samples come after all others whatever their scores, in this order.

    Returns
    -------
    Findings
        All samples, reordered.
    """
    group = np.zeros(len(ids), dtype=np.int64)
    for number, role in enumerate(last, start=1):
        group[roles == role] = number
    order = np.lexsort((ids, -scores, group))
    return Findings(
        ids=ids[order],
        scores=scores[order],
        roles=roles[order],
        evidence={name: values[order] for name, values in evidence.items()},
    )
