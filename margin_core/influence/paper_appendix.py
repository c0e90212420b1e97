"""The code printed in the paper's appendix, kept under its name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from margin_core.influence.high_pass import shift_operator
from margin_core.influence.magnitude import compute_influence
from margin_core.parameters import Recipe, parameter
from margin_core.values import Graph, Influence, Signal


@dataclass(frozen=True)
class PaperAppendixFilter(Recipe):
    r"""Filter as the paper's appendix prints it.

    .. math::

        P = (D^{-1/2} W D^{-1/2})^p,\quad M_i = \#\{j : P_{ij} > 0\},\quad
        f_1 = (P f) / M,\quad h = f_1 - (P f_1) / M

    P already averages, so dividing by the neighbour count once more makes the second term d times smaller
    on a d-regular graph: :math:`h \approx \text{mean}_N(f) / d`. It is a low-pass divided by the degree, ranks
    hubs last and finds flipped labels hardly better than chance; only the paper's adversarial figure is
    reached with it.

    Attributes
    ----------
    hops : int
        p; the authors' earlier code uses 2.
    """

    hops: int = parameter(1, help="Matrix power of the operator.", low=1, high=4)

    def __call__(self, graph: Graph, signal: Signal) -> Influence:
        """Filter a signal on a graph."""
        values = signal.values
        dense = values.toarray() if isinstance(values, sparse.csr_array) else values.astype(np.float64)
        once = shift_operator(graph, "symmetric")
        power = once
        for _ in range(self.hops - 1):
            power = sparse.csr_array(power @ once)
        count = np.maximum(np.diff(power.indptr), 1).astype(np.float64)
        count = count if dense.ndim == 1 else count[:, None]
        first = (power @ dense) / count
        return compute_influence(first - (power @ first) / count, dense)
