"""Laws that every filter obeys."""

import itertools

import numpy as np
import pytest
from planted import graph_of, permuted, random_graph, random_signal, signal_of
from scipy import sparse

from margin_core.errors import ParameterError
from margin_core.influence import FILTERS


def variants(kind):
    """Every filter with every choice of its text parameters and one or three hops."""
    choices = [
        {name: choice} for name, (_, declared) in kind().declared_parameters().items() for choice in declared.choices
    ] or [{}]
    return [kind().with_parameters(choice | {"hops": hops}) for choice, hops in itertools.product(choices, (1, 3))]


EVERY = [variant for kind in FILTERS for variant in variants(kind)]
every_filter = pytest.mark.parametrize("filtered", EVERY, ids=str)


@every_filter
def test_scores_are_the_magnitude_over_the_largest(filtered):
    found = filtered(random_graph(20), signal_of(random_signal(20)))
    np.testing.assert_allclose(found.scores, np.abs(found.high_pass) / np.abs(found.high_pass).max())
    assert found.scores.max() == 1


@every_filter
def test_several_signals_count_by_their_norm(filtered):
    found = filtered(random_graph(20), signal_of(random_signal(20, 3)))
    length = np.linalg.norm(found.high_pass, axis=1)
    np.testing.assert_allclose(found.scores, length / length.max())


@every_filter
@pytest.mark.parametrize("factor", [1e-3, -2.0, 1e6])
def test_scaling_the_signal_scales_what_remains(filtered, factor):
    graph, f = random_graph(20), random_signal(20)
    plain, scaled = filtered(graph, signal_of(f)), filtered(graph, signal_of(factor * f))
    np.testing.assert_allclose(scaled.high_pass, factor * plain.high_pass, rtol=1e-9, atol=1e-12 * abs(factor))
    np.testing.assert_allclose(scaled.scores, plain.scores, rtol=1e-9, atol=1e-12)


@every_filter
def test_renaming_nodes_renames_the_answer(filtered):
    graph, f = random_graph(25), random_signal(25)
    order = np.random.default_rng(2).permutation(25)
    np.testing.assert_allclose(
        filtered(permuted(graph, order), signal_of(f[order])).high_pass,
        filtered(graph, signal_of(f)).high_pass[order],
        atol=1e-12,
    )


@every_filter
def test_sparse_and_dense_signals_agree(filtered):
    graph = random_graph(25)
    dense = np.eye(4)[np.random.default_rng(0).integers(0, 4, 25)]
    dense[3] = 0
    one, other = filtered(graph, signal_of(dense)), filtered(graph, signal_of(sparse.csr_array(dense)))
    again = other.high_pass.toarray() if isinstance(other.high_pass, sparse.csr_array) else other.high_pass
    np.testing.assert_allclose(again, one.high_pass, atol=1e-12)
    np.testing.assert_allclose(other.scores, one.scores, atol=1e-12)


@every_filter
def test_an_isolated_node_has_no_influence(filtered):
    weights = np.zeros((21, 21))
    weights[:20, :20] = random_graph(20).weights.toarray()
    f = random_signal(21)
    f[20] = 50
    found = filtered(graph_of(weights), signal_of(f))
    assert found.high_pass[20] == 0
    assert found.scores[20] == 0
    sparsely = filtered(graph_of(weights), signal_of(sparse.csr_array(np.outer(f, [1.0, 0]))))
    assert sparsely.scores[20] == 0


@every_filter
def test_components_do_not_feel_each_other(filtered):
    # The symmetric operator takes the mean off first, so the other component keeps its values, in another order.
    a, b = random_graph(12, seed=1).weights.toarray(), random_graph(9, seed=2).weights.toarray()
    graph = graph_of(np.block([[a, np.zeros((12, 9))], [np.zeros((9, 12)), b]]))
    f = random_signal(21)
    changed = f.copy()
    changed[12:] = f[12:][::-1]
    before, after = filtered(graph, signal_of(f)).high_pass, filtered(graph, signal_of(changed)).high_pass
    np.testing.assert_allclose(after[:12], before[:12], atol=1e-12)
    assert np.abs(after[12:] - before[12:]).max() > 1e-3


@every_filter
def test_the_signal_is_left_alone(filtered):
    f = random_signal(20)
    kept = f.copy()
    filtered(random_graph(20), signal_of(f))
    np.testing.assert_array_equal(f, kept)


@every_filter
def test_a_graph_without_edges_gives_no_influence(filtered):
    assert not filtered(graph_of(np.zeros((4, 4))), signal_of(np.arange(4.0))).scores.any()


@every_filter
def test_hops_outside_the_range_are_named(filtered):
    high = filtered.declared_parameters()["hops"][1].high
    with pytest.raises(ParameterError) as caught:
        type(filtered)(hops=0)
    assert str(caught.value) == f"{type(filtered).__name__}.hops must be between 1 and {high:g}; got 0."
