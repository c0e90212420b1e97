"""First layouts of graphs with several components and with symmetries."""

import numpy as np
import pytest
from planted_graph import citations
from scipy import sparse

from margin_core.projection.graph_layout import RADIUS, lay_out_components


def ring(n):
    one_way = sparse.csr_array(np.roll(np.eye(n, dtype=np.float32), 1, axis=1))
    return sparse.csr_array(one_way.maximum(one_way.T))


def several(*graphs):
    return sparse.csr_array(sparse.block_diag(graphs, format="csr"))


@pytest.mark.parametrize(
    "graph",
    [ring(80), several(*[ring(3)] * 40), several(ring(60), ring(60), ring(4)), sparse.csr_array((7, 7))],
    ids=["a ring", "triangles", "two alike", "no edges"],
)
def test_the_same_graph_has_the_same_layout_and_each_node_a_place_of_its_own(graph):
    first = lay_out_components(graph)
    assert np.array_equal(first, lay_out_components(graph))
    assert np.isfinite(first).all() and len(np.unique(first, axis=0)) == graph.shape[0]


def test_the_largest_component_is_in_the_middle_and_the_others_around_it():
    places = lay_out_components(several(ring(4), ring(60), ring(6)))
    distance = np.linalg.norm(places, axis=1)
    largest = slice(4, 64)
    assert distance[largest].max() < 1.5 * RADIUS
    assert min(distance[:4].min(), distance[64:].min()) > RADIUS


def test_communities_lie_apart():
    planted = citations(each=60, flips=0, isolated=0, between=0.004)
    places = lay_out_components(planted.study.graph)
    centers = np.array([places[planted.truth == label].mean(axis=0) for label in range(3)])
    between = min(np.linalg.norm(centers[one] - centers[other]) for one, other in ((0, 1), (0, 2), (1, 2)))
    within = max(places[planted.truth == label].std(axis=0).mean() for label in range(3))
    assert between > 2 * within
