"""A full ranking, stable to the last tie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Findings, Texts

ORDER_OF_ROLES = ("suspect", "boundary", "sample", "unlabelled", "unscored")
"""Samples of a later role come after all of an earlier one, whatever their scores."""


def rank(ids: Texts, scores: Doubles, roles: Texts, evidence: Mapping[str, NDArray[Any]]) -> Findings:
    """Order by role, then score (largest first), then id.

    Parameters
    ----------
    ids, scores, roles : arrays (m,)
    evidence : mapping of arrays (m, ...)
        In the same order as `ids`.

    Returns
    -------
    Findings
        All of it, reordered.
    """
    place = {role: number for number, role in enumerate(ORDER_OF_ROLES)}
    order = np.lexsort((ids, -scores, np.array([place[role] for role in roles.tolist()])))
    return Findings(
        ids=ids[order],
        scores=scores[order],
        roles=roles[order],
        evidence={name: values[order] for name, values in evidence.items()},
    )
