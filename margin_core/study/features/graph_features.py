"""Features of the nodes of a graph that have none of their own: where in the graph they lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from margin_core.storage.fingerprint import fingerprint
from margin_core.study.notes import assumption
from margin_core.study.samples import ReadRequest, Samples, counted
from margin_core.values import Floats

MAX_DIMENSIONS = 32
"""Of the features."""

SEED = 0

VERSION = 1
"""Raised whenever the same graph would have other features."""

_TOLERANCE = 1e-4
"""Of the eigenvalues: features are compared, not read."""

_NOTHING = 1e-9
"""Length up to which a node lies in none of the dimensions."""


def with_graph_features(samples: Samples, request: ReadRequest) -> Samples:
    """Return samples that are nodes of a graph and nothing else with features of that graph, as a step of the run.

    Parameters
    ----------
    samples : Samples
    request : ReadRequest
        Its run remembers the features.

    Returns
    -------
    Samples
        The same where there are features, inputs or no graph.
    """
    graph = samples.graph
    if graph is None or samples.embedding is not None or samples.inputs is not None:
        return samples
    key = fingerprint("graph_features", VERSION, graph)
    embedding = request.run.step("graph_features", key, lambda: {"embedding": compute_graph_features(graph)})[
        "embedding"
    ]
    features = f"position in the graph, {counted(embedding.shape[1], 'dimension')}"
    note = assumption(f"Nodes have no features: samples are compared by their {features} (spectral embedding).")
    return replace(samples, embedding=embedding, features=features, notes=(*samples.notes, note))


def compute_graph_features(graph: sparse.csr_array) -> Floats:
    r"""Compute a regularized spectral embedding of a graph.

    The leading eigenvectors of

    .. math:: (D + \tau I)^{-1/2} W (D + \tau I)^{-1/2}, \qquad \tau = \text{mean degree},

    each row scaled to length 1. Without τ, every small component of a graph would take a dimension for itself.

    Parameters
    ----------
    graph : CSR array (n, n)
        Symmetric weights.

    Returns
    -------
    float32 array (n, d), d <= `MAX_DIMENSIONS`
        Zero for a node without edges.

    Notes
    -----
    O(edges d) an iteration. Seeded, and each eigenvector has its largest entry positive.

    References
    ----------
    Qin and Rohe: Regularized spectral clustering under the degree-corrected stochastic blockmodel. NeurIPS 2013.
    """
    from scipy.sparse.linalg import eigsh  # slow to import, and few studies are graphs without features

    n = graph.shape[0]
    degree = np.asarray(graph.sum(axis=1), dtype=np.float64).ravel()
    scale = 1 / np.sqrt(degree + max(degree.mean(), np.finfo(np.float32).tiny))
    scaling = sparse.dia_array((scale[None], [0]), shape=(n, n))
    normalized = sparse.csr_array(scaling @ graph.astype(np.float64) @ scaling)
    if n <= MAX_DIMENSIONS + 1:
        values, vectors = np.linalg.eigh(normalized.toarray())
        values, vectors = values[-MAX_DIMENSIONS:], vectors[:, -MAX_DIMENSIONS:]
    else:
        start = np.random.default_rng(SEED).standard_normal(n)
        values, vectors = eigsh(normalized, k=MAX_DIMENSIONS, which="LA", v0=start, tol=_TOLERANCE)
    kept = vectors[:, np.argsort(-values)]
    kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    kept[degree == 0] = 0
    length = np.linalg.norm(kept, axis=1, keepdims=True)
    scaled: Floats = np.where(length > _NOTHING, kept / np.maximum(length, _NOTHING), 0).astype(np.float32)
    return scaled
