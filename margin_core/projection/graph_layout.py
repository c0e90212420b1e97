"""Where the nodes of a given graph lie before UMAP moves them: the same for the same graph, whatever its components."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.values import Doubles, Floats

RADIUS = 10.0
"""Of the largest component, as UMAP scales its own first layout."""

GOLDEN_ANGLE = np.pi * (3 - 5**0.5)

_ENOUGH_FOR_DIRECTIONS = 5
_TOLERANCE = 1e-3
_SEED = 7


def lay_out_components(weights: sparse.csr_array) -> Floats:
    """Return a first layout of a graph: components by two eigenvectors of their Laplacian each, side by side.

    UMAP's own begins with random numbers that no seed decides, where a component has a symmetry.

    Parameters
    ----------
    weights : CSR array (m, m)
        Symmetric.

    Returns
    -------
    float32 array (m, 2)
        The largest component in the middle, the others on a spiral around it, by size; no two nodes at one place.

    Notes
    -----
    O(edges) an iteration of ARPACK.
    """
    from scipy.sparse.csgraph import connected_components  # slow to import, and few studies bring a graph

    m = weights.shape[0]
    symmetric = sparse.csr_array(weights.maximum(weights.T))
    _, member = connected_components(symmetric, directed=False)
    sizes = np.bincount(member, minlength=1)
    order = np.argsort(-sizes, kind="stable")
    places = np.zeros((m, 2))
    random = np.random.default_rng(_SEED)
    nodes, ends = np.argsort(member, kind="stable"), np.cumsum(sizes)
    blocks = sparse.csr_array(symmetric[nodes][:, nodes])  # of one component after the other
    taken = RADIUS**2
    for place, component in enumerate(order.tolist()):
        part = slice(ends[component] - sizes[component], ends[component])
        rows = nodes[part]
        radius = RADIUS * np.sqrt(len(rows) / sizes[order[0]])
        is_small = len(rows) < _ENOUGH_FOR_DIRECTIONS
        inner = random.uniform(-1, 1, (len(rows), 2)) if is_small else _spectral(blocks[part, part], random)
        if place:
            taken += 4 * radius**2
            distance, angle = np.sqrt(taken) + radius, place * GOLDEN_ANGLE
            places[rows] = distance * np.array([np.cos(angle), np.sin(angle)])
        places[rows] += radius * inner + 1e-3 * random.standard_normal((len(rows), 2))
    return places.astype(np.float32)


def _spectral(weights: sparse.csr_array, random: np.random.Generator) -> Doubles:
    """Return a component in the unit square: its second and third eigenvectors."""
    from scipy.sparse.linalg import eigsh

    n = weights.shape[0]
    scale = 1 / np.sqrt(np.asarray(weights.sum(axis=1), dtype=np.float64))
    scaling = sparse.dia_array((scale[None], [0]), shape=(n, n))
    normalized = sparse.csr_array(scaling @ weights.astype(np.float64) @ scaling)
    vectors: NDArray[np.float64]
    if n < 50:
        vectors = np.linalg.eigh(normalized.toarray())[1][:, -3:-1]
    else:
        values, found = eigsh(normalized, k=3, which="LA", v0=random.standard_normal(n), tol=_TOLERANCE)
        vectors = found[:, np.argsort(values)][:, :2]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), [0, 1]])
    return vectors / max(float(np.abs(vectors).max()), 1e-12)
