"""The high-pass filter of the paper's text: what the neighbors do not predict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from margin_core.influence.magnitude import compute_influence
from margin_core.parameters import Recipe, parameter
from margin_core.values import Graph, Influence, Signal, SignalValues


@dataclass(frozen=True)
class HighPass(Recipe):
    r"""The high-pass filter: the value of a node minus the mean of its neighbors.

    .. math:: h = f - P^p f,\qquad I_i = |h_i| / \max_j |h_j|

    With ``operator='random_walk'``, :math:`P = D^{-1} W` is the weighted mean over the neighbors, and a
    constant signal has exactly zero influence. With ``'symmetric'``, :math:`P = D^{-1/2} W D^{-1/2}`, and the
    mean of f is subtracted first, since P does not preserve a constant on an irregular graph.

    Parameters
    ----------
    operator : {'random_walk', 'symmetric'}
        How neighbors are averaged.
    hops : int, 1 to 8
        p, how many steps away the neighborhood reaches.

    Raises
    ------
    ParameterError
        A value outside its range.

    Notes
    -----
    O(p edges) for each signal. For an isolated node, h = 0.

    References
    ----------
    Anirudh, Thiagarajan, Sridhar, Bremer, MARGIN, Front. Big Data 4:589417 (2021), equation 1.

    Examples
    --------
    A path of three nodes; the middle one differs from the mean of its neighbors by 1, the ends by as much.

    >>> import numpy as np
    >>> from margin_core import Study
    >>> from margin_core.domain import every_sample
    >>> from margin_core.graph import Knn, build_graph
    >>> from margin_core.influence import HighPass
    >>> from margin_core.values import Signal
    >>> path = build_graph(Knn(k=1, weights="binary"), every_sample(Study.build(embedding=[[0.0], [1.0], [3.0]])))
    >>> influence = HighPass()(path, Signal(values=np.array([0.0, 1.0, 0.0]), hypothesis="all nodes are alike"))
    >>> influence.high_pass.tolist()
    [-1.0, 1.0, -1.0]
    >>> influence.scores.tolist()
    [1.0, 1.0, 1.0]
    """

    operator: str = parameter("random_walk", help="How neighbors are averaged.", choices=("random_walk", "symmetric"))
    hops: int = parameter(1, help="How many steps away the neighborhood reaches.", low=1, high=8)

    def __call__(self, graph: Graph, signal: Signal) -> Influence:
        """Compute the influence of every node.

        Parameters
        ----------
        graph : Graph
        signal : Signal
            On the nodes of the graph.

        Returns
        -------
        Influence
            Scores (m,) in [0, 1]; larger = less like its neighbors.
        """
        values: SignalValues = signal.values.astype(np.float64)
        if self.operator == "symmetric":
            values = _centered(values)
        shift = compute_shift_operator(graph, self.operator)
        smooth = values
        for _ in range(self.hops):
            smooth = shift @ smooth
        filtered = values - smooth
        present = (~graph.isolated).astype(np.float64)
        if isinstance(filtered, sparse.csr_array):
            filtered = sparse.csr_array(sparse.diags_array(present) @ filtered)
        else:
            filtered = filtered * (present if filtered.ndim == 1 else present[:, None])
        return compute_influence(filtered, signal.values)


def compute_shift_operator(graph: Graph, operator: str) -> sparse.csr_array:
    """Compute the graph shift operator P.

    Parameters
    ----------
    graph : Graph
        With weights W and degrees D.
    operator : {'random_walk', 'symmetric'}
        ``D^-1 W`` or ``D^-1/2 W D^-1/2``.

    Returns
    -------
    CSR array (m, m)
        An isolated node's row is 0.

    Notes
    -----
    O(edges).
    """
    weights = graph.weights.astype(np.float64)
    degree = np.asarray(weights.sum(axis=1)).ravel()
    with np.errstate(divide="ignore"):
        if operator == "random_walk":
            return sparse.csr_array(sparse.diags_array(np.where(degree > 0, 1 / degree, 0)) @ weights)
        half = sparse.diags_array(np.where(degree > 0, 1 / np.sqrt(degree), 0))
    return sparse.csr_array(half @ weights @ half)


def _centered(values: SignalValues) -> SignalValues:
    dense = values.toarray() if isinstance(values, sparse.csr_array) else values
    centered: SignalValues = dense - dense.mean(axis=0)
    return centered
