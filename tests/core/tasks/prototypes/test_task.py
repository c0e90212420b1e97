import sys

import numpy as np
import pytest
from planted import blobs

from margin_core import Study, explain
from margin_core.errors import ModelError
from margin_core.tasks import Prototypes
from margin_core.tasks.prototypes.assignment import count_assigned
from margin_core.tasks.prototypes.selection import SELECTION_RULES


def found(study, **parameters):
    return explain(Prototypes(**parameters), study).to_frame()


def of(frame, role):
    return frame[frame["role"] == role]


@pytest.fixture(scope="module")
def planted():
    return blobs(classes=3, each=40, flips=6, seed=1)


def test_prototypes_are_typical_and_criticisms_are_the_flips(planted):
    frame = found(planted.study)
    prototypes, odd = of(frame, "prototype"), of(frame, "criticism")
    assert not planted.flipped_ids & set(prototypes["id"])
    assert planted.flipped_ids <= set(odd["id"][:20])
    flips = odd[odd["id"].isin(planted.flipped_ids)]
    assert set(flips["reason"]) == {"label"}
    assert (flips["agreement"] < 0.5).all()
    assert set(odd["reason"][~odd["id"].isin(planted.flipped_ids)]) == {"density"}
    assert (prototypes["reason"] == "").all()


def test_every_first_part_is_balanced(planted):
    frame = found(planted.study)
    for role in ("prototype", "criticism"):
        classes = of(frame, role)["class"].to_numpy()
        for first in range(3, 30):
            counts = np.bincount(classes[:first], minlength=3)
            assert counts.max() - counts.min() <= 1
    assert list(frame["rank"]) == list(range(1, len(frame) + 1))
    assert of(frame, "prototype")["score"].iloc[0] == of(frame, "criticism")["score"].iloc[0] == 1


def test_a_shorter_list_is_the_beginning_of_a_longer_one(planted):
    longer, shorter = found(planted.study), found(planted.study, prototypes=9, criticisms=6)
    for role, count in (("prototype", 9), ("criticism", 6)):
        assert of(shorter, role)["id"].tolist() == of(longer, role)["id"].tolist()[:count]


def test_what_a_prototype_stands_for_adds_up(planted):
    explanation = explain(Prototypes(), planted.study)
    evidence, roles = explanation.findings.evidence, explanation.findings.roles
    prototypes = np.flatnonzero(roles == "prototype")
    for first in (3, 10, len(prototypes)):
        counts = count_assigned(evidence["taken_from"], evidence["taken"], first)
        for which in range(3):
            assert counts[evidence["class"][:first] == which].sum() == (planted.study.labels == which).sum()
    shares = evidence["stands_for"][prototypes]
    assert shares.sum() == pytest.approx(3)
    np.testing.assert_allclose(shares, counts / evidence["group_size"][prototypes])
    assert np.isnan(evidence["covers"][roles == "criticism"]).all()


def test_a_criticism_names_the_nearest_prototype_of_its_class(planted):
    frame = found(planted.study)
    prototypes, odd = of(frame, "prototype"), of(frame, "criticism")
    points = planted.study.embedding
    for sample, label, named in zip(odd["id"], odd["class"], odd["deviates_from"], strict=True):
        own = prototypes["id"][prototypes["class"] == label].to_numpy()
        apart = np.linalg.norm(points[own.astype(int)] - points[int(sample)], axis=1)
        assert named == own[apart.argmin()]


def test_a_criticism_that_the_model_denies():
    study = blobs(classes=2, each=30, flips=0, seed=3).study
    plain = of(found(study), "criticism")
    denied = int(plain["id"].iloc[0])
    p = np.eye(2)[study.labels]
    p[denied] = p[denied][::-1]
    with_probabilities = Study.build(
        embedding=study.embedding, labels=study.labels, class_names=study.class_names, probabilities=p
    )
    frame = of(found(with_probabilities), "criticism").set_index("id")
    assert frame.loc[str(denied), "reason"] == "model"
    assert frame.loc[str(denied), "model_class"] == 1 - study.labels[denied]


def test_density_is_the_share_that_lies_in_a_sparser_place(planted):
    frame = found(planted.study)
    assert of(frame, "prototype")["density"].mean() > of(frame, "criticism")["density"].mean()
    assert frame["density"].between(0, 1).all()


def test_without_labels_all_are_one():
    study = Study.build(embedding=blobs(classes=3, each=30, seed=2).study.embedding)
    frame = found(study, prototypes=6)
    assert (frame["class"] == -1).all() and (frame["class_name"] == "").all()
    assert (frame["group_size"] == 90).all()
    first = of(frame, "prototype")["id"].astype(int).to_numpy()
    assert set((first // 30).tolist()) == {0, 1, 2}
    assert frame["agreement"].isna().all()


def test_scope_all_does_not_look_at_labels(planted):
    bare = Study.build(embedding=planted.study.embedding)
    with_labels, without = found(planted.study, scope="all"), found(bare)
    assert with_labels["id"].tolist() == without["id"].tolist()


def test_small_classes_and_missing_labels_have_an_outcome():
    planted = blobs(classes=2, each=30, flips=0)
    labels = planted.study.labels.copy()
    labels[0], labels[1:4] = 2, -1
    labels[30], labels[31] = 3, 3
    study = Study.build(embedding=planted.study.embedding, labels=labels, class_names=["a", "b", "lone", "two", "none"])
    frame = found(study)
    assert of(frame, "prototype")["class"].tolist()[:4] == [0, 1, 2, 3]
    assert of(frame, "prototype").set_index("id").loc["0", "stands_for"] == 1
    assert not {"1", "2", "3"} & set(frame["id"])
    assert "none" not in set(frame["class_name"])


def test_every_class_has_one_however_few_are_asked_for():
    study = blobs(classes=5, each=12, d=5, flips=0).study
    frame = found(study, prototypes=1, criticisms=2)
    assert of(frame, "prototype")["class"].tolist() == [0, 1, 2, 3, 4]
    assert sorted(of(frame, "criticism")["class"]) == [0, 1, 2, 3, 4]


def test_a_rare_class_has_no_other_scale():
    rng = np.random.default_rng(0)
    points = np.vstack([rng.normal(size=(200, 3)), rng.normal(size=(12, 3)) + 9, np.full((1, 3), 99)])
    labels = np.repeat([0, 1, 2], [200, 12, 1])
    signal = explain(Prototypes(), Study.build(embedding=points, labels=labels)).signal.values
    for which in range(3):
        assert signal[labels == which].mean() == pytest.approx(1)


def test_splits_are_taken_together():
    planted = blobs(each=20, flips=0)
    split = np.where(np.arange(60) % 2, "train", "test")
    apart = Study.build(
        embedding=planted.study.embedding, labels=planted.study.labels, class_names=planted.study.class_names,
        columns={"split": split},
    )  # fmt: skip
    assert found(apart)["id"].tolist() == found(planted.study)["id"].tolist()


@pytest.mark.parametrize("pick", SELECTION_RULES)
def test_every_rule_gives_both_roles_and_no_sample_twice(planted, pick):
    frame = found(planted.study, pick=pick, prototypes=12, criticisms=9)
    assert len(of(frame, "prototype")) == 12 and len(of(frame, "criticism")) == 9
    assert frame["id"].is_unique


def test_log_det_criticisms_are_less_alike(planted):
    points = planted.study.embedding

    def nearest(**parameters):
        rows = of(found(planted.study, criticisms=12, **parameters), "criticism")["id"].astype(int)
        apart = np.linalg.norm(points[rows][:, None] - points[rows][None], axis=-1)
        return np.median(apart[apart > 0].reshape(12, 11).min(axis=1))

    assert nearest(criticisms_by="log_det") >= nearest()


def test_as_printed_is_the_papers_rule(planted):
    frame = of(found(planted.study, scope="all"), "prototype")
    printed = explain(Prototypes.as_printed(), planted.study)
    assert printed.parameters["pick"] == "literal"
    rows = printed.findings.ids[printed.findings.roles == "prototype"].astype(int)
    assert len(rows) == 12  # a tenth of 120
    assert (np.diff(printed.signal.values[rows]) >= 0).all()
    assert frame["id"].tolist() != rows.astype(str).tolist()


def test_without_its_package_k_medoids_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "kmedoids", None)
    study = blobs().study
    with pytest.raises(ModelError, match=r"^The rule k_medoids needs the package kmedoids\. Install it"):
        explain(Prototypes(pick="k_medoids"), study)
