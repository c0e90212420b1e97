"""The words that the linear probe counts for a class, without the sample's own label."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from margin_core.evidence.word_evidence import MAX_MARKED, MIN_SHARE, WordEvidence
from margin_core.probe.folds import assign_folds
from margin_core.storage.engine import Run
from margin_core.study.models.linear_words import word_counter
from margin_core.study.probe_model import with_probe_model
from margin_core.study.probe_model.linear_fit import FOLDS
from margin_core.study.probe_model.text_probe import INVERSE_PENALTY
from margin_core.values import UNLABELED, Study

TOPICS = {
    "cat": "purr meow tail paw whisker",
    "dog": "bark fetch leash tail paw",
    "owl": "hoot wing night feather nest",
}


def texts_of(each=30, seed=0):
    random = np.random.default_rng(seed)
    names = [name for name in TOPICS for _ in range(each)]
    return [" ".join(random.choice([*TOPICS[name].split(), "the", "and"], 8)) for name in names], names


@pytest.fixture(scope="module")
def study():
    texts, labels = texts_of()
    return with_probe_model(Study.build(inputs=texts, labels=labels), Run())


def test_contributions_are_those_of_a_probe_fitted_without_the_fold_of_the_sample(study):
    evidence, row = WordEvidence.from_study(study), 3
    fold_of = assign_folds(study.labels, study.ids, FOLDS)
    counter = word_counter()
    counts = counter.fit_transform([str(study.inputs[one]) for one in range(len(study))])
    train = fold_of != fold_of[row]
    fitted = LogisticRegression(C=INVERSE_PENALTY, tol=1e-3, max_iter=200).fit(counts[train], study.labels[train])
    added = counts[[row]].toarray()[0] * (fitted.coef_[0] - fitted.coef_[1])
    expected = {str(word): added[at] for at, word in enumerate(counter.get_feature_names_out()) if counts[row, at]}
    found = evidence.contributions(row, 0, 1)
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=2e-3)  # stored in half precision


def test_the_label_of_a_sample_says_nothing_of_its_own_words():
    texts, labels = texts_of()
    texts[0] = "zyzzyva zyzzyva purr"
    for given in ("cat", "dog"):
        labels[0] = given
        evidence = WordEvidence.from_study(with_probe_model(Study.build(inputs=texts, labels=labels), Run()))
        assert evidence.contributions(0, 0, 1)["zyzzyva"] == 0


def test_the_sign_says_for_which_class_a_word_is_evidence(study):
    evidence = WordEvidence.from_study(study)
    row = next(row for row in range(30) if "purr" in str(study.inputs[row]))
    for_cat, for_dog = evidence.contributions(row, 0, 1), evidence.contributions(row, 1, 0)
    assert for_cat["purr"] > 0 > for_dog["purr"]
    assert for_dog == pytest.approx({word: -weight for word, weight in for_cat.items()})


def test_marked_words_are_the_heaviest(study):
    evidence = WordEvidence.from_study(study)
    added, marked = evidence.contributions(2, 0, 2), evidence.marked_words(2, 0, 2)
    largest = max(map(abs, added.values()))
    assert marked == pytest.approx({word: at / largest for word, at in added.items() if abs(at) >= MIN_SHARE * largest})
    assert max(map(abs, marked.values())) == pytest.approx(1)


def test_of_a_long_text_only_some_words_are_marked():
    texts, labels = texts_of()
    texts[0] = " ".join(f"{word}{number}" for number in range(100) for word in ("purr", "bark"))
    texts[1:30] = [texts[0]] * 29
    evidence = WordEvidence.from_study(with_probe_model(Study.build(inputs=texts, labels=labels), Run()))
    assert 0 < len(evidence.marked_words(0, 0, 1)) <= 2 * MAX_MARKED


def test_nothing_is_marked_where_there_is_nothing_to_compare(study):
    evidence = WordEvidence.from_study(study)
    assert evidence.contributions(0, 0, 0) == evidence.contributions(0, UNLABELED, UNLABELED) == {}
    plain = WordEvidence.from_study(Study.build(inputs=["a b", "b c"], labels=["x", "y"]))
    assert plain.marked_words(0, 0, 1) == {}


def test_without_a_label_the_other_classes_speak_together(study):
    evidence = WordEvidence.from_study(study)
    pairs = [evidence.contributions(0, label, 1) for label in (0, 2)]
    expected = {word: (pairs[0][word] + pairs[1][word]) / 2 for word in pairs[0]}
    assert evidence.contributions(0, UNLABELED, 1) == pytest.approx(expected)
    assert evidence.contributions(0, 1, UNLABELED) == pytest.approx({word: -at for word, at in expected.items()})


def test_an_empty_text_has_no_words():
    texts, labels = texts_of()
    texts[5] = ""
    evidence = WordEvidence.from_study(with_probe_model(Study.build(inputs=texts, labels=labels), Run()))
    assert evidence.marked_words(5, 0, 1) == {} and evidence.shared_words("", "purr") == {}


def test_rare_words_in_common_count_most():
    study = Study.build(
        inputs=["the jackpot", "the jackpot again", "the sun", "the moon", "the sea"], labels=[0, 1, 0, 1, 0]
    )
    shared = WordEvidence.from_study(study).shared_words("the jackpot", "the jackpot again")
    assert list(shared) == ["jackpot", "the"] and shared["jackpot"] == 1


def test_weights_are_those_of_the_vectorizer(study):
    evidence = WordEvidence.from_study(study)
    counter = word_counter()
    counter.fit([str(study.inputs[row]) for row in range(len(study))])
    expected = counter.transform(["purr purr bark"]).toarray()[0]
    found = evidence.weigh("purr purr bark")
    assert found == pytest.approx({word: expected[counter.vocabulary_[word]] for word in ("purr", "bark")})


def test_samples_that_are_no_texts_have_no_words():
    assert WordEvidence.from_study(Study.build(inputs=np.zeros((4, 2)), labels=[0, 1, 0, 1])) is None
