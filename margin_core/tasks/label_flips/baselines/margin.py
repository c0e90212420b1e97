"""The paper's ranking, as printed and with its sign kept."""

from __future__ import annotations

from margin_core.influence.magnitude import compute_positive_influence
from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.values import Doubles, Graph, Study


def margin(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    r"""Return the magnitude of the high-passed disagreement, :math:`|h_i| / \max_j |h_j|` with f of equation 3.

    It also marks clean samples whose neighbors are flipped.

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

    References
    ----------
    Anirudh, Thiagarajan, Sridhar, Bremer, MARGIN, Front. Big Data 4:589417 (2021), case study III.
    """
    return inputs.influence.scores


def margin_signed(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    r"""Compute the same with its sign: :math:`\max(h_i, 0) / \max_j h_j`.

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
    return compute_positive_influence(inputs.influence)
