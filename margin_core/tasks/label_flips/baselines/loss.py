"""The training loss of a model on the labels it was fitted on."""

from __future__ import annotations

import numpy as np

from margin_core.probe.in_sample import fit_in_sample_probe
from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.values import UNLABELED, Doubles, Graph, Need, Study

MIN_PROBABILITY = 1e-300
"""Keeps the logarithm of a brought probability finite."""


def loss(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    r"""Compute :math:`-\log p_i(y_i)` over its largest value, in sample.

    p is what the study brings if its model was trained on these very labels (``out_of_sample=False``), else an L2
    logistic regression fitted on all of them at once. Out-of-sample probabilities are `self_confidence`, which
    ranks like their loss. A label whose class the fit has not met is at 1.

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
    O(n c) and the fit.
    """
    labels = study.labels
    each = np.arange(len(labels))
    if study.has(Need.PROBABILITIES) and not study.out_of_sample:
        known = labels != UNLABELED
        losses = -np.log(np.maximum(study.probabilities[each, labels].astype(np.float64), MIN_PROBABILITY))
    else:
        probe = fit_in_sample_probe(study, inputs.training)
        if probe is None:
            return np.zeros(len(labels))
        known = probe.label_column >= 0
        losses = -probe.log_probabilities[each, probe.label_column]
    most = float(losses[known].max(initial=0.0))
    scaled = losses / most if most > 0 else np.zeros(len(labels))
    return np.where(known, np.clip(scaled, 0.0, 1.0), 1.0)
