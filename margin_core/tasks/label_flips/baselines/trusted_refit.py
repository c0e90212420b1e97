"""The trust-weighted probe, taken alone."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.values import Doubles, Graph, Study


def trusted_refit(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    r"""Compute :math:`1 - p_2(y_i)` of the probe fitted again with each sample weighted by its trust.

    Trust is the mean of the share of neighbors that agree and the first fit's out-of-sample probability of the
    given label. One of the default's own opinions.

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
    scores: Doubles = 1.0 - inputs.probe.probabilities.at_one(study.labels).astype(np.float64)
    return np.clip(scores, 0.0, 1.0)
