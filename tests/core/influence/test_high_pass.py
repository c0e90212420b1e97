"""The filter of the paper's text: what it leaves of a constant, and the operators that it stands for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import random_graph, random_signal, ring, signal_of

from margin_core.influence import HighPass
from margin_core.influence.high_pass import compute_shift_operator

every_random_walk = pytest.mark.parametrize("filtered", [HighPass(hops=hops) for hops in (1, 2, 3)], ids=str)
either_operator = pytest.mark.parametrize("operator", ["random_walk", "symmetric"])


@every_random_walk
@given(constant=st.floats(-1e9, 1e9, allow_subnormal=False), seed=st.integers(0, 50))
def test_a_constant_has_exactly_no_influence_on_a_walk(filtered, constant, seed):
    found = filtered(random_graph(15, seed=seed), signal_of(np.full(15, constant)))
    assert not found.high_pass.any()
    assert not found.scores.any()


@every_random_walk
@given(a=st.floats(0.1, 50), b=st.floats(-100, 100), negative=st.booleans())
def test_the_ranking_on_a_walk_survives_an_affine_change(filtered, a, b, negative):
    graph, f = random_graph(20), random_signal(20)
    changed = filtered(graph, signal_of((-a if negative else a) * f + b))
    np.testing.assert_array_equal(np.argsort(changed.scores), np.argsort(filtered(graph, signal_of(f)).scores))


@either_operator
@pytest.mark.parametrize("spike", [0, 4, 11])
def test_a_spike_is_the_most_influential(operator, spike):
    f = np.zeros(12)
    f[spike] = 3
    assert HighPass(operator=operator)(random_graph(12, seed=3), signal_of(f)).scores.argmax() == spike


@pytest.mark.parametrize("filtered", [HighPass(operator="symmetric", hops=p) for p in (1, 2)], ids=str)
def test_a_constant_has_no_influence_under_the_symmetric_operator_either(filtered):
    assert not filtered(random_graph(15), signal_of(np.full(15, 0.1))).scores.any()


@pytest.mark.parametrize("hops", [1, 2, 4])
def test_the_walk_is_the_explicit_power_of_d_inverse_w(hops):
    graph, f = random_graph(15), random_signal(15)
    w = graph.weights.toarray().astype(float)
    p = np.linalg.matrix_power(w / w.sum(axis=1, keepdims=True), hops)
    np.testing.assert_allclose(HighPass(hops=hops)(graph, signal_of(f)).high_pass, f - p @ f, atol=1e-12)


@pytest.mark.parametrize("hops", [1, 2])
def test_the_symmetric_operator_is_the_explicit_one_on_the_centered_signal(hops):
    graph, f = random_graph(15), random_signal(15) + 7
    w = graph.weights.toarray().astype(float)
    half = np.diag(1 / np.sqrt(w.sum(axis=1)))
    p = np.linalg.matrix_power(half @ w @ half, hops)
    centered = f - f.mean()
    found = HighPass(operator="symmetric", hops=hops)(graph, signal_of(f))
    np.testing.assert_allclose(found.high_pass, centered - p @ centered, atol=1e-12)


def test_on_a_ring_only_the_neighbors_of_a_spike_feel_it():
    f = np.ones(20)
    f[7] = 2
    h = HighPass()(ring(20), signal_of(f)).high_pass
    assert h[7] == pytest.approx(1.0)
    np.testing.assert_allclose(h[[5, 6, 8, 9]], -0.25)
    assert not np.delete(h, [5, 6, 7, 8, 9]).any()


@either_operator
def test_both_operators_share_their_eigenvalues_which_are_at_most_one(operator):
    """D^-1 W and D^-1/2 W D^-1/2 are similar matrices: a filter with either never amplifies."""
    graph = random_graph(15)
    eigenvalues = np.linalg.eigvals(compute_shift_operator(graph, operator).toarray())
    other = np.linalg.eigvalsh(compute_shift_operator(graph, "symmetric").toarray())
    np.testing.assert_allclose(np.sort(eigenvalues.real), other, atol=1e-9)
    assert np.abs(eigenvalues.imag).max() < 1e-9
    assert other.max() == pytest.approx(1.0) and other.min() >= -1 - 1e-9
