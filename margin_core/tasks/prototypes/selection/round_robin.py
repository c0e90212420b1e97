"""The least influential of each class in turn."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import Crowd, in_turn
from margin_core.values import Ints


def round_robin(crowd: Crowd, count: int, run: Run) -> Ints:
    """Rank each class by influence, ascending, and take the classes in turn."""
    orders = [rows[np.argsort(crowd.influence[rows], kind="stable")] for rows in crowd.groups]
    return in_turn(orders, count)
