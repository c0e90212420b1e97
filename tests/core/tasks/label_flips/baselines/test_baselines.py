"""What each published score is, against its formula; that all rank planted flips is a law of the task."""

import numpy as np
import pytest
from planted import blobs
from sklearn.linear_model import LogisticRegression

from margin_core import Study, explain
from margin_core.probe.features import reduce_features
from margin_core.probe.linear_probe import INVERSE_PENALTY
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.baselines import BASELINES
from margin_core.tasks.label_flips.task import METHODS


def by_row(study, method, **parameters):
    found = explain(LabelFlips(method=method, **parameters), study).findings
    scores = np.empty(len(study))
    scores[[study.ids.tolist().index(name) for name in found.ids.tolist()]] = found.scores
    return scores


@pytest.fixture(scope="module")
def brought():
    """Blobs with flips, and probabilities drawn at random."""
    p = np.random.default_rng(0).dirichlet(np.ones(3), 90)
    return blobs(flips=6, apart=3, probabilities=p).study, p


def test_the_table_lists_every_method_but_the_default():
    assert ("pooled", *BASELINES) == METHODS
    assert all(function.__name__ in (name, "at_random") for name, function in BASELINES.items())


@pytest.mark.slow
def test_self_confidence_is_one_minus_the_probability_brought(brought):
    study, p = brought
    np.testing.assert_allclose(by_row(study, "self_confidence"), 1 - p[np.arange(90), study.labels], atol=1e-6)


def test_normalised_margin_is_the_lead_of_the_best_other_class(brought):
    study, p = brought
    own = p[np.arange(90), study.labels]
    alternatives = p.copy()
    alternatives[np.arange(90), study.labels] = 0
    np.testing.assert_allclose(by_row(study, "normalised_margin"), (1 + alternatives.max(axis=1) - own) / 2, atol=1e-6)


@pytest.mark.parametrize("method", ["self_confidence", "normalised_margin"])
def test_in_sample_probabilities_are_not_taken_for_out_of_sample(method, brought):
    _, p = brought
    seen, plain = blobs(flips=6, apart=3, probabilities=p, out_of_sample=False).study, blobs(flips=6, apart=3).study
    np.testing.assert_array_equal(by_row(seen, method), by_row(plain, method))


def test_loss_is_that_of_a_fit_on_these_very_labels():
    study = blobs(flips=6, apart=3).study
    points = reduce_features(study.embedding)[0]
    model = LogisticRegression(C=INVERSE_PENALTY, tol=1e-8, max_iter=5000).fit(points.astype(float), study.labels)
    loss = -model.predict_log_proba(points.astype(float))[np.arange(90), study.labels]
    np.testing.assert_allclose(by_row(study, "loss"), loss / loss.max(), atol=1e-3)


def test_loss_is_the_users_models_where_it_was_trained_on_these_labels(brought):
    _, p = brought
    study = blobs(flips=6, apart=3, probabilities=p, out_of_sample=False).study
    loss = -np.log(study.probabilities[np.arange(90), study.labels])
    np.testing.assert_allclose(by_row(study, "loss"), loss / loss.max(), rtol=1e-5)


def test_a_class_that_the_fit_has_not_met_is_all_loss():
    planted = blobs(flips=0)
    labels = planted.study.labels.copy()
    labels[:3] = 3
    study = Study.build(
        embedding=planted.study.embedding, labels=labels, class_names=[*planted.study.class_names, "new"],
        columns={"split": np.where(np.arange(90) < 3, "val", "train")},
    )  # fmt: skip
    for method in ("loss", "self_influence"):
        scores = by_row(study, method)
        assert (scores[:3] == 1).all()
        assert np.isfinite(scores).all()


def test_trusted_refit_is_the_heads_second_fit():
    study = blobs(flips=6, apart=3).study
    kept = {}

    class Keeping:
        def step(self, name, key, work):
            return kept.setdefault((name, key), work())

    explain(LabelFlips(), study, engine=Keeping())
    (probe,) = (found for (name, _), found in kept.items() if name == "head")
    scores = by_row(study, "trusted_refit")
    np.testing.assert_allclose(scores, 1 - probe["probabilities"][np.arange(90), study.labels], atol=1e-6)
    assert (probe["first"] != probe["probabilities"]).any()


def test_random_rests_on_the_ids_alone():
    one = blobs(flips=6).study
    other = Study.build(ids=one.ids[::-1], embedding=np.zeros((90, 2)), labels=one.labels, class_names=one.class_names)
    np.testing.assert_array_equal(by_row(one, "random"), by_row(other, "random")[::-1])
    scores = by_row(one, "random")
    assert len(set(scores.tolist())) == 90
    assert scores.min() < 0.1 and scores.max() > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_the_suggestion_is_the_defaults_whatever_the_order(method):
    study = blobs(flips=6, apart=3).study
    one, other = (explain(LabelFlips(method=which), study).to_frame().set_index("id") for which in ("pooled", method))
    assert one["suggested"].to_dict() == other["suggested"].to_dict()
