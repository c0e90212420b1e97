"""The label error score on a given graph, whose nodes have one neighbor or many."""

import numpy as np
import pytest
from planted import Planted
from planted_graph import citations
from scipy import sparse

from margin_core import explain
from margin_core.graph import GivenGraph, build_graph
from margin_core.storage.engine import Run
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.breakdown import compute_breakdown
from margin_core.tasks.label_flips.label_error_score import SMOOTHING, compute_smoothing
from margin_core.tasks.label_flips.live_label_error_score import LiveLabelErrorScore
from margin_core.values import Graph

TASK = LabelFlips(graph=GivenGraph())


@pytest.fixture(scope="module")
def planted() -> Planted:
    return citations()


@pytest.fixture(scope="module")
def score(planted):
    found = explain(TASK, planted.study)
    return TASK.fit_label_error_score(planted.study, found.steps, Run())


def of_weights(matrix):
    m = len(matrix)
    nobody = np.full((m, 1), -1, np.int32)
    return Graph(weights=sparse.csr_array(matrix), neighbours=nobody, distances=np.full((m, 1), np.inf, np.float32))


def test_few_votes_are_smoothed_more():
    star = np.zeros((21, 21))
    star[0, 1:] = star[1:, 0] = 1
    smoothing = compute_smoothing(of_weights(star))
    assert smoothing[0] == pytest.approx(SMOOTHING) and smoothing[1:].tolist() == [1] * 20
    assert compute_smoothing(of_weights(np.zeros((2, 2)))).tolist() == [1, 1]
    assert compute_smoothing(of_weights(7 * star)) == pytest.approx(smoothing)


def test_the_sum_that_is_shown_is_the_score(planted, score):
    labels = planted.study.labels
    scores = score.scores(labels)
    for row in (0, int(planted.flipped[0]), int(np.diff(planted.study.graph.indptr).argmin())):
        assert compute_breakdown(score, labels, row).score == pytest.approx(scores[row])


def test_scores_follow_corrections_as_if_made_anew(planted, score):
    labels = planted.study.labels.copy()
    live = LiveLabelErrorScore(score, labels)
    rows = planted.flipped[:3]
    labels[rows] = planted.truth[rows]
    affected, scores = live.update(rows, planted.truth[rows])
    np.testing.assert_allclose(scores, score.scores(labels)[affected])
    untouched = np.setdiff1d(np.arange(len(labels)), affected)
    np.testing.assert_array_equal(score.scores(labels)[untouched], score.scores(planted.study.labels)[untouched])


def test_only_a_given_graph_is_smoothed_by_its_degrees(planted, score):
    assert score.smoothing is not None
    nearest = LabelFlips()
    found = explain(nearest, planted.study)
    assert nearest.fit_label_error_score(planted.study, found.steps, Run()).smoothing is None


def test_the_graph_is_used_as_it_is(planted):
    found = explain(TASK, planted.study)
    rebuilt = build_graph(GivenGraph(), found.steps.domain)
    assert (rebuilt.weights != planted.study.graph).nnz == 0
