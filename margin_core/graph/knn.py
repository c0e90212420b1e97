"""The nearest-neighbor graph: its recipe, and how it is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.graph.constraints import EdgeConstraints
from margin_core.graph.weights import SYMMETRIES, WEIGHTS, normalize_rows
from margin_core.parameters import Recipe, parameter
from margin_core.values import Domain, Graph, Need, usable_rows


@dataclass(frozen=True)
class Knn(Recipe):
    """The recipe of a graph that connects every node with its k nearest neighbors.

    Parameters
    ----------
    k : int, 1 to 1000
        Number of neighbors. Where a domain has fewer than k + 1 nodes, all others are neighbors.
    metric : {'euclidean', 'cosine'}
        Cosine distance is ``1 - cos``; a row of zeros lies at distance 1/2 from all that are
        not zero.
    weights : {'self_tuned', 'binary', 'cosine'}
        Weights of the edges; see `margin_core.graph.weights`.
    symmetry : {'union', 'mutual'}
        Whether an edge exists if either end is among the other's nearest, or only if both are.

    Raises
    ------
    ParameterError
        A value outside its range.

    Notes
    -----
    Neighbors are searched exactly in O(m^2 d) up to 2 * 10^10 multiplications, beyond that in about O(m^1.5 d); see
    `margin_core.graph.search.find_nearest_neighbors`.

    Examples
    --------
    >>> from margin_core import Study
    >>> from margin_core.domain import every_sample
    >>> from margin_core.graph import Knn, build_graph
    >>> study = Study.build(embedding=[[0.0], [1.0], [3.0], [7.0]])
    >>> graph = build_graph(Knn(k=1, weights="binary"), every_sample(study))
    >>> graph.neighbours.ravel().tolist()
    [1, 0, 1, 2]
    >>> graph.weights.toarray().astype(int).tolist()
    [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
    """

    needs: ClassVar[frozenset[Need]] = frozenset()
    k: int = parameter(20, help="Number of neighbors.", low=1, high=1000)
    metric: str = parameter("euclidean", help="How distance is measured.", choices=("euclidean", "cosine"))
    weights: str = parameter("self_tuned", help="What an edge weighs.", choices=tuple(WEIGHTS))
    symmetry: str = parameter(
        "union", help="Keep an edge when either end chose the other, or both.", choices=tuple(SYMMETRIES)
    )

    def describe(self, n_nodes: int, nodes: str) -> str:
        """Return a description of the step for a progress message.

        Parameters
        ----------
        n_nodes : int
        nodes : str
            What nodes are.

        Returns
        -------
        str
        """
        return f"Finding the {self.k} nearest neighbors of {n_nodes:,} {nodes}"

    def compute(self, domain: Domain) -> Graph:
        """Compute the graph of a domain without storing it; see `build_graph`.

        Parameters
        ----------
        domain : Domain
            m nodes at ``points``.

        Returns
        -------
        Graph
            Nodes without usable features are isolated.
        """
        from margin_core.graph.search import find_nearest_neighbors  # slow to import, and most graphs are stored

        points = domain.points
        m = len(points)
        usable = np.flatnonzero(usable_rows(points))
        k = min(self.k, len(usable) - 1)
        if k < 1:
            return Graph(
                weights=sparse.csr_array((m, m), dtype=np.float32),
                neighbours=np.empty((m, 0), dtype=np.int32),
                distances=np.empty((m, 0), dtype=np.float32),
            )
        kept = points[usable]
        constraints = EdgeConstraints.of(domain, usable)
        if self.metric == "cosine":
            found, distance = find_nearest_neighbors(normalize_rows(kept), k, constraints=constraints)
            distance = np.square(distance) * np.float32(0.5)  # for unit vectors, |x - y|^2 = 2 (1 - cos)
        else:
            found, distance = find_nearest_neighbors(kept, k, constraints=constraints)
        weighed = WEIGHTS[self.weights](kept, found, distance)

        neighbors = np.full((m, k), -1, dtype=np.int32)
        neighbors[usable] = np.where(found >= 0, usable[found], -1)
        distances = np.full((m, k), np.inf, dtype=np.float32)
        distances[usable] = distance
        row, column = np.nonzero(found >= 0)
        target, source, weight = row, found[row, column].astype(np.int64), weighed[row, column]
        symmetric = SYMMETRIES[self.symmetry]

        def edges(which: NDArray[np.bool_] | slice) -> sparse.csr_array:
            ends = (usable[target[which]], usable[source[which]])
            return sparse.csr_array((weight[which], ends), shape=(m, m))

        if constraints is None:
            weights = symmetric(edges(slice(None)))
        else:
            # Symmetry only where both directions are allowed: an edge into a held-out split is never turned round.
            single = constraints.one_way(target, source)
            weights = sparse.csr_array(symmetric(edges(~single)) + edges(single))
        return Graph(weights=weights, neighbours=neighbors, distances=distances)
