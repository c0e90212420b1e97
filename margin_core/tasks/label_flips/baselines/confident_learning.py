"""Confident learning's two scores, by cleanlab itself."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.tasks.label_flips.baselines.out_of_sample import out_of_sample
from margin_core.values import UNLABELED, Doubles, Graph, Study
from margin_core.values.top_classes import blocks_of_rows


def self_confidence(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    r"""Compute :math:`1 - p_i(y_i)`, out of sample.

    ``cleanlab.rank.get_label_quality_scores(..., method='self_confidence')``, on the probabilities that the study
    brings, else on a cross-validated logistic regression. The negative log of the same is the out-of-sample loss.

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
    O(n c).

    References
    ----------
    Northcutt, Jiang, Chuang, Confident Learning, JAIR 70 (2021).
    """
    return _by_cleanlab("self_confidence", study, inputs)


def normalised_margin(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    r"""Compute :math:`(1 + \max_{c \ne y_i} p_i(c) - p_i(y_i)) / 2`, out of sample.

    ``cleanlab.rank.get_label_quality_scores(..., method='normalized_margin')``, on the same probabilities.

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
    O(n c).

    References
    ----------
    Northcutt, Jiang, Chuang, Confident Learning, JAIR 70 (2021).
    """
    return _by_cleanlab("normalized_margin", study, inputs)


def _by_cleanlab(method: str, study: Study, inputs: BaselineInputs) -> Doubles:
    labels = study.labels
    scores = np.zeros(len(labels))
    labeled = np.flatnonzero(labels != UNLABELED)
    if len(study.class_names) > 1 and len(labeled):
        from cleanlab.rank import get_label_quality_scores  # slow to import, and most rankings do without

        for block in blocks_of_rows(len(labeled), len(study.class_names)):
            rows = labeled[block]
            table = out_of_sample(study, inputs, rows)
            scores[rows] = 1 - get_label_quality_scores(labels[rows], table, method=method, adjust_pred_probs=False)
    return np.clip(scores, 0.0, 1.0)
