"""Studies with more classes than are kept of each sample."""

import dataclasses
import tracemalloc

import numpy as np
import pytest
from planted import random_graph

from margin_core import Study, estimate_errors, explain
from margin_core.review.estimates.error_count import estimate_error_count_by_pair
from margin_core.tasks import LabelFlips, Reviewed
from margin_core.tasks.label_flips.breakdown import compute_breakdown
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore, compute_log_probabilities
from margin_core.tasks.label_flips.live_label_error_score import LiveLabelErrorScore
from margin_core.tasks.label_flips.noise_transition import fit_noise_transition
from margin_core.tasks.label_flips.opinion_pool import OpinionPool
from margin_core.values import TopClasses
from margin_core.values.top_classes import MAX_COMPLETE

C = MAX_COMPLETE + 50


def clusters(n, c, *, flipped, d=16, seed=0, probabilities=False):
    """Clusters around random centers, some labels of which are another class's."""
    rng = np.random.default_rng(seed)
    centers, truth = 4 * rng.standard_normal((c, d)), rng.permutation(np.arange(n) % c)
    points = (centers[truth] + rng.standard_normal((n, d))).astype(np.float32)
    labels, wrong = truth.copy(), rng.choice(n, flipped, replace=False)
    labels[wrong] = (truth[wrong] + rng.integers(1, c, flipped)) % c
    given = np.full((n, c), 0.1 / c, np.float32)
    given[np.arange(n), truth] += 0.9
    names = [str(number) for number in range(c)]
    return (
        Study.build(embedding=points, labels=labels, class_names=names, probabilities=given if probabilities else None),
        truth,
    )


def sparse_probabilities(n, seed):
    rng = np.random.default_rng(seed)
    table = np.zeros((n, C))
    for row in table:
        row[rng.choice(C, 6, replace=False)] = rng.dirichlet(np.ones(6))
    return table


def world(n=40, seed=0):
    """The same opinions twice: of the likeliest classes, and of all; and labels."""
    tables = [sparse_probabilities(n, seed), sparse_probabilities(n, seed + 1)]
    held = LabelErrorScore(
        graph=random_graph(n, seed=seed),
        models=compute_log_probabilities([TopClasses.of(table) for table in tables]),
        pool=OpinionPool(weights=(1.2, 0.5, 0.8)),
    )
    whole = dataclasses.replace(held, models=compute_log_probabilities([TopClasses.complete(t) for t in tables]))
    return held, whole, np.random.default_rng(seed).integers(-1, C, n)


@pytest.mark.parametrize("seed", range(3))
def test_the_likeliest_classes_give_the_scores_of_the_whole_tables(seed):
    held, whole, labels = world(seed=seed)
    np.testing.assert_allclose(held.probabilities(labels).dense(), whole.probabilities(labels).dense(), atol=1e-14)
    np.testing.assert_allclose(held.scores(labels), whole.scores(labels))
    live, same = LiveLabelErrorScore(held, labels), LiveLabelErrorScore(whole, labels)
    np.testing.assert_array_equal(*(one.suggestions(np.arange(40), labels) for one in (live, same)))
    rows, to = np.array([3, 17]), np.array([C - 1, 5])  # classes that hardly any opinion lists
    touched, scores = live.update(rows, to)
    np.testing.assert_allclose(scores, same.update(rows, to)[1])
    np.testing.assert_array_equal(scores, held.scores(live.labels)[touched])


def test_a_breakdown_is_that_of_the_score():
    held, whole, labels = world()
    labels[7] = 3
    one, other = compute_breakdown(held, labels, 7), compute_breakdown(whole, labels, 7)
    assert one.score == pytest.approx(held.scores(labels)[7]) == pytest.approx(other.score)
    assert one.suggested == other.suggested and one.pooled.shape == (C,)
    np.testing.assert_allclose(one.pooled, other.pooled, atol=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize("probabilities", [False, True])
def test_planted_errors_come_first_and_are_counted(probabilities):
    study, truth = clusters(1500, C, flipped=45, probabilities=probabilities)
    found = estimate_errors(study)
    rows, wrong = found.explanation.rows, study.labels != truth
    assert wrong[rows[:45]].mean() > 0.9
    named = found.explanation.findings.evidence["suggested"][:40]
    assert (named == truth[rows[:40]]).mean() > 0.9
    assert found.count.low <= 45 <= found.count.high < 700
    assert all(pair.given != pair.true for pair in estimate_error_count_by_pair(found.posterior))
    assert found.posterior.prior.alternatives.values.shape[1] < C


def test_the_share_of_wrong_labels_is_fitted_and_every_confusion_is_as_likely():
    table, rng = sparse_probabilities(4000, 0), np.random.default_rng(1)
    truth = np.array([rng.choice(C, p=row) for row in table])
    labels = truth.copy()
    wrong = rng.random(4000) < 0.1
    labels[wrong] = rng.integers(0, C, wrong.sum())
    logs = TopClasses.of(np.log(np.maximum(table, 1e-12)))
    noise = fit_noise_transition(logs, labels)
    assert noise.transition.table[1] * (C - 1) == pytest.approx(wrong.mean(), abs=0.01)
    assert noise.exponent == pytest.approx(1, abs=0.1)
    assert (noise.relative_rates.take(np.arange(C)[:, None], np.arange(C)) == 1).all()
    p_error = 1 - noise.posterior(logs, labels).at_one(labels)
    np.testing.assert_allclose(noise.posterior(logs, labels).total, 1)
    assert p_error.sum() == pytest.approx((labels != truth).sum(), rel=0.05)


def test_a_reviewer_may_name_a_class_that_no_opinion_lists():
    logs = TopClasses.of(np.log(np.maximum(sparse_probabilities(3, 0), 1e-12)))
    named = np.setdiff1d(np.arange(C), logs.listed[1])[0]
    labels = np.array([0, named, 2])
    certain, given = Reviewed(given=np.zeros(3, int), verified=np.array([False, True, False])).training_pairs(
        logs, labels
    )
    assert certain.at_one(labels)[1] == 0 and (certain.values[1] < 0).sum() == certain.values.shape[1] - 1
    np.testing.assert_array_equal(certain.dense()[[0, 2]], logs.dense()[[0, 2]])
    assert given.tolist() == [0, 0, 0]


@pytest.mark.slow
def test_no_table_of_all_samples_and_classes_is_made():
    n, c = 3_000, 3_000
    study, _ = clusters(n, c, flipped=60, d=6)
    tracemalloc.start()
    explain(LabelFlips(), study)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < n * c * 4  # less than a table in single precision, of which there used to be many
