"""The training loss of a model on the labels it was fitted on."""

from __future__ import annotations

import numpy as np

from margin_core.probe.in_sample import in_sample
from margin_core.tasks.label_flips.baselines.evidence import BaselineInputs
from margin_core.values import Doubles, Graph, Need, Study

LEAST = 1e-300
"""Keeps the logarithm of a brought probability finite."""


def loss(study: Study, graph: Graph, witnesses: BaselineInputs) -> Doubles:
    r"""Give :math:`-\log p_i(y_i)` over its largest value, in sample.

    p is what the study brings if its model was trained on these very labels (``out_of_sample=False``), else an L2
    logistic regression fitted on all of them at once. Out-of-sample probabilities are `self_confidence`, which
    ranks like their loss. A label whose class the fit has not met is at 1. O(n c) and the fit.
    """
    labels = study.labels
    each = np.arange(len(labels))
    if study.has(Need.PROBABILITIES) and not study.out_of_sample:
        known = labels >= 0
        each_loss = -np.log(np.maximum(study.probabilities[each, labels].astype(np.float64), LEAST))
    else:
        fitted = in_sample(study, witnesses.learnt_from)
        if fitted is None:
            return np.zeros(len(labels))
        known = fitted.place >= 0
        each_loss = -fitted.log_probabilities[each, fitted.place]
    most = float(each_loss[known].max(initial=0.0))
    scaled = each_loss / most if most > 0 else np.zeros(len(labels))
    return np.where(known, np.clip(scaled, 0.0, 1.0), 1.0)
