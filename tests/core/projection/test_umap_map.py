import sys
from types import ModuleType

import numpy as np
import pytest
from engines import ForgetfulEngine
from planted import domain_of
from planted_graph import citations

from margin_core.domain import every_sample
from margin_core.graph import GivenGraph, Knn, build_graph
from margin_core.projection import compute_map
from margin_core.storage.engine import Run

RECIPE = Knn(k=5)


def points(n, missing=(), seed=0):
    found = np.random.default_rng(seed).normal(size=(n, 6))
    found[list(missing)] = np.nan
    return found


def map_of(places, recipe=RECIPE):
    domain = domain_of(places)
    return compute_map(recipe, domain, build_graph(recipe, domain))


@pytest.fixture
def umap(monkeypatch):
    """Stand in for UMAP: the first two coordinates, and a record of its parameters."""
    asked = {}

    class Fake:
        def __init__(self, **options):
            asked.update(options)

        def fit_transform(self, given):
            asked["given"] = given
            return given[:, :2] * 100 + 7

    module = ModuleType("umap")
    module.UMAP = Fake
    monkeypatch.setitem(sys.modules, "umap", module)
    return asked


def check_frame(positions):
    assert positions.dtype == np.float32
    assert np.isfinite(positions).all()
    assert np.abs(positions).max() <= 1


@pytest.mark.slow
def test_the_real_thing_is_in_its_frame_and_keeps_blobs_together_and_is_the_same_twice(monkeypatch):
    monkeypatch.delitem(sys.modules, "umap", raising=False)  # the stand-in that tests of the dashboard share
    places = np.vstack([points(30), points(30, seed=1) + 30])
    one, other = map_of(places), map_of(places)
    check_frame(one)
    np.testing.assert_array_equal(one, other)
    first, second = one[:30].mean(axis=0), one[30:].mean(axis=0)
    nearer = np.linalg.norm(one - first, axis=1) < np.linalg.norm(one - second, axis=1)
    np.testing.assert_array_equal(nearer, np.arange(60) < 30)


def test_the_neighbors_are_those_of_the_graph(umap):
    places = points(40, missing=(3, 10))
    domain = domain_of(places)
    graph = build_graph(RECIPE, domain)
    compute_map(RECIPE, domain, graph)
    usable = np.delete(np.arange(40), [3, 10])
    neighbors, distances, index = umap["precomputed_knn"]
    assert index is None
    np.testing.assert_array_equal(neighbors[:, 0], np.arange(38))
    np.testing.assert_array_equal(usable[neighbors[:, 1:]], graph.neighbours[usable])
    np.testing.assert_array_equal(distances[:, 0], 0)
    np.testing.assert_array_equal(distances[:, 1:], graph.distances[usable])
    assert umap["n_neighbors"] == 6
    assert umap["random_state"] is not None
    np.testing.assert_array_equal(umap["given"], domain.points[usable])


def test_both_directions_have_the_same_scale(umap):
    places = points(40)
    found = map_of(places)
    check_frame(found)
    spread, wanted = np.ptp(found, axis=0), np.ptp(places[:, :2], axis=0)
    assert spread.max() == pytest.approx(1.96, abs=1e-5)
    np.testing.assert_allclose(spread / spread.max(), wanted / wanted.max(), rtol=1e-4)
    np.testing.assert_allclose(found.min(axis=0), -found.max(axis=0), atol=1e-5)


def test_samples_without_features_lie_in_a_row_along_the_bottom(umap):
    found = map_of(points(40, missing=(3, 10, 20)))
    check_frame(found)
    np.testing.assert_allclose(found[[3, 10, 20]], [[-0.5, -1], [0, -1], [0.5, -1]])
    assert (np.delete(found, [3, 10, 20], axis=0)[:, 1] > -1).all()


@pytest.mark.parametrize("n", range(1, 12))
def test_a_few_samples_are_laid_out_by_their_principal_components(n):
    places = points(n)
    found = map_of(places)
    check_frame(found)
    assert found.shape == (n, 2)
    if n > 2:
        wide = places - places.mean(axis=0)
        assert len(np.unique(found, axis=0)) == n
        _, _, axes = np.linalg.svd(wide, full_matrices=False)
        assert abs(np.corrcoef(found[:, 0], wide @ axes[0])[0, 1]) > 0.999


def test_a_wide_sample_of_one_dimension_has_a_map():
    check_frame(map_of(np.arange(8.0)[:, None]))


def test_equal_samples_share_the_middle():
    np.testing.assert_array_equal(map_of(np.ones((30, 4))), 0)


def test_nothing_but_missing_features():
    found = map_of(points(4, missing=range(4)))
    check_frame(found)
    assert (found[:, 1] == -1).all()


def test_a_map_is_remembered_by_recipe_and_points(umap):
    engine, domain = ForgetfulEngine(), domain_of(points(20))
    graph = build_graph(RECIPE, domain)
    for recipe in (RECIPE, RECIPE, Knn(k=6)):
        compute_map(recipe, domain, graph, Run(engine))
    keys = engine.keys
    assert {name for name, _ in keys} == {"map"}
    assert keys[0] == keys[1] != keys[2]


def test_nodes_without_an_edge_lie_at_the_lower_edge(umap):
    planted = citations(isolated=3)
    domain = every_sample(planted.study)
    positions = compute_map(GivenGraph(), domain, build_graph(GivenGraph(), domain))
    check_frame(positions)
    alone = np.diff(planted.study.graph.indptr) == 0
    assert (positions[:, 1] == -1).tolist() == alone.tolist() and len(umap["given"]) == len(planted.study) - 3


def test_a_graph_of_several_components_has_a_place_for_every_node():
    planted = citations(between=0, isolated=2)
    domain = every_sample(planted.study)
    check_frame(compute_map(GivenGraph(), domain, build_graph(GivenGraph(), domain)))
