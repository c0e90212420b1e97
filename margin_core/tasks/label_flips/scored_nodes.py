"""Which samples have evidence of what they are, so that their labels can be scored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from margin_core.graph import GivenGraph, GraphRecipe
from margin_core.values import Graph, Need, Study, usable_rows


def have_evidence(study: Study, graph: Graph, neighbors: GraphRecipe) -> NDArray[np.bool_]:
    """Return which samples have neighbors, or in a given graph at least features.

    Parameters
    ----------
    study : Study
    graph : Graph
        Of its samples.
    neighbors : Knn or GivenGraph
        What built the graph. A sample without nearest neighbors has no usable features, or its split and group leave it
        none; one without an edge may have features, by which the linear probe knows it. Features that are all 0 say
        nothing.

    Returns
    -------
    bool array (n,)
    """
    joined = ~graph.isolated
    if not isinstance(neighbors, GivenGraph) or not study.has(Need.EMBEDDING):
        return joined
    alone = np.flatnonzero(~joined)
    features = study.embedding[alone]
    known = joined.copy()
    known[alone] = usable_rows(features) & features.any(axis=1)
    return known
