"""The least influential of each class in turn."""

from __future__ import annotations

import numpy as np

from margin_core.engine import Run
from margin_core.interpretation.pick.crowd import Crowd, in_turn
from margin_core.types import Ints


def round_robin(crowd: Crowd, count: int, run: Run) -> Ints:
    """Rank each class by influence, ascending, and take the classes in turn."""
    orders = [rows[np.argsort(crowd.influence[rows], kind="stable")] for rows in crowd.groups]
    return in_turn(orders, count)
