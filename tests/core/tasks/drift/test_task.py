"""What is new ranks first: a class that the reference lacks, and single odd samples."""

import numpy as np
import pytest

from margin_core import Study, explain
from margin_core.tasks import Drift
from margin_core.tasks.drift.joint_domain import NO_ROW

QUICK = Drift(permutations=99)


def blobs(seed, places, size=40):
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(places)), size)
    return random.normal(size=(len(labels), 4)) + 10 * np.array(places)[labels, None], labels


@pytest.fixture(scope="module")
def planted():
    """Two classes of the reference, a new class of 15 samples, and one sample far from everything."""
    points, labels = blobs(0, (0, 1))
    others = np.random.default_rng(5).normal(size=(15, 4)) + np.array([30, 0, 0, 0])
    embedding = np.concatenate([points, others, [[0, 90, 0, 0]]])
    labels = np.concatenate([labels, np.full(15, 2), [0]])
    old, old_labels = blobs(1, (0, 1), 60)
    reference = Study.build(name="old", embedding=old, labels=old_labels, class_names=["a", "b"])
    return Study.build(embedding=embedding, labels=labels, class_names=["a", "b", "new"], reference=reference)


def test_a_new_class_and_an_odd_sample_rank_first(planted):
    found = explain(QUICK, planted).findings
    first = {int(name) for name in found.ids[:16].tolist()}
    assert first == {*range(80, 96)}
    assert set(found.roles[:16].tolist()) == {"novel"}
    assert (found.roles == "novel").sum() <= 16 + 3
    assert found.evidence["class_name"][found.ids == "80"].tolist() == ["new"]
    assert (found.evidence["new_neighbors"][np.isin(found.ids, np.arange(80, 95).astype(str))] > 0.5).all()


def test_samples_of_the_same_distribution_are_rarely_novel(planted):
    points, labels = blobs(7, (0, 1), 200)
    study = Study.build(embedding=points, labels=labels, class_names=["a", "b"], reference=planted.reference)
    explanation = explain(QUICK, study)
    assert (explanation.findings.roles == "novel").mean() < 0.05
    verdict, classes = Drift.remarks(explanation)
    assert verdict.startswith("No difference from the reference was found: p = ")
    assert classes == "No class drifted by itself (at 5%, corrected for the number of classes)."


def test_what_differs_is_said_in_a_line(planted):
    explanation = explain(QUICK, planted)
    verdict, _ = Drift.remarks(explanation)
    assert verdict.startswith("The new samples differ from the reference: p = 0.0")
    assert verdict.endswith("; 96 against 120 samples, 99 permutations).")


def test_the_reference_is_among_the_nodes_and_not_among_the_findings(planted):
    explanation = explain(QUICK, planted)
    assert len(explanation.domain.ids) == 96 + 120 and len(explanation.findings) == 96
    assert set(explanation.domain.ids[96:].tolist()).isdisjoint(planted.ids.tolist())
    assert (explanation.domain.rows[96:] == NO_ROW).all() and (explanation.rows >= 0).all()
    assert explanation.signal.values.tolist() == [1] * 96 + [0] * 120


def test_a_sample_without_features_is_ranked_last(planted):
    points = planted.embedding.copy()
    points[3] = np.nan
    found = explain(QUICK, planted.replace(embedding=points)).findings
    assert found.ids[-1] == "3" and found.roles[-1] == "unscored"
    assert found.evidence["nearest_id"][-1] == ""


def test_the_nearest_sample_of_the_reference_is_named(planted):
    found = explain(QUICK, planted).findings
    old = planted.reference.embedding
    for place in (20, 40, 90):
        own = planted.embedding[int(found.ids[place])]
        assert found.evidence["nearest_id"][place] == str(np.linalg.norm(old - own, axis=1).argmin())


def test_a_reference_that_holds_the_new_ids_too_is_told_from_them(planted):
    ids = [f"{name} (reference)" if row else name for row, name in enumerate(planted.reference.ids.tolist())]
    study = planted.replace(reference=Study.build(
        name="old", ids=ids, embedding=planted.reference.embedding, labels=planted.reference.labels,
        class_names=["a", "b"],
    ))  # fmt: skip
    assert len(set(explain(QUICK, study).domain.ids.tolist())) == 96 + 120


@pytest.mark.parametrize("size", [50, 98, 99])
def test_a_reference_too_small_to_call_anything_novel_is_said(size):
    points, labels = blobs(3, (0, 1), 60)
    reference = Study.build(name="old", embedding=points[:size], labels=labels[:size], class_names=["a", "b"])
    study = Study.build(embedding=points + 100, labels=labels, class_names=["a", "b"], reference=reference)
    explanation = explain(QUICK, study)
    said = (
        "No sample can be called novel, however far away: that takes a reference of 99 samples with features, and this "
        f"one has {size}."
    )
    assert (explanation.findings.roles == "novel").all() == (size >= 99)
    assert (said in Drift.remarks(explanation)) == (size < 99)
