"""The least influential first."""

from __future__ import annotations

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.prototypes.selection.candidates import Crowd
from margin_core.values import Ints


def influence(crowd: Crowd, count: int, run: Run) -> Ints:
    """Rank all samples by influence, ascending, whatever their class: typical is what its neighbours foretell."""
    everybody = crowd.everybody
    return everybody[np.argsort(crowd.influence[everybody], kind="stable")][:count]
