"""Edges as a source lists them, joined to its samples as a graph; what of them is left out or merged is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.errors import SourceError
from margin_core.study.notes import Note, assumption, loss, read
from margin_core.study.samples import Samples, counted, worded
from margin_core.values import Ints
from margin_core.values.arrays import frozen

VERSION = 1
"""Raised whenever the same edges become another graph."""


@dataclass(frozen=True, eq=False)
class EdgeRows:
    """Edges between the rows of a study, in the order of their source.

    Attributes
    ----------
    starts, ends : int array (e,)
        Rows of the samples.
    weights : float array (e,) or None
        None: all edges weigh the same.
    is_directed : bool
        Whether the source says that an edge leads from `starts` to `ends` only.
    """

    starts: Ints
    ends: Ints
    weights: NDArray[Any] | None = None
    is_directed: bool = False


def count_samples(samples: Samples) -> int:
    """Return how many samples a reader has found.

    Parameters
    ----------
    samples : Samples
        With one part at least.

    Returns
    -------
    int
    """
    parts = (samples.ids, samples.labels, samples.embedding, samples.probabilities, samples.inputs)
    return next(len(part) for part in parts if part is not None)


def with_edges(path: Path, samples: Samples, edges: EdgeRows) -> Samples:
    """Return samples with a graph of edges between them.

    Parameters
    ----------
    path : Path
        Of the edges, named in messages.
    samples : Samples
    edges : EdgeRows

    Returns
    -------
    Samples
        With ``graph``, and notes of what was merged and left out.

    Raises
    ------
    SourceError
        An edge names a row that is not there, or a weight is negative or not finite.

    Notes
    -----
    O(e log e): a million edges take about a second.
    """
    n = count_samples(samples)
    _check(path, edges, n)
    loops = edges.starts == edges.ends
    weightless = np.zeros_like(loops) if edges.weights is None else np.asarray(edges.weights == 0)
    used = ~(loops | weightless)
    starts, ends = edges.starts[used], edges.ends[used]
    weights = np.ones(len(starts)) if edges.weights is None else np.asarray(edges.weights[used], np.float64)
    one_way = sparse.csr_array((weights, (starts, ends)), shape=(n, n))  # adds the weights of what is listed again
    if edges.weights is None:
        one_way.data[:] = 1
    graph = sparse.csr_array(one_way.maximum(one_way.T))
    graph.sort_indices()
    listed_both_ways = one_way.nnz - graph.nnz // 2
    notes = [
        *_notes_of_left(loops, weightless),
        *_notes_of_merged(len(starts) - one_way.nnz, edges),
        *_notes_of_direction(listed_both_ways, graph.nnz // 2, edges),
        read(f"Graph: {_describe(graph)}."),
    ]
    indices, row_starts = graph.indices.astype(np.int32), graph.indptr.astype(np.int64)
    matrix = sparse.csr_array((graph.data.astype(np.float32), indices, row_starts), shape=(n, n))
    return replace(samples, graph=frozen(matrix), notes=(*samples.notes, *notes))


def _check(path: Path, edges: EdgeRows, n: int) -> None:
    if not len(edges.starts):
        raise SourceError(f"'{path}' lists no edge between two samples. Leave it out, or give a row an edge.")
    rows = np.concatenate([edges.starts, edges.ends])
    outside = rows[(rows < 0) | (rows >= n)]
    if len(outside):
        raise SourceError(
            f"'{path}': an edge names the node {outside[0]}, and there are nodes 0 to {n - 1:,}. Number the nodes from "
            "0, in the order of the samples, or leave that edge out."
        )
    if edges.weights is None:
        return
    odd = edges.weights[~(np.isfinite(edges.weights) & (edges.weights >= 0))]
    if len(odd):
        raise SourceError(
            f"'{path}': weights of edges must be finite and not negative; got {odd[0]:g}. Leave that edge out, or give "
            "it another weight."
        )


def _notes_of_left(loops: NDArray[np.bool_], weightless: NDArray[np.bool_]) -> Iterator[Note]:
    if count := int(loops.sum()):
        yield assumption(f"{counted(count, 'edge')} left out, from a node to itself.")
    if count := int((weightless & ~loops).sum()):
        yield loss(f"{counted(count, 'edge')} left out, of weight 0.")


def _notes_of_merged(again: int, edges: EdgeRows) -> Iterator[Note]:
    if again:
        how = "counts once" if edges.weights is None else "counts once, with the sum of its weights"
        yield assumption(f"{counted(again, 'edge')} listed more than once: each pair of nodes {how}.")


def _notes_of_direction(both: int, joined: int, edges: EdgeRows) -> Iterator[Note]:
    """Yield a note where a direction was given that the graph has not: edges in both directions are no news."""
    if edges.is_directed:
        yield assumption("Edges have a direction, which is not used: each joins its two nodes both ways.")
    elif 0 < both < joined:
        yield assumption(
            f"{counted(joined - both, 'edge')} listed in one direction and {both:,} in both: each joins its two nodes "
            "both ways."
        )


def _describe(graph: sparse.csr_array) -> str:
    """Return what a graph is like: its edges, its components, its nodes without an edge."""
    from scipy.sparse.csgraph import connected_components  # slow to import, and few studies bring a graph

    n = graph.shape[0]
    alone = int((np.diff(graph.indptr) == 0).sum())
    _, member = connected_components(graph, directed=False)
    sizes = np.bincount(member)
    components = int((sizes > 1).sum())
    largest = f", the largest of {counted(int(sizes.max()), 'node')}" if components > 1 else ""
    without = f"; {counted(alone, 'node')} {worded(alone, 'has', 'have')} no edge" if alone else ""
    edges = f"{counted(graph.nnz // 2, 'edge')} between {counted(n, 'node')}, read as undirected"
    return f"{edges}; {counted(components, 'component')}{largest}{without}"
