"""The decision boundary, on studies whose boundary is known."""

import numpy as np
import pytest
from planted import blobs
from sklearn.datasets import make_moons
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

from margin_core import Study, explain
from margin_core.errors import MissingPart
from margin_core.graph import Knn
from margin_core.storage.engine import Run
from margin_core.tasks import DecisionBoundary, LabelFlips
from margin_core.tasks.decision_boundary.class_probabilities import class_probabilities
from margin_core.tasks.decision_boundary.task import METHODS


def strip(n=121, **parts):
    """Lay samples out on a line; the model turns from class 0 to class 1 at its middle, 60."""
    x = np.linspace(-3, 3, n)
    p = 1 / (1 + np.exp(-4 * x))
    given = {"labels": (x > 0.001).astype(int), "probabilities": np.column_stack([1 - p, p]), **parts}
    return Study.build(embedding=np.column_stack([x, np.zeros(n)]), class_names=["a", "b"], **given)


def moons(seed=0):
    """Judge half of two noisy moons by a small network that was taught the other half."""
    points, labels = make_moons(800, noise=0.3, random_state=seed)
    network = MLPClassifier((16,), random_state=seed, max_iter=2000, tol=1e-3, solver="lbfgs").fit(
        points[:400], labels[:400]
    )
    return Study.build(embedding=points[400:], labels=labels[400:], probabilities=network.predict_proba(points[400:]))


@pytest.mark.parametrize("method", [method for method in METHODS if method != "random"])
def test_the_middle_of_a_strip_comes_first_and_its_ends_last(method):
    found = explain(DecisionBoundary(method=method), strip()).findings
    places = found.ids.astype(int)
    assert np.abs(places[:9] - 60).max() <= 20
    if "margin_signed" not in method:
        assert np.abs(places[:9] - 60).mean() < np.abs(places[-30:] - 60).mean() / 2
    assert set(found.roles) == {"boundary"}


def test_the_evidence_names_the_classes_that_a_sample_lies_between():
    names = ["ant", "bee", "cat"]
    p = [[0.5, 0.4, 0.1], [0.1, 0.2, 0.7], [0.9, 0.1, 0.0], [0.05, 0.9, 0.05]]
    study = Study.build(
        embedding=np.array([[0.0], [1], [3], [9]]), labels=[1, 2, -1, 1], class_names=names, probabilities=p
    )
    frame = explain(DecisionBoundary(graph=Knn(k=1)), study).to_frame().set_index("id").sort_index()
    assert list(frame["first_name"]) == ["ant", "cat", "ant", "bee"]
    assert list(frame["second_name"])[:3] == ["bee", "bee", "bee"]
    np.testing.assert_allclose(frame["margin"], [0.1, 0.5, 0.8, 0.85], atol=1e-6)
    assert list(frame["wrong"]) == [True, False, False, False]
    assert list(frame["given"]) == [1, 2, -1, 1]
    assert list(frame["neighbour_class"]) == [2, 0, 2, 0]
    assert frame.loc["0", "disagreement"] == 1
    assert frame["entropy"].between(0, 1).all()


def test_errors_come_first_in_the_view_of_errors_and_the_unlabeled_after_all_labeled():
    labels = (np.arange(121) > 60).astype(int)
    labels[[5, 110]] = 1 - labels[[5, 110]]
    labels[30] = -1
    found = explain(DecisionBoundary(view="errors"), strip(labels=labels)).findings
    assert set(found.ids[:2]) == {"5", "110"}
    assert found.evidence["wrong"][:2].all()
    assert (found.ids[-1], found.roles[-1]) == ("30", "unlabelled")
    assert found.scores[0] > 0.9


def test_the_high_pass_keeps_its_sign():
    frame = explain(DecisionBoundary(graph=Knn(k=10)), strip()).to_frame().set_index("id")
    near, beside = frame.loc[["59", "60", "61"], "high_pass"], frame.loc[["52", "68"], "high_pass"]
    assert near.min() > 0 > beside.max()


@pytest.mark.slow
def test_the_default_finds_what_a_network_gets_wrong_better_than_its_own_margin_and_the_paper():
    found = {method: [] for method in ("smoothed", "least_margin", "margin", "random")}
    for seed in range(2):
        study = moons(seed)
        for method, areas in found.items():
            frame = explain(DecisionBoundary(method=method), study).to_frame()
            areas.append(roc_auc_score(frame["wrong"], frame["score"]))
    area = {method: np.mean(areas) for method, areas in found.items()}
    assert area["smoothed"] > 0.85
    assert area["smoothed"] > area["least_margin"] - 0.01
    assert area["smoothed"] > area["margin"] > area["random"]


def test_without_probabilities_the_out_of_sample_model_of_the_audit_stands_in():
    study = blobs(flips=3, apart=4.0).study
    task, audit = DecisionBoundary(), LabelFlips()
    found = explain(audit, study)
    steps = found.steps
    likely = np.exp(audit.fit_label_error_score(study, steps, Run()).models[0].values)
    np.testing.assert_allclose(class_probabilities(study, Run()), likely / likely.sum(axis=1, keepdims=True))
    assert task.rests_on(study) == "a linear model on the given embedding, on samples it was not fitted on"
    frame = explain(task, study).to_frame().set_index("id").sort_index()
    assert list(frame["first"]) == list(class_probabilities(study, Run()).argmax(axis=1)[np.argsort(study.ids)])


def test_the_source_of_the_probabilities_is_noted():
    task = DecisionBoundary()
    assert task.rests_on(strip()) == "the model, out of sample"
    network = strip().replace(predictor="a network, fitted by MARGIN")
    assert task.rests_on(network) == "a network, fitted by MARGIN, on samples it was not fitted on"
    assert task.rests_on(strip(out_of_sample=False)) == "the model, perhaps trained on these labels"


def test_samples_without_a_prediction_come_last():
    p = np.random.default_rng(0).dirichlet(np.ones(3), 121)
    p[60] = np.nan
    study = Study.build(embedding=strip().embedding, probabilities=p)
    found = explain(DecisionBoundary(), study).findings
    assert (found.ids[-1], found.roles[-1], found.scores[-1]) == ("60", "unscored", 0)
    planted = blobs(flips=0).study
    points = np.array(planted.embedding)
    points[7] = np.nan
    found = explain(DecisionBoundary(), Study.build(embedding=points, labels=planted.labels)).findings
    assert (found.ids[-1], found.roles[-1]) == ("7", "unscored")


def test_without_probabilities_and_labels_one_clear_sentence_is_raised():
    with pytest.raises(MissingPart) as caught:
        explain(DecisionBoundary(), Study.build(name="bare", embedding=np.eye(3)))
    assert str(caught.value) == (
        "Study 'bare' has neither probabilities nor labels, so there is no boundary between classes. Pass --model, or "
        "name the label column with --label."
    )
    with pytest.raises(MissingPart, match=r"^Study 'bare' has no labels\. Name the label column with --label"):
        explain(DecisionBoundary(view="errors"), Study.build(name="bare", embedding=np.eye(3), probabilities=np.eye(3)))


def test_probabilities_alone_have_a_boundary():
    study = strip()
    bare = Study.build(embedding=study.embedding, probabilities=study.probabilities)
    one, other = explain(DecisionBoundary(), study), explain(DecisionBoundary(), bare)
    np.testing.assert_array_equal(one.findings.ids, other.findings.ids)
    assert not other.findings.evidence["wrong"].any()


def predicted_of(study, task):
    frame = explain(task, study).to_frame().set_index("id").loc[list(study.ids)]
    return frame["first"].to_numpy()


def test_a_model_that_predicts_one_class_only_is_noted_and_ranked():
    p = np.column_stack([np.linspace(0.6, 0.9, 121), np.linspace(0.4, 0.1, 121)])
    study, task = strip(probabilities=p), DecisionBoundary()
    assert task.notes(study, predicted_of(study, task)) == (
        "The model predicts a for every sample, so there is no boundary between two classes. Samples "
        "with the least certain prediction come first.",
    )
    assert explain(task, study).findings.ids[:3].astype(int).max() < 10


def test_a_study_of_one_class_is_noted():
    study = Study.build(embedding=np.random.default_rng(0).normal(size=(9, 2)), labels=["a"] * 9)
    assert DecisionBoundary().notes(study, np.zeros(9, dtype=int)) == (
        "There is one class only, a, so there is no boundary between two.",
    )


def test_a_class_of_one_sample_and_one_that_is_never_predicted_are_named():
    labels = np.array([0] * 60 + [1] * 59 + [2, -1])
    p = np.eye(4)[np.where(labels == 2, 1, np.maximum(labels, 0))]
    study = Study.build(
        embedding=np.random.default_rng(0).normal(size=(121, 2)), labels=labels, probabilities=p,
        class_names=["a", "b", "c", "d"],
    )  # fmt: skip
    assert DecisionBoundary().notes(study, p.argmax(axis=1)) == (
        "One sample only: c. Do not trust a boundary of it.",
        "The model predicts these for no sample, so they have no boundary: c, d.",
    )
    assert DecisionBoundary().notes(strip(), predicted_of(strip(), DecisionBoundary())) == ()


def test_the_recipe_of_the_paper_has_its_graph_and_both_views():
    task = DecisionBoundary.as_printed(view="errors")
    assert (task.graph, task.method, task.view) == (Knn(k=30, weights="binary"), "margin", "errors")
    found = explain(task, strip())
    np.testing.assert_allclose(found.findings.scores, np.sort(found.influence.scores)[::-1], atol=1e-6)
