"""Plain disagreement of the neighbors."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.values import Doubles, Graph, Study


def disagreement(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    r"""Compute the weighted share of neighbors that carry another label.

    .. math:: h_{i, y_i} = 1 - \sum_j P_{ij} [y_j = y_i]

    the own component of the high-passed one-hot labels.

    Parameters
    ----------
    study : Study
    graph : Graph
    inputs : BaselineInputs

    Returns
    -------
    float array (n,)
        In [0, 1]; larger = more likely an error.

    Notes
    -----
    O(n).
    """
    own = np.maximum(study.labels, 0)
    h = inputs.influence.high_pass[np.arange(len(own)), own]
    return np.clip(np.asarray(h, dtype=np.float64).ravel(), 0.0, 1.0)
