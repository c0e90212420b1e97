"""Measures beside RATE find what the network uses, and nothing else."""

import numpy as np
import pytest
from planted_network import USED, P, labels_of, planted_held_out, rectifier, variables

from margin_core.storage.engine import MemoryEngine, Run
from margin_core.tasks.variable_importance.held_out import HeldOut
from margin_core.tasks.variable_importance.measures import Measures, compute_measures, has_shap
from margin_core.tasks.variable_importance.network import Network, train_network
from margin_core.tasks.variable_importance.variables import Variables


@pytest.fixture(scope="module")
def planted():
    given = variables()
    return given, labels_of(given), planted_held_out()


def test_what_the_network_computes_is_what_its_weights_say(planted):
    given, labels, held_out = planted
    logits = 4 * given.values[:, USED].sum(axis=1)
    found = held_out.network.log_probabilities(held_out.network.first_layer(given.values))
    np.testing.assert_allclose(found[:, 1], -np.log1p(np.exp(-logits)), rtol=1e-4, atol=1e-6)
    assert held_out.accuracy(held_out.first_layer) == 1
    assert len(held_out.labels) == len(labels) // 10


@pytest.mark.slow
def test_every_measure_finds_the_two_variables_that_count(planted):
    given, _, held_out = planted
    measures = compute_measures(held_out, given, Run(MemoryEngine()))
    found = [measures.permutation, measures.forest, measures.boosting] + ([measures.shap] if has_shap else [])
    for values in found:
        assert set(np.argsort(-values)[:2].tolist()) == set(USED)
    np.testing.assert_allclose(np.delete(measures.permutation, USED), 0, atol=1e-6)
    assert measures.forest.sum() == pytest.approx(1)
    assert measures.boosting.sum() == pytest.approx(1)
    assert np.isnan(measures.shap).all() != has_shap
    assert measures.accuracy[0] == 1
    again = Measures.from_arrays(measures.to_arrays()).only(np.array(USED))
    assert again.permutation.tolist() == measures.permutation[USED].tolist()


@pytest.mark.slow
def test_columns_of_a_category_are_one_variable():
    given = variables()
    one = Variables(
        names=("rest", "both"), values=given.values, variable_of=np.isin(np.arange(P), USED).astype(np.int64),
        kind="columns", column_names=given.column_names,
    )  # fmt: skip
    labels = labels_of(given)
    measures = compute_measures(HeldOut.of(rectifier(), one, labels), one, Run(MemoryEngine()))
    assert measures.permutation[1] > 0.5 > 1e-6 > abs(measures.permutation[0])
    assert measures.forest[1] > measures.forest[0]
    assert measures.boosting[1] > measures.boosting[0]


@pytest.mark.slow
def test_training_is_the_same_again_and_learns():
    given = variables(400)
    labels = labels_of(given)
    one, two = (train_network(given, labels, 2, Run(MemoryEngine())) for _ in range(2))
    assert all((one.to_arrays()[name] == two.to_arrays()[name]).all() for name in one.to_arrays())
    held_out = HeldOut.of(one, given, labels)
    assert held_out.accuracy(held_out.first_layer) > 0.8
    assert Network.from_arrays(one.to_arrays()).first.shape == (P, 512)


def test_a_change_of_columns_is_what_the_first_layer_of_changed_samples_is(planted):
    _, _, held_out = planted
    rows, columns = np.random.default_rng(1).permutation(len(held_out.labels)), np.array([1, 3])
    changed = held_out.values.copy()
    changed[:, columns] = changed[rows][:, columns]
    np.testing.assert_allclose(
        held_out.first_layer + held_out.change(columns, rows), held_out.network.first_layer(changed), atol=1e-5
    )


def test_few_samples_are_all_judged():
    given = variables(6)
    assert len(HeldOut.of(rectifier(), given, np.array([0, 1] * 3)).labels) == 6
