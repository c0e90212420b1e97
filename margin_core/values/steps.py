"""The results of the first four steps of the protocol: domain, graph, signal and influence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.errors import SourceError
from margin_core.storage.archive import sparse_from_arrays, sparse_to_arrays
from margin_core.values.arrays import Doubles, Floats, Ints, SignalValues, Texts, freeze
from margin_core.values.summaries import ShortRepr

NO_ROW = -1
"""The row of a node that belongs to no sample of the study: a variable, or a sample of the reference."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Domain(ShortRepr):
    """Step 1: the nodes.

    Attributes
    ----------
    ids : array of str (m,)
    rows : int array (m,)
        The sample that each node belongs to; `NO_ROW` where it belongs to none. Values of samples are looked up with
        `take`: as an index, `NO_ROW` would be the last sample.
    points : float32 array (m, d)
        Coordinates of each node; the graph is computed from the distances.
    layout : int array (r, a, b) or (r, d) or None
        When nodes are parts of one sample: the node of each place in each of r divisions of it. Places are the cells
        of a grid that is laid over a picture, or the columns of a row, or the words of a text.
    size : (int, int) or None
        Height and width of the picture that the grid lies on.
    splits : int array (m,) or None
        The split of each node; 0 = training. A node has edges from its own split and from split 0, no other.
    groups : int array (m,) or None
        Nodes of one group (not negative) are never neighbors; negative = in no group.
    edges : CSR float32 array (m, m) or None
        Weights of a graph of the nodes that the study brings; symmetric. Not kept in an archive: the graph is.
    fingerprint : str
    """

    ids: Texts
    rows: Ints
    points: Floats
    fingerprint: str
    layout: Ints | None = None
    size: tuple[int, int] | None = None
    splits: Ints | None = None
    groups: Ints | None = None
    edges: sparse.csr_array | None = None

    def __post_init__(self) -> None:
        freeze(self, "ids", "rows", "points", "layout", "splits", "groups")

    def take(self, values: NDArray[Any], missing: Any) -> NDArray[Any]:
        """Return the value of the sample that each node belongs to.

        Parameters
        ----------
        values : array (n, ...)
            One for each sample of the study.
        missing : scalar
            What nodes get that belong to no sample.

        Returns
        -------
        array (m, ...)
        """
        taken = values[np.maximum(self.rows, 0)]
        taken[self.rows == NO_ROW] = missing
        return taken


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Graph(ShortRepr):
    """Step 2: which nodes are neighbors.

    Attributes
    ----------
    weights : CSR array (m, m)
        Not negative, empty diagonal; row i holds the weights of the neighbors that vote on node i. Symmetric, but for
        one thing: where a domain has splits, split 0 votes on nodes of other splits and they do not vote on it. A node
        without edges is isolated: its features are missing, or it has no neighbor at all.
    neighbours : int32 array (m, k)
        Nearest first, ties by node number; -1 where a node has none.
    distances : float32 array (m, k)
        Same order; infinite where there is no neighbor.

    Raises
    ------
    SourceError
        Shapes that differ, a negative weight, or an edge from a node to itself.
    """

    weights: sparse.csr_array
    neighbours: NDArray[np.int32]
    distances: Floats

    def __post_init__(self) -> None:
        m = self.neighbours.shape[0]
        if self.weights.shape != (m, m) or self.distances.shape != self.neighbours.shape:
            raise SourceError(
                f"Graph: weights, neighbours and distances must be of the same m nodes, (m, m), (m, k) and (m, k); got "
                f"{self.weights.shape}, {self.neighbours.shape} and {self.distances.shape}."
            )
        if self.weights.nnz and (self.weights.data.min() < 0 or self.weights.diagonal().any()):
            raise SourceError(
                "Graph: weights must not be negative, and no node may have an edge to itself. Leave such edges out."
            )
        freeze(self, "weights", "neighbours", "distances")

    @property
    def neighbors(self) -> NDArray[np.int32]:
        """The same as `neighbours`."""
        return self.neighbours

    @property
    def isolated(self) -> NDArray[np.bool_]:
        """Nodes without any edge, (m,)."""
        alone: NDArray[np.bool_] = np.diff(self.weights.indptr) == 0
        return alone

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return the graph as named arrays, for an archive.

        Returns
        -------
        dict of str to array
        """
        return sparse_to_arrays("weights", self.weights) | {
            "neighbours": self.neighbours,
            "distances": self.distances,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Build a graph from the arrays of `to_arrays`.

        Parameters
        ----------
        arrays : mapping of str to array
            As `to_arrays` names them; others are left alone.

        Returns
        -------
        Graph
        """
        return cls(
            weights=sparse_from_arrays("weights", arrays),
            neighbours=arrays["neighbours"],
            distances=arrays["distances"],
        )


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Signal(ShortRepr):
    """Step 3: the explanation function on the nodes.

    Attributes
    ----------
    values : array (m,) or (m, s), or CSR array (m, s)
        Sparse where most entries are zero, such as one-hot labels.
    hypothesis : str
        The assumption in one sentence; influential nodes contradict it.
    """

    values: SignalValues
    hypothesis: str

    def __post_init__(self) -> None:
        freeze(self, "values")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Influence(ShortRepr):
    """Step 4: how far each node's value is from what its neighbors predict.

    Attributes
    ----------
    scores : float array (m,) in [0, 1]
        Magnitude of the high-passed signal over its maximum; larger = more influential.
    high_pass : same shape as the signal
        The high-passed signal itself, with its sign.
    """

    scores: Doubles
    high_pass: SignalValues

    def __post_init__(self) -> None:
        freeze(self, "scores", "high_pass")


@dataclass(frozen=True, eq=False)
class Steps:
    """The results of the first four steps of the protocol, which an interpretation reads.

    Attributes
    ----------
    domain : Domain
    graph : Graph
    signal : Signal
    influence : Influence
    """

    domain: Domain
    graph: Graph
    signal: Signal
    influence: Influence
