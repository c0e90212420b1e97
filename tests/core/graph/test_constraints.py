"""No constraint is ever broken, and nothing else is lost."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import domain_of

from margin_core.graph import Knn, build_graph, search
from margin_core.graph.constraints import EdgeConstraints
from margin_core.graph.search import MIN_RECALL, find_nearest_neighbors
from margin_core.graph.weights import SYMMETRIES, WEIGHTS


def allowed_edges(domain):
    """Return, pair by pair, whether row may take an edge from column, in so many words."""
    m = len(domain.points)
    allowed = ~np.eye(m, dtype=bool)
    for i in range(m):
        for j in range(m):
            if domain.splits is not None and domain.splits[j] not in (0, domain.splits[i]):
                allowed[i, j] = False
            if domain.groups is not None and domain.groups[i] == domain.groups[j] and domain.groups[i] >= 0:
                allowed[i, j] = False
    return allowed


@st.composite
def domains(draw):
    m = draw(st.integers(1, 14))
    points = np.array(draw(st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=m, max_size=m)), np.float32)
    if draw(st.booleans()) and m > 1:
        points[draw(st.integers(0, m - 1))] = np.nan
    splits, groups = (
        draw(st.none() | st.lists(st.integers(low, 2), min_size=m, max_size=m).map(np.array)) for low in (0, -1)
    )
    return replace(domain_of(points), splits=splits, groups=groups)


every_recipe = pytest.mark.parametrize(
    "recipe", [Knn(k=3, weights=weights, symmetry=symmetry) for weights in WEIGHTS for symmetry in SYMMETRIES],
    ids=lambda recipe: f"{recipe.weights}-{recipe.symmetry}",
)  # fmt: skip


@pytest.mark.slow
@every_recipe
@given(domain=domains())
def test_no_constraint_is_broken_and_the_nearest_of_the_others_are_found(recipe, domain):
    graph, allowed = build_graph(recipe, domain), allowed_edges(domain)
    weights = graph.weights.toarray()
    assert not weights[~allowed].any()
    usable = np.isfinite(domain.points).all(axis=1)
    table = np.linalg.norm(domain.points[:, None] - domain.points[None], axis=2)
    table[~(allowed & usable[:, None] & usable)] = np.inf
    k = graph.neighbours.shape[1]
    np.testing.assert_allclose(graph.distances, np.sort(table, axis=1)[:, :k], rtol=1e-5, atol=1e-5)
    assert ((graph.neighbours >= 0) == np.isfinite(graph.distances)).all()
    for row, (near, away) in enumerate(zip(graph.neighbours, graph.distances, strict=True)):
        chosen = near[near >= 0]
        assert allowed[row, chosen].all()
        assert len(set(chosen.tolist())) == len(chosen)
        np.testing.assert_allclose(table[row, chosen], away[near >= 0], rtol=1e-5, atol=1e-5)
    chose = np.zeros_like(allowed)
    for row, near in enumerate(graph.neighbours):
        chose[row, near[near >= 0]] = True
    # Where both directions are allowed an edge goes both ways, else the one way that is allowed.
    mutual = allowed & allowed.T
    joined = chose | chose.T if recipe.symmetry == "union" else chose & chose.T
    np.testing.assert_array_equal(weights > 0, np.where(mutual, joined, chose))
    np.testing.assert_array_equal(np.where(mutual, weights, 0), np.where(mutual, weights, 0).T)


@pytest.mark.slow
@given(domain=domains())
def test_the_training_split_is_as_if_there_were_no_other(domain):
    if domain.splits is None or not (domain.splits == 0).any():
        return
    own = np.flatnonzero(domain.splits == 0)
    alone = replace(
        domain_of(domain.points[own]), groups=None if domain.groups is None else domain.groups[own]
    )  # fmt: skip
    whole = build_graph(Knn(k=2, weights="binary"), domain).weights.toarray()[np.ix_(own, own)]
    np.testing.assert_array_equal(whole > 0, build_graph(Knn(k=2, weights="binary"), alone).weights.toarray() > 0)


@pytest.fixture(scope="module")
def films():
    """Sixty films of fifty frames that lie close together, and a third of them held out."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(60), 50)
    points = rng.normal(scale=2, size=(60, 8))[group] + rng.normal(scale=0.1, size=(3000, 8))
    return points.astype(np.float32), EdgeConstraints(splits=(group % 3 == 0).astype(int), groups=group)


@pytest.mark.slow
def test_cells_break_no_constraint_and_find_nearly_all(films):
    points, constraints = films
    exact, _ = find_nearest_neighbors(points, 10, constraints=constraints)
    found, distances = find_nearest_neighbors(points, 10, constraints=constraints, exact_cost=0)
    assert (found >= 0).all() and np.isfinite(distances).all()
    everyone = np.arange(3000)
    forbidden = constraints.forbidden(everyone, everyone)
    assert not np.take_along_axis(forbidden, found, axis=1).any()
    assert not np.take_along_axis(forbidden, exact, axis=1).any()
    assert np.mean([np.isin(a, b).mean() for a, b in zip(exact, found, strict=True)]) >= MIN_RECALL - 0.02


@pytest.mark.slow
def test_cells_search_on_where_a_film_fills_its_whole_neighborhood(films):
    points, _ = films
    alone = EdgeConstraints(splits=None, groups=np.where(np.arange(3000) < 2990, 0, -1))
    found, distances = find_nearest_neighbors(points, 5, constraints=alone, exact_cost=0)
    assert (found >= 2990)[:2990].all()
    assert np.isfinite(distances).all()
    nobody = EdgeConstraints(splits=None, groups=np.zeros(3000, int))
    found, distances = find_nearest_neighbors(points, 5, constraints=nobody, exact_cost=0)
    assert (found == -1).all() and np.isinf(distances).all()


def test_cells_go_as_wide_as_a_film_needs_however_few_were_thought_enough(films, monkeypatch):
    points, constraints = films
    monkeypatch.setattr(search, "MIN_RECALL", 0.0)  # One cell is then thought enough.
    found, distances = find_nearest_neighbors(points, 5, constraints=constraints, exact_cost=0)
    assert (found >= 0).all() and np.isfinite(distances).all()


def test_constraints_that_forbid_nothing_change_nothing():
    points = np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)
    plain = domain_of(points)
    free = replace(plain, splits=np.zeros(80, int), groups=np.full(80, -1))
    one, other = (build_graph(Knn(k=6), domain).to_arrays() for domain in (plain, free))
    np.testing.assert_array_equal(one["neighbours"], other["neighbours"])
    np.testing.assert_allclose(one["weights.data"], other["weights.data"], rtol=1e-4)
