"""Measures beside RATE find what the network uses, and nothing else."""

import numpy as np
import pytest

from margin_core.storage.engine import MemoryEngine, Run
from margin_core.tasks.variable_importance.held_out import HeldOut
from margin_core.tasks.variable_importance.measures import Measures, compute_measures, has_shap
from margin_core.tasks.variable_importance.network import Network, train_network
from margin_core.tasks.variable_importance.shuffle_curve import compute_shuffle_curves
from margin_core.tasks.variable_importance.variables import Variables

P, USED = 12, [3, 7]


def rectifier():
    """Return weights by which the logit of class 1 is 4 (x3 + x7), and nothing else counts."""
    first = np.zeros((P, 512), np.float32)
    first[USED, 0], first[USED, 1] = 1, -1
    second = np.eye(512, dtype=np.float32)
    last = np.zeros((512, 2), np.float32)
    last[0, 1], last[1, 1] = 4, -4
    nothing = np.zeros(512, np.float32)
    return Network(
        first=first, second=second, last=last, first_bias=nothing, second_bias=nothing,
        last_bias=np.zeros(2, np.float32),
    )  # fmt: skip


def variables(n=1000, p=P):
    names = tuple(f"v{place}" for place in range(p))
    values = np.random.default_rng(0).normal(size=(n, p))
    return Variables(names=names, values=values, variable_of=np.arange(p), kind="columns", column_names=names)


@pytest.fixture(scope="module")
def planted():
    given = variables()
    labels = (given.values[:, USED].sum(axis=1) > 0).astype(np.int64)
    return given, labels, HeldOut.of(rectifier(), given, labels)


def test_what_the_network_computes_is_what_its_weights_say(planted):
    given, labels, held_out = planted
    logits = 4 * given.values[:, USED].sum(axis=1)
    np.testing.assert_allclose(
        held_out.network.log_probabilities(given.values)[:, 1], -np.log1p(np.exp(-logits)), rtol=1e-4, atol=1e-6
    )
    assert held_out.accuracy() == 1
    assert len(held_out.labels) == len(labels) // 10


def test_every_measure_finds_the_two_variables_that_count(planted):
    given, _, held_out = planted
    measures = compute_measures(held_out, given, Run(MemoryEngine()))
    found = [measures.permutation, measures.forest] + ([measures.shap] if has_shap else [])
    for values in found:
        assert set(np.argsort(-values)[:2].tolist()) == set(USED)
    np.testing.assert_allclose(np.delete(measures.permutation, USED), 0, atol=1e-6)
    assert measures.forest.sum() == pytest.approx(1)
    assert np.isnan(measures.shap).all() != has_shap
    assert measures.accuracy[0] == 1
    again = Measures.from_arrays(measures.to_arrays()).only(np.array(USED))
    assert again.permutation.tolist() == measures.permutation[USED].tolist()


def test_columns_of_a_category_are_one_variable():
    given = variables()
    one = Variables(
        names=("rest", "both"), values=given.values, variable_of=np.isin(np.arange(P), USED).astype(np.int64),
        kind="columns", column_names=given.column_names,
    )  # fmt: skip
    labels = (given.values[:, USED].sum(axis=1) > 0).astype(np.int64)
    measures = compute_measures(HeldOut.of(rectifier(), one, labels), one, Run(MemoryEngine()))
    assert measures.permutation[1] > 0.5 > 1e-6 > abs(measures.permutation[0])
    assert measures.forest[1] > measures.forest[0]


def test_a_right_ranking_falls_at_once_and_a_random_one_as_the_truth_says(planted):
    _, _, held_out = planted
    right, wrong = np.array([*USED, *np.delete(np.arange(P), USED)]), np.array([*np.delete(np.arange(P), USED), *USED])
    best, worst, chance = compute_shuffle_curves(held_out, [right, wrong, None])
    for curve in (best, worst, chance):
        assert curve.shuffled.tolist() == sorted(set(curve.shuffled.tolist()))
        assert (curve.shuffled[0], curve.shuffled[-1]) == (0, P)
        assert curve.accuracy[0] == curve.low[0] == curve.high[0] == 1
        assert (curve.low <= curve.accuracy).all() and (curve.accuracy <= curve.high).all()
    all_shuffled = best.accuracy[-1]
    assert 0.35 < all_shuffled < 0.65
    at = best.shuffled.tolist().index(2)
    assert best.accuracy[at] == pytest.approx(all_shuffled)  # nothing else is used
    assert (worst.accuracy[worst.shuffled <= P - 2] == 1).all()
    # Of a random order the first k hold each of the two with probability k / p: it is no fixed set of variables.
    some = (chance.shuffled > 0) & (chance.shuffled < P)
    assert (chance.accuracy[some] < 1).any()
    assert (chance.accuracy[some] >= all_shuffled).any()
    assert chance.high[at] == 1 > chance.low[at]


def test_training_is_the_same_again_and_learns():
    given = variables(400)
    labels = (given.values[:, USED].sum(axis=1) > 0).astype(np.int64)
    one, two = (train_network(given, labels, 2, Run(MemoryEngine())) for _ in range(2))
    assert all((one.to_arrays()[name] == two.to_arrays()[name]).all() for name in one.to_arrays())
    assert HeldOut.of(one, given, labels).accuracy() > 0.8
    assert Network.from_arrays(one.to_arrays()).first.shape == (P, 512)


def test_few_samples_are_all_judged():
    given = variables(6)
    assert len(HeldOut.of(rectifier(), given, np.array([0, 1] * 3)).labels) == 6
