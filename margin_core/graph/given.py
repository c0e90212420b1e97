"""The graph that a study brings: its recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from margin_core.errors import MissingPart
from margin_core.graph.constraints import EdgeConstraints
from margin_core.parameters import Recipe, parameter
from margin_core.values import Domain, Graph, Need


@dataclass(frozen=True)
class GivenGraph(Recipe):
    """The recipe that uses the graph of the study, ``Study.build(graph=...)``, instead of nearest neighbors.

    Edges and weights are used as given, except those that splits or groups of the study forbid (docs/decisions/0009):
    results for training samples may not depend on held-out samples.

    Parameters
    ----------
    listed : int, 1 to 1000
        How many neighbors of each node are listed, those of the largest weight first; all of them vote.

    Notes
    -----
    The distance of two neighbors is ``1 / weight``.

    Examples
    --------
    A ring of six samples, one of which has another value than those beside it:

    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.graph import GivenGraph
    >>> from margin_core.tasks import ContextualOutliers
    >>> ring = np.array([np.arange(6), (np.arange(6) + 1) % 6])
    >>> both_ways = np.hstack([ring, ring[::-1]])
    >>> study = Study.build(ids=list("abcdef"), graph=both_ways, signals={"height": [1, 1, 1, 5, 1, 1]})
    >>> explanation = explain(ContextualOutliers(graph=GivenGraph(), column="height"), study)
    >>> explanation.findings.ids[0].item(), explanation.findings.evidence["expected"][0].item()
    ('d', 1.0)
    """

    needs: ClassVar[frozenset[Need]] = frozenset({Need.GRAPH})
    metric: ClassVar[str] = "euclidean"
    """How features are compared where no edge says how near samples are."""
    listed: int = parameter(20, help="How many neighbors of each node are listed; all of them vote.", low=1, high=1000)

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
        return f"Reading the given graph of {n_nodes:,} {nodes}"

    def compute(self, domain: Domain) -> Graph:
        """Return the given graph of a domain.

        Parameters
        ----------
        domain : Domain
            With ``edges``.

        Returns
        -------
        Graph

        Raises
        ------
        MissingPart
            No graph is given, or nodes are no samples.
        """
        given = domain.edges
        if given is None:
            raise MissingPart(
                "There is no given graph whose nodes these are. Use Knn(), or pass graph= to Study.build."
            )
        m = len(domain.ids)
        edges = given.tocoo()
        target, source, weight = edges.row.astype(np.int64), edges.col.astype(np.int64), edges.data
        constraints = EdgeConstraints.of(domain, np.arange(m))
        if constraints is not None:
            allowed = ~constraints.forbidden_edges(target, source)
            target, source, weight = target[allowed], source[allowed], weight[allowed]
        weights = sparse.csr_array((weight, (target, source)), shape=(m, m))
        order = np.lexsort((source, -weight, target))
        target, source, weight = target[order], source[order], weight[order]
        degree = np.bincount(target, minlength=m)
        place = np.arange(len(target)) - np.repeat(np.cumsum(degree) - degree, degree)
        k = min(self.listed, int(degree.max(initial=0)))
        listed = place < k
        neighbors = np.full((m, k), -1, dtype=np.int32)
        distances = np.full((m, k), np.inf, dtype=np.float32)
        neighbors[target[listed], place[listed]] = source[listed]
        distances[target[listed], place[listed]] = 1 / weight[listed]
        return Graph(weights=weights, neighbours=neighbors, distances=distances)
