"""Laws that every filter obeys, and those of the random walk alone."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import graph_of, permuted, random_graph, ring
from scipy import sparse

from margin_core.errors import ParameterError
from margin_core.influence import FILTERS, HighPass, PaperAppendixFilter
from margin_core.values import Signal


def variants(kind):
    """Every filter with every choice of its text parameters and one or three hops."""
    choices = [
        {name: choice} for name, (_, declared) in kind().declared_parameters().items() for choice in declared.choices
    ] or [{}]
    return [kind().with_parameters(choice | {"hops": hops}) for choice, hops in itertools.product(choices, (1, 3))]


EVERY = [variant for kind in FILTERS for variant in variants(kind)]
RANDOM_WALKS = [HighPass(hops=hops) for hops in (1, 2, 3)]
every_filter = pytest.mark.parametrize("filtered", EVERY, ids=str)
every_random_walk = pytest.mark.parametrize("filtered", RANDOM_WALKS, ids=str)


def put(values):
    return Signal(values=values, hypothesis="")


def random_signal(m, s=None, seed=1):
    return np.random.default_rng(seed).normal(size=m if s is None else (m, s))


@every_filter
def test_scores_are_the_magnitude_over_the_largest(filtered):
    found = filtered(random_graph(20), put(random_signal(20)))
    np.testing.assert_allclose(found.scores, np.abs(found.high_pass) / np.abs(found.high_pass).max())
    assert found.scores.max() == 1


@every_filter
def test_several_signals_count_by_their_norm(filtered):
    found = filtered(random_graph(20), put(random_signal(20, 3)))
    length = np.linalg.norm(found.high_pass, axis=1)
    np.testing.assert_allclose(found.scores, length / length.max())


@every_filter
@pytest.mark.parametrize("factor", [1e-3, -2.0, 1e6])
def test_scaling_the_signal_scales_what_remains(filtered, factor):
    graph, f = random_graph(20), random_signal(20)
    plain, scaled = filtered(graph, put(f)), filtered(graph, put(factor * f))
    np.testing.assert_allclose(scaled.high_pass, factor * plain.high_pass, rtol=1e-9, atol=1e-12 * abs(factor))
    np.testing.assert_allclose(scaled.scores, plain.scores, rtol=1e-9, atol=1e-12)


@every_filter
def test_renaming_nodes_renames_the_answer(filtered):
    graph, f = random_graph(25), random_signal(25)
    order = np.random.default_rng(2).permutation(25)
    np.testing.assert_allclose(
        filtered(permuted(graph, order), put(f[order])).high_pass, filtered(graph, put(f)).high_pass[order], atol=1e-12
    )


@every_filter
def test_sparse_and_dense_signals_agree(filtered):
    graph = random_graph(25)
    dense = np.eye(4)[np.random.default_rng(0).integers(0, 4, 25)]
    dense[3] = 0
    one, other = filtered(graph, put(dense)), filtered(graph, put(sparse.csr_array(dense)))
    again = other.high_pass.toarray() if isinstance(other.high_pass, sparse.csr_array) else other.high_pass
    np.testing.assert_allclose(again, one.high_pass, atol=1e-12)
    np.testing.assert_allclose(other.scores, one.scores, atol=1e-12)


@every_filter
def test_an_isolated_node_has_no_influence(filtered):
    weights = np.zeros((21, 21))
    weights[:20, :20] = random_graph(20).weights.toarray()
    f = random_signal(21)
    f[20] = 50
    found = filtered(graph_of(weights), put(f))
    assert found.high_pass[20] == 0
    assert found.scores[20] == 0
    sparsely = filtered(graph_of(weights), put(sparse.csr_array(np.outer(f, [1.0, 0]))))
    assert sparsely.scores[20] == 0


@every_filter
def test_components_do_not_feel_each_other(filtered):
    # The symmetric operator takes the mean off first, so the other component keeps its values, in another order.
    a, b = random_graph(12, seed=1).weights.toarray(), random_graph(9, seed=2).weights.toarray()
    graph = graph_of(np.block([[a, np.zeros((12, 9))], [np.zeros((9, 12)), b]]))
    f = random_signal(21)
    changed = f.copy()
    changed[12:] = f[12:][::-1]
    before, after = filtered(graph, put(f)).high_pass, filtered(graph, put(changed)).high_pass
    np.testing.assert_allclose(after[:12], before[:12], atol=1e-12)
    assert np.abs(after[12:] - before[12:]).max() > 1e-3


@every_filter
def test_the_signal_is_left_alone(filtered):
    f = random_signal(20)
    kept = f.copy()
    filtered(random_graph(20), put(f))
    np.testing.assert_array_equal(f, kept)


@every_filter
def test_a_graph_without_edges_gives_no_influence(filtered):
    assert not filtered(graph_of(np.zeros((4, 4))), put(np.arange(4.0))).scores.any()


@every_filter
def test_hops_outside_the_range_are_named(filtered):
    high = filtered.declared_parameters()["hops"][1].high
    with pytest.raises(ParameterError) as caught:
        type(filtered)(hops=0)
    assert str(caught.value) == f"{type(filtered).__name__}.hops must be between 1 and {high:g}; got 0."


@every_random_walk
@given(constant=st.floats(-1e9, 1e9, allow_subnormal=False), seed=st.integers(0, 50))
def test_a_constant_has_exactly_no_influence_on_a_walk(filtered, constant, seed):
    found = filtered(random_graph(15, seed=seed), put(np.full(15, constant)))
    assert not found.high_pass.any()
    assert not found.scores.any()


@every_random_walk
@given(a=st.floats(0.1, 50), b=st.floats(-100, 100), negative=st.booleans())
def test_the_ranking_on_a_walk_survives_an_affine_change(filtered, a, b, negative):
    graph, f = random_graph(20), random_signal(20)
    changed = filtered(graph, put((-a if negative else a) * f + b))
    np.testing.assert_array_equal(np.argsort(changed.scores), np.argsort(filtered(graph, put(f)).scores))


@pytest.mark.parametrize("operator", ["random_walk", "symmetric"])
@pytest.mark.parametrize("spike", [0, 4, 11])
def test_a_spike_is_the_most_influential(operator, spike):
    f = np.zeros(12)
    f[spike] = 3
    assert HighPass(operator=operator)(random_graph(12, seed=3), put(f)).scores.argmax() == spike


@pytest.mark.parametrize("filtered", [HighPass(operator="symmetric", hops=p) for p in (1, 2)], ids=str)
def test_a_constant_has_no_influence_under_the_symmetric_operator_either(filtered):
    assert not filtered(random_graph(15), put(np.full(15, 0.1))).scores.any()


@pytest.mark.parametrize("hops", [1, 2, 4])
def test_the_walk_is_the_explicit_power_of_d_inverse_w(hops):
    graph, f = random_graph(15), random_signal(15)
    w = graph.weights.toarray().astype(float)
    p = np.linalg.matrix_power(w / w.sum(axis=1, keepdims=True), hops)
    np.testing.assert_allclose(HighPass(hops=hops)(graph, put(f)).high_pass, f - p @ f, atol=1e-12)


@pytest.mark.parametrize("hops", [1, 2])
def test_the_symmetric_operator_is_the_explicit_one_on_the_centered_signal(hops):
    graph, f = random_graph(15), random_signal(15) + 7
    w = graph.weights.toarray().astype(float)
    half = np.diag(1 / np.sqrt(w.sum(axis=1)))
    p = np.linalg.matrix_power(half @ w @ half, hops)
    centered = f - f.mean()
    found = HighPass(operator="symmetric", hops=hops)(graph, put(f))
    np.testing.assert_allclose(found.high_pass, centered - p @ centered, atol=1e-12)


@pytest.mark.parametrize("hops", [1, 2])
def test_the_appendix_is_the_explicit_double_division(hops):
    graph, f = random_graph(15, share=0.1), random_signal(15)
    w = graph.weights.toarray().astype(float)
    half = np.diag(1 / np.sqrt(w.sum(axis=1)))
    p = np.linalg.matrix_power(half @ w @ half, hops)
    count = (p > 0).sum(axis=1)
    first = (p @ f) / count
    np.testing.assert_allclose(
        PaperAppendixFilter(hops=hops)(graph, put(f)).high_pass, first - (p @ first) / count, atol=1e-12
    )


def spiked_ring():
    f = np.ones(20)
    f[7] = 2
    return ring(20), put(f)


def test_ring_by_the_text():
    h = HighPass()(*spiked_ring()).high_pass
    assert h[7] == pytest.approx(1.0)
    np.testing.assert_allclose(h[[5, 6, 8, 9]], -0.25)
    assert not np.delete(h, [5, 6, 7, 8, 9]).any()


def test_ring_by_the_printed_code():
    h = np.abs(PaperAppendixFilter()(*spiked_ring()).high_pass)
    np.testing.assert_allclose(h[[7, 6, 0]], [0.172, 0.242, 0.188], atol=5e-4)
    assert h.argmin() == 7
