import numpy as np
import pytest
from engines import CountingEngine
from planted import blobs

from margin_core import Study
from margin_core.errors import Cancelled, MissingPart, ParameterError
from margin_core.review.estimates import ErrorProbabilities, planted_error_test
from margin_core.review.estimates.planted_errors import plant_errors
from margin_core.storage.engine import Run
from margin_core.tasks.label_flips.noise_transition import NoiseTransition
from margin_core.tasks.label_flips.pair_table import PairTable
from margin_core.values import TopClasses


@pytest.fixture(scope="module")
def study():
    return blobs(classes=3, each=60, flips=3).study


@pytest.fixture(scope="module")
def tested(study):
    return planted_error_test(study, repeats=3, share=0.05)


def test_planted_mistakes_among_clear_classes_are_found(tested):
    assert tested.planted == 3 * 9
    assert tested.class_dependent.shape == tested.uniform.shape == (3, len(tested.depths))
    assert tested.recall[-1] == 1 and (np.diff(tested.recall) >= 0).all()
    assert tested.recall[tested.depths == 0.1][0] > 0.95
    assert tested.flagged.mean() > 0.95
    assert tested.counted.mean() == pytest.approx(1, abs=0.2)
    assert tested.brier_score < 0.02
    assert tested.brier_score < tested.base_rate_brier_score < 0.25
    assert tested.reliability.count.sum() == 3 * 180


def test_it_says_what_to_expect(tested):
    share = tested.recall[tested.depths == 0.05][0]
    assert tested.sentence == f"Of 100 planted label errors {int(100 * share)} are in the first 5 % of the queue."


def test_mistakes_that_are_there_do_not_stand_in_the_way():
    found = planted_error_test(blobs(classes=3, each=60, flips=30).study, repeats=2, share=0.02)
    assert found.recall[found.depths == 0.05][0] > 0.9


def test_features_that_say_nothing_find_nothing():
    rng = np.random.default_rng(0)
    noise = Study.build(embedding=rng.normal(size=(150, 3)), labels=rng.integers(0, 3, 150))
    found = planted_error_test(noise, repeats=2, share=0.1)
    assert found.recall[found.depths == 0.1][0] < 0.4
    assert found.flagged.mean() < 0.5


def test_it_is_remembered_and_the_same_again(study):
    engine = CountingEngine()
    first = planted_error_test(study, repeats=2, run=Run(engine))
    assert engine.computed.count("self_test") == 2
    # What was fitted on flipped labels is nobody's business but the repeat's.
    assert engine.computed.count("head") == 1
    again = planted_error_test(study, repeats=3, run=Run(engine))
    assert engine.computed.count("self_test") == 3
    np.testing.assert_array_equal(again.uniform[:2], first.uniform)


def test_it_can_be_stopped_and_keeps_what_is_done(study):
    engine = CountingEngine()

    def impatient(fraction, text):
        assert 0 <= fraction <= 1
        if "Planting label errors, 2 of" in text:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        planted_error_test(study, repeats=3, run=Run(engine, impatient))
    assert engine.computed.count("self_test") == 1


def test_one_class_has_no_mistakes_to_plant():
    study = Study.build(embedding=np.random.default_rng(0).normal(size=(12, 2)), labels=[0] * 12, class_names=["only"])
    found = planted_error_test(study, repeats=1)
    assert found.planted == 0
    assert found.sentence == "No label error could be planted: that takes labels of at least two classes."
    assert not found.recall.any() and found.counted[0] == pytest.approx(0, abs=1e-6)


def test_unlabeled_samples_stay_so(study):
    labels = study.labels.copy()
    labels[::2] = -1
    found = planted_error_test(study.with_labels(labels), repeats=1, share=0.1)
    assert found.planted == 9 and found.reliability.count.sum() == 90


def test_what_cannot_be_is_refused(study):
    with pytest.raises(ParameterError, match=r"^planted_error_test needs at least one repeat; got 0\.$"):
        planted_error_test(study, repeats=0)
    with pytest.raises(
        ParameterError,
        match=r"^planted_error_test: the share of planted errors must be above 0 and at most 0\.5; got 0\.6\.$",
    ):
        planted_error_test(study, share=0.6)
    with pytest.raises(MissingPart, match="has no labels"):
        planted_error_test(Study.build(embedding=np.eye(3)))


def test_only_labels_that_look_right_are_flipped(study):
    n = len(study)
    p_error = np.where(np.arange(n) < 100, 0.9, 0.01)
    before = ErrorProbabilities(
        given=study.labels,
        score_logit=np.zeros(n),
        p_error=p_error,
        alternatives=TopClasses.complete(np.zeros((n, 3), np.float32)),
    )
    transition = np.array([[0.9, 0.1, 0.0], [0.0, 1.0, 0.0], [0.0, 0.5, 0.5]])
    noise = NoiseTransition(1.0, PairTable.of(transition), PairTable.of(transition))
    labels, kinds = plant_errors(study, before, noise, 0.2, "0123456789abcdef")
    assert (kinds[:100] == 0).all() and (kinds > 0).sum() == 36
    np.testing.assert_array_equal(labels != study.labels, kinds > 0)
    # Class 1 is never taken for another, class 2 always for 1.
    habitual = kinds == 1
    assert (study.labels[habitual] != 1).all() and (labels[habitual] == 1).all()
    assert set(labels[kinds == 2].tolist()) >= {0, 1}
