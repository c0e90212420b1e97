"""Plain disagreement of the neighbours."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.label_flips.baselines.evidence import BaselineInputs
from margin_core.values import Doubles, Graph, Study


def disagreement(study: Study, graph: Graph, witnesses: BaselineInputs) -> Doubles:
    r"""Give the weighted share of neighbours that carry another label.

    .. math:: h_{i, y_i} = 1 - \sum_j P_{ij} [y_j = y_i]

    the own component of the high-passed one-hot labels. O(n).
    """
    own = np.maximum(study.labels, 0)
    h = witnesses.influence.high_pass[np.arange(len(own)), own]
    return np.clip(np.asarray(h, dtype=np.float64).ravel(), 0.0, 1.0)
