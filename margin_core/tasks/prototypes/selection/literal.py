"""The paper's rule, as printed."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import Crowd
from margin_core.values import Ints


def literal(crowd: Crowd, count: int, run: Run) -> Ints:
    """Keep the samples of low influence, and rank these by the signal, ascending.

    The paper gives neither the threshold nor the direction; small discrepancy is what it calls typical. Without
    coverage and without balance the first hundreds sit in the one class that is densest (`docs/prototypes.md`).

    References
    ----------
    MARGIN, Front. Big Data 4:589417 (2021), case study I.
    """
    low = crowd.calmest(crowd.everybody)
    return low[np.argsort(crowd.signal[low], kind="stable")][:count]
