"""A probe of two classes: what it says of a sample's words does not depend on that sample's label."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from margin_core.evidence import WordEvidence
from margin_core.evidence.pair_probe import MAX_FITTED, PairProbe
from margin_core.probe.folds import assign_folds
from margin_core.study.models.linear_words import word_counter
from margin_core.study.probe_model import MAX_CLASSES
from margin_core.study.probe_model.linear_fit import FOLDS
from margin_core.study.probe_model.text_probe import INVERSE_PENALTY
from margin_core.values import UNLABELED, Study

TOPICS = {"cat": "purr meow tail paw", "dog": "bark fetch tail paw", "owl": "hoot wing night feather"}


class OwnModel:
    """Somebody's own, which knows nothing of words."""

    fingerprint, classes = "own", 3

    def probabilities(self, inputs):
        return np.full((len(inputs), 3), 1 / 3, dtype=np.float32)


def texts_of(each=30):
    random = np.random.default_rng(0)
    names = [name for name in TOPICS for _ in range(each)]
    return [" ".join(random.choice([*TOPICS[name].split(), "the", "and"], 8)) for name in names], names


@pytest.fixture(scope="module")
def study():
    texts, labels = texts_of()
    return Study.build(inputs=texts, labels=labels, model=OwnModel())


def test_the_words_of_a_study_with_its_own_model_are_weighed_by_a_probe_of_the_two_classes(study):
    row, members = 3, np.flatnonzero(study.labels < 2)
    labels = study.labels[members]
    fold_of = assign_folds(labels, study.ids[members], FOLDS)
    counter = word_counter()
    counts = counter.fit_transform([str(study.inputs[one]) for one in members])
    train = fold_of != fold_of[row]
    fitted = LogisticRegression(C=INVERSE_PENALTY, tol=1e-3, max_iter=200).fit(counts[train], labels[train])
    added = -counts[[row]].toarray()[0] * fitted.coef_[0]
    expected = {str(word): added[at] for at, word in enumerate(counter.get_feature_names_out()) if counts[row, at]}
    evidence = WordEvidence.from_study(study)
    assert evidence.contributions(row, 0, 1) == pytest.approx(expected, abs=1e-5)
    assert evidence.contributions(row, 1, 0) == pytest.approx({word: -at for word, at in expected.items()}, abs=1e-5)
    assert evidence.marked_words(row, 0, 1)["purr"] > 0


def test_the_label_of_a_sample_says_nothing_of_its_own_words():
    texts, labels = texts_of()
    texts[0] = "zyzzyva zyzzyva purr"
    for given in ("cat", "dog"):
        labels[0] = given
        evidence = WordEvidence.from_study(Study.build(inputs=texts, labels=labels))
        assert evidence.contributions(0, 0, 1)["zyzzyva"] == 0
        assert evidence.contributions(0, 0, UNLABELED)["zyzzyva"] == 0


def test_all_other_classes_speak_together_against_one(study):
    evidence = WordEvidence.from_study(study)
    row = next(row for row in range(30) if "purr" in str(study.inputs[row]))
    assert evidence.contributions(row, 0, UNLABELED)["purr"] > 0 > evidence.contributions(row, UNLABELED, 0)["purr"]


def test_more_classes_than_a_model_is_fitted_to_have_marked_words():
    names = [f"class {number}" for number in range(MAX_CLASSES + 1) for _ in range(6)]
    texts = [f"word{name.split()[1]} the" for name in names]
    evidence = WordEvidence.from_study(Study.build(inputs=texts, labels=names))
    assert evidence.weights is None
    labels = evidence.study.labels
    assert evidence.marked_words(0, int(labels[0]), int(labels[6])) == {"word0": 1.0}


def test_a_sample_that_a_probe_is_not_fitted_to_is_marked_by_all_that_it_is_fitted_to():
    texts, labels = texts_of(each=MAX_FITTED + 40)
    study = Study.build(inputs=texts, labels=labels)
    probe = PairProbe.from_study(study, 0, 1)
    assert len(probe.fold_of) == 2 * MAX_FITTED
    row = next(row for row in range(MAX_FITTED + 40) if row not in probe.fold_of)
    assert probe.weights(row)[probe.column_of["purr"]] > 0


@pytest.mark.parametrize("labels", [["a", "b", "b"], ["a", "a", "b"]])
def test_a_class_of_one_marks_nothing_in_its_only_sample(labels):
    study = Study.build(inputs=["one two", "two three", "three four"], labels=labels)
    row = labels.index("a") if labels.count("a") == 1 else 2
    assert WordEvidence.from_study(study).marked_words(row, 0, 1) == {}


def test_without_members_or_words_there_is_no_probe():
    assert PairProbe.from_study(Study.build(inputs=["x y", "y z"], labels=["a", "a"]), 0, UNLABELED) is None
    assert PairProbe.from_study(Study.build(inputs=["!", "?"], labels=["a", "b"]), 0, 1) is None
    unlabeled = Study.build(inputs=["x y", "y z"], labels=None)
    assert WordEvidence.from_study(unlabeled).marked_words(0, UNLABELED, 0) == {}
