"""UMAP on the graph that the scores use."""

from __future__ import annotations

import warnings

import numpy as np
from scipy import sparse

from margin_core.graph import GraphRecipe
from margin_core.probe.principal import project_on_principal_axes
from margin_core.projection.graph_layout import lay_out_components
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Domain, Floats, Graph, usable_rows

VERSION = 1
"""Raised whenever the same graph would have another map."""

MIN_POINTS = 12
"""Fewer points than this are projected on their principal components."""

SEED = 7


def compute_map(recipe: GraphRecipe, domain: Domain, graph: Graph, run: Run | None = None) -> Floats:
    """Compute the map of a graph's nodes by UMAP, once for each graph.

    The nearest neighbors are the graph's own (``precomputed_knn``): what is near on the map is near for
    the scores too, and no second search is needed.

    Parameters
    ----------
    recipe : Knn or GivenGraph
        The recipe that made the graph.
    domain : Domain
    graph : Graph
        Of that domain.
    run : Run, optional
        The map is a step of its engine.

    Returns
    -------
    float32 array (m, 2)
        In [-1, 1], same scale in both directions. Nodes without usable features or without an edge lie in a row along
        the bottom edge, y = -1.

    Notes
    -----
    Seeded, so the same graph gives the same map on the same machine; stored by the run's engine, so a
    study always looks the same. Time: about 200 epochs over the edges.

    References
    ----------
    McInnes, Healy, Melville, UMAP: Uniform Manifold Approximation and Projection, arXiv:1802.03426 (2018).
    """
    run = run or Run()
    key = fingerprint(VERSION, SEED, recipe, domain.fingerprint)
    return run.step("map", key, lambda: {"positions": compute_umap(domain, graph)})["positions"]


def compute_umap(domain: Domain, graph: Graph) -> Floats:
    """Compute map coordinates here and now.

    Parameters
    ----------
    domain : Domain
        m nodes at ``points``.
    graph : Graph
        Of the same nodes.

    Returns
    -------
    float32 array (m, 2)
        In [-1, 1]; nodes without usable features or without an edge lie in a row at the lower edge.
    """
    usable = usable_rows(domain.points) & ~graph.isolated  # to which UMAP would give no place
    positions = np.zeros((len(usable), 2), dtype=np.float32)
    n = int(usable.sum())
    if n:
        points = domain.points[usable]
        project = _principal if n < MIN_POINTS or not np.ptp(points, axis=0).any() else _umap
        start = None
        if domain.edges is not None and project is _umap:
            start = lay_out_components(sparse.csr_array(graph.weights[usable][:, usable]))
        positions[usable] = _into_square(project(points, graph, usable, start))
    stranded = np.flatnonzero(~usable)
    positions[stranded, 0] = np.linspace(-1, 1, len(stranded) + 2)[1:-1]
    positions[stranded, 1] = -1
    return positions


def _umap(points: Floats, graph: Graph, usable: np.ndarray, start: Floats | None) -> Floats:
    place = np.cumsum(usable) - 1
    itself = np.arange(len(points))[:, None]
    # -1, at infinite distance: splits and groups leave a node fewer than k; to UMAP that is no edge.
    found = graph.neighbours[usable]
    neighbors = np.hstack([itself, np.where(found >= 0, place[found], -1)]).astype(np.int64)
    distances = np.hstack([np.zeros((len(points), 1)), graph.distances[usable]]).astype(np.float32)
    with warnings.catch_warnings():
        # UMAP remarks that TensorFlow is absent, that it cannot place new points later, and on every disconnected
        # graph. None of it matters here.
        warnings.simplefilter("ignore")
        from umap import UMAP  # slow to import, and only needed when there is no map yet

        reducer = UMAP(
            n_neighbors=neighbors.shape[1],
            precomputed_knn=(neighbors, distances, None),
            random_state=SEED,
            n_jobs=1,
            init=start if start is not None else "spectral" if len(points) > neighbors.shape[1] + 1 else "random",
        )
        return np.asarray(reducer.fit_transform(points), dtype=np.float32)


def _principal(points: Floats, graph: Graph, usable: np.ndarray, start: Floats | None) -> Floats:
    projected = project_on_principal_axes(points - points.mean(axis=0), 2)
    flat = np.zeros((len(points), 2), dtype=np.float32)
    flat[:, : projected.shape[1]] = projected
    return flat


def _into_square(positions: Floats) -> Floats:
    low, high = positions.min(axis=0), positions.max(axis=0)
    reach = float((high - low).max())
    squared: Floats = (positions - (low + high) / 2) * np.float32(1.96 / reach if reach > 0 else 0.0)
    return squared
