"""The filter printed in the paper's appendix, to reproduce its figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from margin_core.influence.high_pass import compute_shift_operator
from margin_core.influence.magnitude import compute_influence
from margin_core.parameters import Recipe, parameter
from margin_core.values import Graph, Influence, Signal


@dataclass(frozen=True)
class PaperAppendixFilter(Recipe):
    r"""The filter that the paper's appendix prints.

    .. math::

        P = (D^{-1/2} W D^{-1/2})^p,\quad M_i = \#\{j : P_{ij} > 0\},\quad
        f_1 = (P f) / M,\quad h = f_1 - (P f_1) / M

    P already averages, so dividing by the number of neighbors once more makes the second term d times smaller
    on a d-regular graph: :math:`h \approx \text{mean}_N(f) / d`. It is a low-pass divided by the degree, ranks
    hubs last and finds flipped labels hardly better than a random order; only the paper's adversarial figure is
    reached with it.

    Parameters
    ----------
    hops : int, 1 to 4
        p; the authors' earlier code uses 2.

    Raises
    ------
    ParameterError
        A value outside its range.

    Notes
    -----
    O(m) times the p-hop neighborhood.

    References
    ----------
    Anirudh, Thiagarajan, Sridhar, Bremer, MARGIN, Front. Big Data 4:589417 (2021), appendix.
    """

    hops: int = parameter(1, help="Matrix power of the operator.", low=1, high=4)

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
            Scores (m,) in [0, 1].
        """
        values = signal.values
        dense = values.toarray() if isinstance(values, sparse.csr_array) else values.astype(np.float64)
        once = compute_shift_operator(graph, "symmetric")
        power = once
        for _ in range(self.hops - 1):
            power = sparse.csr_array(power @ once)
        count = np.maximum(np.diff(power.indptr), 1).astype(np.float64)
        count = count if dense.ndim == 1 else count[:, None]
        first = (power @ dense) / count
        return compute_influence(first - (power @ first) / count, dense)
