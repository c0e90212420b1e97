import numpy as np
import pytest
from planted import blobs

from margin_core import Study, explain
from margin_core.errors import MissingPart
from margin_core.graph import GivenGraph, Knn
from margin_core.tasks import ActiveSampling
from margin_core.tasks.active_sampling import STRATEGIES
from margin_core.tasks.active_sampling.signals import SIGNALS


@pytest.fixture(scope="module")
def study():
    planted = blobs(each=30).study
    labels = np.where(np.arange(len(planted)) % 5, -1, planted.labels)
    return planted.with_labels(labels)


def without_labels(study):
    return Study.build(ids=study.ids, embedding=study.embedding)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_batch_has_no_labeled_sample_and_no_repeats(study, strategy):
    found = explain(ActiveSampling(strategy=strategy, batch=15), study).findings
    rows = [study.row_of[one] for one in found.ids.tolist()]
    assert len(set(rows)) == 15
    assert (study.labels[rows] == -1).all()
    assert set(found.roles.tolist()) == {"to_label"}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_order_of_the_samples_does_not_matter(study, strategy):
    order = np.random.default_rng(1).permutation(len(study))
    other = Study.build(
        ids=study.ids[order], embedding=study.embedding[order], labels=study.labels[order],
        class_names=study.class_names,
    )  # fmt: skip
    task = ActiveSampling(strategy=strategy, batch=10)
    assert explain(task, study).findings.ids.tolist() == explain(task, other).findings.ids.tolist()


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("strategy", ["influence", "influence_coverage"])
def test_every_signal_gives_a_batch(study, signal, strategy):
    explanation = explain(ActiveSampling(strategy=strategy, signal=signal, batch=5), study)
    assert len(explanation.findings) == 5
    assert explanation.signal.hypothesis == SIGNALS[signal].hypothesis


def test_as_printed_is_the_most_influential_norm(study):
    explanation = explain(ActiveSampling.as_printed(), study)
    free = np.flatnonzero(study.labels == -1)
    lengths = np.linalg.norm(study.embedding.astype(float), axis=1)
    np.testing.assert_allclose(explanation.signal.values, lengths, rtol=1e-6)
    best = free[explanation.influence.scores[free].argmax()]
    assert explanation.findings.ids[0] == study.ids[best]


def test_the_evidence_of_a_batch(study):
    explanation = explain(ActiveSampling(batch=6), study)
    evidence = explanation.findings.evidence
    assert np.isfinite(evidence["nearest_labeled_distance"]).all()
    assert all(study.labels[study.row_of[one]] != -1 for one in evidence["nearest_labeled"].tolist())
    assert (evidence["class"] >= 0).all()
    names = [study.class_names[one] for one in evidence["class"].tolist()]
    assert evidence["class_name"].tolist() == names
    assert ((evidence["probability"] > 1 / 3) & (evidence["probability"] <= 1)).all()
    assert 0 < evidence["represents"].sum() <= 1


def test_a_study_without_labels_has_a_batch(study):
    bare = without_labels(study)
    explanation = explain(ActiveSampling(batch=3), bare)
    planted = blobs(each=30).study.labels
    assert sorted(planted[[bare.row_of[one] for one in explanation.findings.ids.tolist()]].tolist()) == [0, 1, 2]
    evidence = explanation.findings.evidence
    assert evidence["nearest_labeled"].tolist() == [""] * 3
    assert np.isnan(evidence["nearest_labeled_distance"]).all()
    assert evidence["class"].tolist() == [-1] * 3
    assert np.isclose(evidence["represents"].sum(), 1)


def test_the_next_batch_avoids_what_was_labeled(study):
    first = explain(ActiveSampling(batch=10), study).findings.ids
    truth = blobs(each=30).study.labels
    labels = study.labels.copy()
    rows = [study.row_of[one] for one in first.tolist()]
    labels[rows] = truth[rows]
    second = explain(ActiveSampling(batch=10), study.with_labels(labels)).findings.ids
    assert not set(first.tolist()) & set(second.tolist())


def test_samples_without_features_come_only_where_no_others_are_left():
    points = np.random.default_rng(0).normal(size=(12, 3))
    points[:4] = np.nan
    found = explain(ActiveSampling(batch=20), Study.build(embedding=points)).findings
    assert len(found) == 8 and not {"0", "1", "2", "3"} & set(found.ids.tolist())
    labels = np.array([-1] * 4 + [0, 1] * 4)
    found = explain(ActiveSampling(batch=20), Study.build(embedding=points, labels=labels)).findings
    assert set(found.ids.tolist()) == {"0", "1", "2", "3"}


def test_no_unlabeled_sample_left_is_one_sentence():
    study = Study.build(name="pets", embedding=np.eye(3), labels=[0, 1, 1])
    with pytest.raises(MissingPart) as caught:
        explain(ActiveSampling(), study)
    assert str(caught.value) == (
        "Study 'pets' has no unlabeled sample left: all 3 have a label. Add samples without a label to choose from."
    )


@pytest.mark.parametrize(
    ("parameters", "reader"),
    [({"strategy": "entropy"}, "strategy=entropy"), ({"signal": "disagreement"}, "signal=disagreement")],
)
def test_what_reads_predictions_says_so_where_there_are_none(parameters, reader):
    study = Study.build(name="pets", embedding=np.eye(6))
    with pytest.raises(MissingPart) as caught:
        explain(ActiveSampling(**parameters), study)
    assert str(caught.value) == (
        f"{reader} reads predicted classes, and study 'pets' has neither probabilities nor labels of two classes. "
        "Label some samples with the default strategy first, or pass --model."
    )


def test_a_signal_that_nothing_reads_needs_nothing():
    study = Study.build(embedding=np.random.default_rng(0).normal(size=(9, 3)))
    assert len(explain(ActiveSampling(strategy="k_center", signal="entropy", batch=4), study).findings) == 4


def test_a_study_with_probabilities_is_asked_by_them(study):
    p = np.full((len(study), 3), 1 / 3)
    p[:] = [0.98, 0.01, 0.01]
    unsure = np.flatnonzero(study.labels == -1)[5]
    p[unsure] = [0.4, 0.3, 0.3]
    other = study.replace(probabilities=p)
    assert explain(ActiveSampling(strategy="entropy", batch=1), other).findings.ids.tolist() == [study.ids[unsure]]


def test_a_given_graph_is_the_one_that_features_are_averaged_over():
    points = np.array([[0.0, 0], [0, 1], [10, 0], [10, 1], [5, 9], [5, 10]], dtype=np.float32)
    edges = np.array([[0, 1, 2, 3, 4, 5], [1, 0, 3, 2, 5, 4]])
    study = Study.build(embedding=points, graph=edges)
    found = explain(ActiveSampling(graph=GivenGraph(), strategy="k_center", batch=3), study).findings
    assert sorted(int(one) // 2 for one in found.ids.tolist()) == [0, 1, 2]
    assert explain(ActiveSampling(graph=Knn(k=2), batch=3), study).parameters["graph.k"] == 2
