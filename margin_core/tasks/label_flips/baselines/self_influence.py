"""How much a sample supports its own label: exact self-influence of the linear probe."""

from __future__ import annotations

import numpy as np

from margin_core.probe.in_sample import fit_in_sample_probe
from margin_core.probe.self_influence import compute_self_influence
from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.values import Doubles, Graph, Study


def self_influence(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    r"""Compute :math:`g_i^T H^{-1} g_i` over its largest value.

    How fast the loss of sample i falls as its own weight in the fit of an L2 logistic regression grows: it is large
    where only the sample itself supports its label. With logits :math:`B \theta x` and :math:`S_i = \mathrm{diag}(p_i)
    - p_i p_i^T`,

    .. math::

        g_i = B^T (p_i - e_{y_i}) \otimes x_i,\qquad
        H = \sum_i B^T S_i B \otimes x_i x_i^T + \tfrac{1}{C} I,

    in closed form, by one Cholesky factor. Above 2,000 parameters only the blocks of H within a class are kept. A
    label whose class the fit has not met is at 1.

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
    O(n d^2 c^2 + c^3 d^3), above 2,000 parameters O(n d^2 c + c d^3), d at most 129.

    References
    ----------
    Koh and Liang, Understanding Black-box Predictions via Influence Functions, ICML 2017, equation 5.
    """
    probe = fit_in_sample_probe(study, inputs.training)
    if probe is None:
        return np.zeros(len(study))
    known = probe.label_column >= 0
    influence = np.where(known, compute_self_influence(probe, inputs.training), 0.0)
    most = float(influence.max(initial=0.0))
    scaled = influence / most if most > 0 else influence
    return np.where(known, np.clip(scaled, 0.0, 1.0), 1.0)
