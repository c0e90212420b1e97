"""A signal on a graph as four scores, and the direction in which it counts."""

import numpy as np
import pytest

from margin_core import Study
from margin_core.domain import every_sample
from margin_core.graph import Knn, build_graph
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.tasks.adversarial.scores.filtered import (
    DIRECTIONS,
    FILTERED,
    SIGNALS,
    compute_filtered,
    orient_influence,
)
from margin_core.values import Signal


@pytest.fixture
def graph():
    points = np.random.default_rng(1).normal(size=(40, 3))
    return build_graph(Knn(k=5), every_sample(Study.build(embedding=points)))


@pytest.fixture
def signal():
    return Signal(values=np.random.default_rng(2).uniform(1, 2, 40), hypothesis="")


@pytest.mark.parametrize("direction", [1, -1])
def test_the_four_scores_are_the_signal_and_its_filters(direction, graph, signal):
    found = compute_filtered(graph, signal, direction)
    assert tuple(found) == FILTERED
    np.testing.assert_array_equal(found["raw"], direction * signal.values)
    np.testing.assert_array_equal(found["text_filter"], HighPass()(graph, signal).scores)
    np.testing.assert_array_equal(found["appendix_filter"], direction * PaperAppendixFilter()(graph, signal).scores)
    np.testing.assert_allclose(found["raw"] - found["low_pass"], direction * HighPass()(graph, signal).high_pass)


def test_influence_is_the_same_score_as_in_the_columns(graph, signal):
    found = compute_filtered(graph, signal, -1)
    influence = PaperAppendixFilter()(graph, signal)
    np.testing.assert_array_equal(orient_influence(influence, -1, is_high_pass=False), found["appendix_filter"])
    influence = HighPass()(graph, signal)
    np.testing.assert_array_equal(orient_influence(influence, -1, is_high_pass=True), found["text_filter"])


def test_every_signal_has_a_direction():
    assert set(DIRECTIONS) == set(SIGNALS) and set(DIRECTIONS.values()) == {1, -1}
