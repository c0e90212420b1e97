"""The filter of the paper's text: what the neighbours do not foretell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from margin_core.influence.magnitude import compute_influence
from margin_core.parameters import Recipe, parameter
from margin_core.values import Graph, Influence, Signal, SignalValues


@dataclass(frozen=True)
class HighPass(Recipe):
    r"""Subtract from each node what its neighbours say.

    .. math:: h = f - P^p f,\qquad I_i = |h_i| / \max_j |h_j|

    With ``operator='random_walk'``, :math:`P = D^{-1} W` is the weighted mean over the neighbours, and a
    constant signal has exactly no influence. With ``'symmetric'``, :math:`P = D^{-1/2} W D^{-1/2}`, and the
    mean of f is taken off first, since P does not leave a constant alone on an irregular graph.

    Attributes
    ----------
    operator : {'random_walk', 'symmetric'}
    hops : int
        p, how many steps away the neighbourhood reaches.

    Notes
    -----
    O(p edges) for each signal. An isolated node has nobody to disagree with: h = 0 there.

    References
    ----------
    Anirudh, Thiagarajan, Sridhar, Bremer, MARGIN, Front. Big Data 4:589417 (2021), equation 1.
    """

    operator: str = parameter("random_walk", help="How neighbours are averaged.", choices=("random_walk", "symmetric"))
    hops: int = parameter(1, help="How many steps away the neighbourhood reaches.", low=1, high=8)

    def __call__(self, graph: Graph, signal: Signal) -> Influence:
        """Filter a signal on a graph."""
        values = _as_double(signal.values)
        if self.operator == "symmetric":
            values = _centred(values)
        shift = shift_operator(graph, self.operator)
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


def shift_operator(graph: Graph, operator: str) -> sparse.csr_array:
    """Give P: ``D^-1 W`` ('random_walk') or ``D^-1/2 W D^-1/2`` ('symmetric'); an isolated node's row is 0."""
    weights = graph.weights.astype(np.float64)
    degree = np.asarray(weights.sum(axis=1)).ravel()
    with np.errstate(divide="ignore"):
        if operator == "random_walk":
            return sparse.csr_array(sparse.diags_array(np.where(degree > 0, 1 / degree, 0)) @ weights)
        half = sparse.diags_array(np.where(degree > 0, 1 / np.sqrt(degree), 0))
    return sparse.csr_array(half @ weights @ half)


def _as_double(values: SignalValues) -> SignalValues:
    return values.astype(np.float64)


def _centred(values: SignalValues) -> SignalValues:
    dense = values.toarray() if isinstance(values, sparse.csr_array) else values
    centred: SignalValues = dense - dense.mean(axis=0)
    return centred
