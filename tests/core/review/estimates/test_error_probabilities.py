import numpy as np
import pytest
from planted import blobs

from margin_core import Study
from margin_core.graph import build_graph
from margin_core.protocol import filter_function
from margin_core.review.estimates import estimate_error_probabilities
from margin_core.review.estimates.error_probabilities import fit_isotonic
from margin_core.storage.engine import Run
from margin_core.tasks import LabelFlips


def label_error_score_of(study):
    task = LabelFlips()
    domain = task.domain(study, Run())
    graph = build_graph(task.graph, domain, Run())
    return task.fit_label_error_score(study, filter_function(task, study, domain, graph, Run()), Run())


def probabilities_of(study):
    return estimate_error_probabilities(label_error_score_of(study), study.labels)


def test_planted_mistakes_are_likely_and_name_their_true_class():
    planted = blobs(each=60, flips=9)
    probabilities = probabilities_of(planted.study)
    clean = np.setdiff1d(np.arange(len(planted.truth)), planted.flipped)
    assert probabilities.p_error[planted.flipped].min() > 0.8 > 0.2 > probabilities.p_error[clean].max()
    np.testing.assert_array_equal(
        probabilities.alternatives.take(planted.flipped).argmax(), planted.truth[planted.flipped]
    )
    np.testing.assert_allclose(probabilities.alternatives.total, 1, rtol=1e-5)
    assert probabilities.p_error.sum() == pytest.approx(9, abs=2)


def test_the_order_of_the_samples_does_not_matter():
    study = blobs(each=40).study
    order = np.random.default_rng(0).permutation(len(study))
    moved = Study.build(
        embedding=study.embedding[order], labels=study.labels[order], ids=study.ids[order],
        class_names=study.class_names,
    )  # fmt: skip
    np.testing.assert_allclose(probabilities_of(moved).p_error, probabilities_of(study).p_error[order], atol=1e-4)


def test_probabilities_rise_with_doubt_and_keep_their_sum():
    rng = np.random.default_rng(0)
    score_logit, probabilities = rng.normal(size=500), rng.random(500) * 0.8 + 0.1
    fitted = fit_isotonic(score_logit, probabilities)
    assert (np.diff(fitted[np.argsort(score_logit)]) >= -1e-12).all()
    assert fitted.sum() == pytest.approx(probabilities.sum())
    assert fit_isotonic(np.empty(0), np.empty(0)).shape == (0,)


def test_equal_doubts_get_equal_probabilities():
    fitted = fit_isotonic(np.array([1.0, 1.0, 0.0]), np.array([0.2, 0.8, 0.1]))
    np.testing.assert_allclose(fitted, [0.5, 0.5, 0.1])
    # Three samples at one level weigh three times as much as the one above, which may not lie lower.
    np.testing.assert_allclose(fit_isotonic(np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.4, 0.4, 0.4, 0.2])), [0.35] * 4)


def test_a_sample_without_a_label_has_no_wrong_one():
    planted = blobs(each=20)
    labels = planted.study.labels.copy()
    labels[:5] = -1
    probabilities = probabilities_of(planted.study.with_labels(labels))
    np.testing.assert_array_equal(probabilities.p_error[:5], 0)
    assert (probabilities.p_error[5:] > 0).all()
    np.testing.assert_array_equal(probabilities.score_logit[:5], -12)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_tiny_studies_of_one_class_have_no_likely_error(n):
    study = Study.build(embedding=np.eye(n, 3), labels=np.zeros(n, int), class_names=["only"])
    probabilities = probabilities_of(study)
    assert probabilities.p_error.max() < 1e-3
    np.testing.assert_array_equal(probabilities.alternatives.values, 0)


def test_the_queue_may_go_by_another_score():
    study = blobs(each=20).study
    scores = np.linspace(0, 1, len(study))
    probabilities = estimate_error_probabilities(label_error_score_of(study), study.labels, scores)
    assert (np.diff(probabilities.score_logit) >= 0).all() and (np.diff(probabilities.p_error) >= 0).all()
    assert np.isfinite(probabilities.score_logit).all()
