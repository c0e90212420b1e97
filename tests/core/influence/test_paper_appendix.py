"""The filter that the paper's appendix prints, against its formula and on a ring."""

import numpy as np
import pytest
from planted import random_graph, random_signal, ring, signal_of

from margin_core.influence import PaperAppendixFilter


@pytest.mark.parametrize("hops", [1, 2])
def test_the_appendix_is_the_explicit_double_division(hops):
    graph, f = random_graph(15, share=0.1), random_signal(15)
    w = graph.weights.toarray().astype(float)
    half = np.diag(1 / np.sqrt(w.sum(axis=1)))
    p = np.linalg.matrix_power(half @ w @ half, hops)
    count = (p > 0).sum(axis=1)
    first = (p @ f) / count
    np.testing.assert_allclose(
        PaperAppendixFilter(hops=hops)(graph, signal_of(f)).high_pass, first - (p @ first) / count, atol=1e-12
    )


def test_on_a_ring_a_spike_comes_last():
    f = np.ones(20)
    f[7] = 2
    h = np.abs(PaperAppendixFilter()(ring(20), signal_of(f)).high_pass)
    np.testing.assert_allclose(h[[7, 6, 0]], [0.172, 0.242, 0.188], atol=5e-4)
    assert h.argmin() == 7


@pytest.mark.parametrize("reach", [1, 2, 3])
def test_on_a_regular_graph_it_is_nearly_the_mean_of_the_neighbors_over_their_number(reach):
    """Of d neighbors each: h = f_1 - P f_1 / d with f_1 = P f / d, so f_1 remains but for a share of 1 / d."""
    f, d = random_signal(20), 2 * reach
    mean = ring(20, reach).weights.toarray() @ f / d
    h = PaperAppendixFilter()(ring(20, reach), signal_of(f)).high_pass
    assert np.abs(h - mean / d).max() <= np.abs(mean).max() / d**2 + 1e-9
