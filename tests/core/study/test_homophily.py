import numpy as np
import pytest
from planted_graph import citations
from scipy import sparse

from margin_core.study.homophily import compute_homophily


def test_the_share_of_edges_that_join_equals():
    ends = np.array([[0, 1], [1, 2], [2, 3], [0, 3]])
    one_way = sparse.csr_array((np.ones(4), ends.T), shape=(4, 4))
    homophily, chance = compute_homophily(one_way + one_way.T, np.array([0, 0, 0, 1]))
    assert homophily == 0.5 and chance == pytest.approx(0.75**2 + 0.25**2)


def test_edges_to_nodes_without_a_label_do_not_count():
    pair = sparse.csr_array(np.array([[0, 1], [1, 0]]))
    assert np.isnan(compute_homophily(pair, np.array([0, -1]))).all()
    assert np.isnan(compute_homophily(sparse.csr_array((2, 2)), np.array([0, 0]))).all()


def test_planted_communities_keep_to_themselves():
    planted = citations(flips=0)
    homophily, chance = compute_homophily(planted.study.graph, planted.truth)
    assert homophily > 0.85 and chance == pytest.approx(1 / 3, abs=0.05)
    order = np.random.default_rng(0).permutation(planted.truth)
    assert compute_homophily(planted.study.graph, order)[0] == pytest.approx(1 / 3, abs=0.12)
