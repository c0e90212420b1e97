"""A random ranking: what no knowledge at all is worth."""

from __future__ import annotations

from margin_core.domain.hash_sample import hash_to_unit_interval
from margin_core.tasks.label_flips.baselines.inputs import BaselineInputs
from margin_core.values import Doubles, Graph, Study


def at_random(study: Study, graph: Graph, inputs: BaselineInputs) -> Doubles:
    """Return pseudo-random scores that depend on the ids alone.

    Parameters
    ----------
    study : Study
    graph : Graph
    inputs : BaselineInputs

    Returns
    -------
    float array (n,)
        In [0, 1]; larger = more likely an error.
    """
    return hash_to_unit_interval(study.ids)
