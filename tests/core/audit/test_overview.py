import numpy as np
import pytest
from planted import blobs, domain_of

from margin_core import Study, explain
from margin_core.audit.overview import ClassCount, Confusion, Overview, compute_overview, duplicate_groups
from margin_core.graph import Knn, build_graph
from margin_core.tasks import LabelFlips


def summed_up(study, task=None):
    return compute_overview(study, explain(task or LabelFlips(), study))


@pytest.fixture(scope="module")
def planted():
    """Blobs with flips, exact and near duplicates, one pair of either kind in conflict, and gaps."""
    base = blobs(each=40, flips=0, d=5)
    points, labels = base.study.embedding.copy(), base.truth.copy()
    points[1] = points[0]  # exact duplicates that agree
    points[3], labels[3] = points[2], 1  # exact duplicates that differ
    points[5] = points[4] + 1e-3  # near duplicates that agree
    points[7] = points[6] + 1e-3  # near duplicates that differ
    labels[7] = 2
    labels[50] = labels[51] = 0  # two more suspects: given 0, suggested 1
    labels[[100, 101]] = -1
    points[60] = np.nan
    study = Study.build(embedding=points, labels=labels, class_names=["a", "b", "c"])
    return study, summed_up(study)


def test_counts(planted):
    _, found = planted
    assert found.labeled == 118
    assert [(item.name, item.samples) for item in found.classes] == [("a", 40), ("b", 39), ("c", 39)]
    assert sum(item.suspects for item in found.classes) == found.suspects == 4
    assert found.classes[0] == ClassCount("a", 40, 2)


def test_suspects_and_confusions(planted):
    _, found = planted
    assert sorted(found.groups["suspects"].tolist()) == [3, 7, 50, 51]
    assert found.confusions == (Confusion(0, 1, 2), Confusion(1, 0, 1), Confusion(2, 0, 1))


def test_suspects_come_most_suspect_first(planted):
    study, found = planted
    ranked = explain(LabelFlips(), study).findings.ids[:4].astype(int)
    np.testing.assert_array_equal(found.groups["suspects"], ranked)


def test_duplicates(planted):
    _, found = planted
    assert found.groups["exact_duplicates"].tolist() == [0, 1, 2, 3]
    assert found.groups["near_duplicates"].tolist() == [4, 5, 6, 7]
    assert found.groups["conflicting_duplicates"].tolist() == [2, 3, 6, 7]


def test_gaps(planted):
    _, found = planted
    assert found.groups["unlabelled"].tolist() == [100, 101]
    assert found.groups["unreadable"].tolist() == found.groups["unranked"].tolist() == [60]


def test_shares_are_of_the_labels_that_were_ranked(planted):
    _, found = planted
    assert (found.labeled, found.ranked) == (118, 117)
    assert found.suspect_share == 4 / 117
    assert Overview.from_arrays(found.to_arrays()).ranked == 117


def test_a_column_of_unreadable_files_is_shown_as_given():
    base = blobs(each=10, flips=0).study
    unreadable = np.zeros(30, bool)
    unreadable[[4, 9]] = True
    study = Study.build(embedding=base.embedding, labels=base.labels, columns={"unreadable": unreadable})
    assert summed_up(study).groups["unreadable"].tolist() == [4, 9]


def test_a_duplicate_without_a_label_conflicts_with_none():
    base = blobs(each=20, flips=0).study
    points, labels = base.embedding.copy(), base.labels.copy()
    points[1], labels[1] = points[0], -1
    found = summed_up(Study.build(embedding=points, labels=labels, class_names=base.class_names))
    assert found.groups["exact_duplicates"].tolist() == [0, 1]
    assert not len(found.groups["conflicting_duplicates"])


def test_more_equal_samples_than_neighbors_are_one_set():
    graph = build_graph(Knn(k=4), domain_of(np.vstack([np.zeros((30, 2)), np.arange(20).reshape(10, 2) + 50])))
    member = duplicate_groups(graph, 0.0)
    assert len(set(member[:30].tolist())) == 1
    assert (member[:30] >= 0).all()
    assert (member[30:] == -1).all()


def test_duplicate_groups_are_transitive():
    graph = build_graph(Knn(k=2), domain_of([[0.0], [1.0], [2.0], [10.0], [20.0]]))
    assert len(set(duplicate_groups(graph, 1.0)[:3].tolist())) == 1
    assert duplicate_groups(graph, 1.0)[3:].tolist() == [-1, -1]
    assert duplicate_groups(graph, 0.5).tolist() == [-1] * 5


@pytest.mark.parametrize(
    ("points", "labels"),
    [
        (np.zeros((1, 2)), [0]),
        (np.zeros((5, 2)), [0, 1, 0, 1, -1]),
        (np.full((5, 2), np.nan), [0, 1, 0, 1, -1]),
        (np.arange(10.0).reshape(5, 2), [-1] * 5),
    ],
    ids=["one sample", "all equal", "no features", "no labels"],
)
def test_degenerate_studies(points, labels):
    found = summed_up(Study.build(embedding=points, labels=labels, class_names=["a", "b"]))
    assert found.labeled == sum(label >= 0 for label in labels)
    assert sum(item.samples for item in found.classes) == found.labeled
