import numpy as np
import pytest
from engines import ForgetfulEngine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from planted import domain_of

from margin_core.graph import Knn, build_graph
from margin_core.graph.weights import SYMMETRIES, WEIGHTS
from margin_core.storage.engine import Run

every_recipe = pytest.mark.parametrize(
    "recipe",
    [
        Knn(k=4, metric=metric, weights=weights, symmetry=symmetry)
        for metric in ("euclidean", "cosine")
        for weights in WEIGHTS
        for symmetry in SYMMETRIES
    ],
    ids=lambda recipe: f"{recipe.metric}-{recipe.weights}-{recipe.symmetry}",
)

point_sets = st.tuples(st.integers(1, 15), st.integers(1, 3)).flatmap(
    lambda shape: arrays(
        np.float32, shape, elements=st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 3.0, np.nan, np.inf, 1e20])
    )
)


def usable(points):
    return np.isfinite(points).all(axis=1) & (np.abs(points) < 1e15).all(axis=1)


def far_apart(points, metric):
    """Every distance, in double precision; infinite from a point to itself and to and from missing ones."""
    kept = usable(points)
    wide = np.where(kept[:, None], points, 0).astype(np.float64)
    if metric == "cosine":
        length = np.linalg.norm(wide, axis=1, keepdims=True)
        wide = wide / np.where(length > 0, length, 1)
    table = np.linalg.norm(wide[:, None] - wide, axis=2)
    table = table**2 / 2 if metric == "cosine" else table
    table[~kept] = table[:, ~kept] = np.inf
    np.fill_diagonal(table, np.inf)
    return table


@pytest.mark.slow
@every_recipe
@given(points=point_sets)
def test_every_graph_of_every_recipe(recipe, points):
    graph = build_graph(recipe, domain_of(points))
    table, kept = far_apart(points, recipe.metric), usable(points)
    k = max(min(4, kept.sum() - 1), 0)

    assert graph.neighbours.shape == graph.distances.shape == (len(points), k)
    np.testing.assert_allclose(graph.distances, np.sort(table, axis=1)[:, :k], rtol=1e-4, atol=1e-6)
    assert ((graph.neighbours >= 0) == kept[:, None]).all()
    found = graph.neighbours[kept]
    np.testing.assert_allclose(
        graph.distances[kept], np.take_along_axis(table[kept], found, axis=1), rtol=1e-4, atol=1e-6
    )

    weights = graph.weights.toarray()
    np.testing.assert_array_equal(weights, weights.T)
    assert (weights >= 0).all()
    assert (weights <= 1).all()
    assert not weights.diagonal().any()
    chosen = np.zeros(weights.shape, bool)
    np.put_along_axis(chosen, graph.neighbours, graph.neighbours >= 0, axis=1) if kept.all() and k else None
    if kept.all() and k:
        np.testing.assert_array_equal(
            weights > 0, chosen | chosen.T if recipe.symmetry == "union" else chosen & chosen.T
        )
    assert graph.isolated[~kept].all()
    if recipe.symmetry == "union" and k:
        np.testing.assert_array_equal(graph.isolated, ~kept)


@every_recipe
def test_the_same_graph_twice(recipe):
    points = np.random.default_rng(0).normal(size=(60, 5))
    one, other = (build_graph(recipe, domain_of(points)).to_arrays() for _ in range(2))
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def test_exact_duplicates_are_at_zero_and_nobody_is_its_own_neighbor():
    points = np.random.default_rng(0).normal(size=(40, 8)) * 100 + 1000
    points[20:] = points[:20]
    graph = build_graph(Knn(k=3), domain_of(points))
    np.testing.assert_array_equal(graph.neighbours[:, 0], (np.arange(40) + 20) % 40)
    assert (graph.distances[:, 0] == 0).all()
    assert (graph.distances[:, 1] > 0).all()


def test_missing_rows_are_nobodys_neighbor():
    points = np.random.default_rng(0).normal(size=(30, 3))
    points[4], points[9, 1] = np.nan, -np.inf
    graph = build_graph(Knn(k=28), domain_of(points))
    assert graph.neighbours.shape == (30, 27)
    assert not np.isin([4, 9], graph.neighbours).any()
    assert (graph.neighbours[[4, 9]] == -1).all()
    assert np.isinf(graph.distances[[4, 9]]).all()
    np.testing.assert_array_equal(np.flatnonzero(graph.isolated), [4, 9])


@pytest.mark.parametrize("m", [1, 2, 3])
@pytest.mark.parametrize("k", [1, 20])
def test_fewer_points_than_neighbors(m, k):
    graph = build_graph(Knn(k=k), domain_of(np.arange(m)[:, None]))
    assert graph.neighbours.shape == (m, min(k, m - 1))
    assert graph.weights.shape == (m, m)


def test_a_row_of_zeros_under_cosine_is_a_half_away_from_everything():
    points = np.array([[0, 0], [1, 0], [0, 5], [-2, 0]])
    graph = build_graph(Knn(k=3, metric="cosine"), domain_of(points))
    np.testing.assert_allclose(graph.distances[0], 0.5)
    np.testing.assert_allclose(graph.distances[1], [0.5, 1, 2])


def test_length_does_not_matter_under_cosine():
    points = np.random.default_rng(0).normal(size=(30, 4))
    longer = points * np.random.default_rng(1).uniform(0.5, 20, (30, 1))
    one, other = (build_graph(Knn(k=5, metric="cosine"), domain_of(x)) for x in (points, longer))
    np.testing.assert_array_equal(one.neighbours, other.neighbours)


def test_a_graph_is_remembered_by_recipe_and_points():
    engine = ForgetfulEngine()
    for recipe, fingerprint in [
        (Knn(), "a"),
        (Knn(), "a"),
        (Knn(), "b"),
        (Knn(k=3), "a"),
        (Knn(weights="binary"), "a"),
    ]:
        domain = domain_of(np.eye(4))
        object.__setattr__(domain, "fingerprint", fingerprint)
        build_graph(recipe, domain, Run(engine))
    assert {name for name, _ in engine.keys} == {"graph"}
    assert engine.keys[0] == engine.keys[1]
    assert len(set(engine.keys)) == 4
