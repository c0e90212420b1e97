"""Features averaged over a graph."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from margin_core.values import Floats, Graph


def propagate(graph: Graph, points: Floats, hops: int) -> Floats:
    r"""Average the features of each node with those of its neighbors, some times over.

    .. math:: X \leftarrow (D + I)^{-1} (W + I) X

    Parameters
    ----------
    graph : Graph
        With weights W and degrees D.
    points : float32 array (n, d)
        Features of the nodes; finite.
    hops : int
        How many times; 0: none.

    Returns
    -------
    float32 array (n, d)

    Notes
    -----
    O(hops edges d).

    References
    ----------
    Wu et al., Simplifying graph convolutional networks, ICML 2019; Wu et al., Active learning for graph neural
    networks via node feature propagation, 2019.
    """
    own = sparse.csr_array(graph.weights.astype(np.float64) + sparse.eye_array(graph.weights.shape[0], format="csr"))
    mean = sparse.diags_array(1 / own.sum(axis=1)) @ own
    values = points.astype(np.float64)
    for _ in range(hops):
        values = mean @ values
    return values.astype(np.float32)
