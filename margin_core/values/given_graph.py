"""A graph that somebody brings, from the forms in which people hold one to a matrix of weights."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.errors import MarginWarning, SourceError
from margin_core.values.array_like import to_array
from margin_core.values.arrays import Texts, frozen
from margin_core.values.handed_in import to_numbers

LARGEST_WEIGHT = 1e30
"""Larger weights, and smaller ones than its inverse, cannot be told apart in single precision."""


def checked_graph(name: str, graph: Any | None, ids: Texts) -> sparse.csr_array | None:
    """Return a given graph as a symmetric matrix of weights.

    Parameters
    ----------
    name : str
        Of the study, for messages.
    graph : object or None
        A SciPy sparse or dense matrix (n, n) of weights; a NetworkX graph, whose nodes are the ids of the study or its
        rows 0 ... n-1, with the edge attribute ``weight`` (default 1); an ``edge_index`` (2, e) of rows as PyTorch
        Geometric has it, a pair ``(edge_index, edge_weight)``, or an object with these two attributes. Weights of
        an edge that is listed several times are added.
    ids : array of str (n,)
        Of the samples, in order.

    Returns
    -------
    CSR float32 array (n, n) or None
        Read-only, symmetric, not negative, with an empty diagonal.

    Raises
    ------
    SourceError
        Another shape, an edge to a node that is no sample, or a weight that is negative or not finite.

    Warns
    -----
    MarginWarning
        Edges had one direction (each counts both ways, with the larger weight), or led from a node to itself (left
        out).
    """
    if graph is None:
        return None
    n = len(ids)
    if isinstance(graph, sparse.csr_array) and not graph.data.flags.writeable and graph.shape == (n, n):
        return graph  # that of another study, checked there
    try:
        weights = _to_matrix(name, graph, ids)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(
            f"Study '{name}': weights of the graph must be numbers; {' '.join(str(error).split())}. Give a matrix of "
            "numbers, a NetworkX graph or an edge_index."
        ) from None
    if weights.shape != (n, n):
        raise SourceError(
            f"Study '{name}': the graph must have one node a sample, ({n:,}, {n:,}); got {weights.shape}."
        )
    if not np.isfinite(weights.data).all() or (weights.data < 0).any():
        odd = weights.data[~(np.isfinite(weights.data) & (weights.data >= 0))][0]
        raise SourceError(
            f"Study '{name}': weights of the graph must be finite and not negative; got {odd:g}. Leave that edge out, "
            "or give it another weight."
        )
    if weights.nnz and weights.data.max() > 0:
        used = weights.data[weights.data > 0]
        if used.max() > LARGEST_WEIGHT or used.min() < 1 / LARGEST_WEIGHT:
            raise SourceError(
                f"Study '{name}': weights of the graph must lie between {1 / LARGEST_WEIGHT:g} and {LARGEST_WEIGHT:g}, "
                f"or be 0; got {used.min():g} to {used.max():g}. Divide them by the largest."
            )
    loops = int(np.count_nonzero(weights.diagonal()))
    if loops:
        weights = weights - sparse.dia_array((weights.diagonal()[None], [0]), shape=weights.shape)
        _warn(name, f"{loops:,} edges from a node to itself are left out of the graph.")
    weights = sparse.csr_array(weights)
    weights.eliminate_zeros()
    both = sparse.csr_array(weights.maximum(weights.T))
    one_way = both.nnz - weights.nnz
    if one_way:
        _warn(name, f"{one_way:,} edges of the graph have one direction; they count in both.")
    both.sort_indices()
    # The same graph has the same fingerprint however wide its indices came.
    indices, starts = both.indices.astype(np.int32), both.indptr.astype(np.int64)
    matrix: sparse.csr_array = frozen(sparse.csr_array((both.data.astype(np.float32), indices, starts), shape=(n, n)))
    return matrix


def _to_matrix(name: str, graph: Any, ids: Texts) -> sparse.csr_array:
    n, where = len(ids), f"Study '{name}': the graph"
    if sparse.issparse(graph):
        if graph.dtype.kind == "c":
            raise SourceError(f"{where} must have weights that are real numbers; got {graph.dtype}. Give abs(graph).")
        return sparse.csr_array(graph, dtype=np.float64)
    if hasattr(graph, "nodes") and hasattr(graph, "edges"):
        return _from_networkx(name, graph, ids)
    weight = None
    if hasattr(graph, "edge_index"):
        graph, weight = graph.edge_index, getattr(graph, "edge_weight", None)
    elif isinstance(graph, tuple) and len(graph) == 2:
        graph, weight = graph
    array = to_array(where, graph)
    if array.shape == (n, n) and weight is None:
        return sparse.csr_array(to_numbers(where, array, np.float64))
    if array.ndim != 2 or array.shape[0] != 2 or array.dtype.kind not in "iu":
        pairs = array.ndim == 2 and array.shape[1] == 2 and array.dtype.kind in "iu"
        remedy = " Of pairs of rows give np.array(pairs).T." if pairs else ""
        raise SourceError(
            f"{where} must be a matrix ({n:,}, {n:,}) of weights, a NetworkX graph or an edge_index "
            f"(2, edges) of whole numbers; got an array of {array.dtype}, shape {array.shape}.{remedy}"
        )
    values = None if weight is None else to_numbers(f"Study '{name}': the edge_weight", weight, np.float64)
    return _from_edges(name, array[0], array[1], values, n)


def _from_edges(
    name: str, ends: NDArray[Any], starts: NDArray[Any], weight: NDArray[Any] | None, n: int
) -> sparse.csr_array:
    values = np.ones(len(ends)) if weight is None else weight
    if values.shape != ends.shape:
        raise SourceError(
            f"Study '{name}': the graph has {len(ends):,} edges and weights of shape {values.shape}. "
            "Give one weight an edge."
        )
    if len(ends) and (min(ends.min(), starts.min()) < 0 or max(ends.max(), starts.max()) >= n):
        rows = np.concatenate([ends, starts])
        raise SourceError(
            f"Study '{name}': an edge of the graph names row {rows[(rows < 0) | (rows >= n)][0]}; there are rows 0 to "
            f"{n - 1:,}. Leave that edge out, or number the nodes as the samples are."
        )
    return sparse.csr_array((values, (ends, starts)), shape=(n, n))


def _from_networkx(name: str, graph: Any, ids: Texts) -> sparse.csr_array:
    n, nodes = len(ids), list(graph.nodes)
    row_of: dict[Any, int] = {node: row for row, node in enumerate(ids.tolist())}
    unknown = [node for node in nodes if str(node) not in row_of]
    if unknown and sorted(nodes, key=str) == sorted(range(len(ids)), key=str):
        row_of = {str(row): row for row in range(len(ids))}
    elif unknown:
        raise SourceError(
            f"Study '{name}': node {unknown[0]!r} of the graph is no sample. Name the nodes by the study's ids, or "
            f"0 to {len(ids) - 1}."
        )
    listed = [
        (row_of[str(one)], row_of[str(other)], weight) for one, other, weight in graph.edges(data="weight", default=1)
    ]
    ends, starts, weight = (np.array(part) for part in (zip(*listed, strict=True) if listed else ((), (), ())))
    ends, starts = ends.astype(np.int64), starts.astype(np.int64)
    if not graph.is_directed():  # each edge is listed once
        ends, starts, weight = (np.concatenate(pair) for pair in ((ends, starts), (starts, ends), (weight, weight)))
    return _from_edges(name, ends, starts, to_numbers(f"Study '{name}': weights of the graph", weight, np.float64), n)


def _warn(name: str, message: str) -> None:
    warnings.warn(f"Study '{name}': {message}", MarginWarning, stacklevel=4)
