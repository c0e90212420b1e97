"""Data that is not ten balanced classes: the default is never worse than plain disagreement or self-confidence."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from margin_core import Study, explain
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.label_error_score import RANKED_ROLES
from margin_core.values import UNLABELED

PEERS = ("disagreement", "self_confidence")
SEEDS = range(4)


def make_study(sizes, share, seed, *, apart=3.0, d=8, toward=None):
    """Draw overlapping blobs of given sizes, and move a share of each class's labels to another class."""
    rng = np.random.default_rng(seed)
    classes = len(sizes)
    truth = np.repeat(np.arange(classes), sizes)
    centers = rng.normal(size=(classes, d))
    centers *= apart / np.linalg.norm(centers, axis=1, keepdims=True)
    labels = truth.copy()
    wrong = rng.random(len(truth)) < share
    moved = (truth + rng.integers(1, classes, len(truth))) % classes if toward is None else toward[truth]
    labels[wrong] = moved[wrong]
    study = Study.build(
        embedding=centers[truth] + rng.normal(size=(len(truth), d)), labels=labels,
        class_names=[str(number) for number in range(classes)],
    )  # fmt: skip
    return study, truth


def precision(study, truth, method):
    found = explain(LabelFlips(method=method), study).findings
    rows = found.ids.astype(int)[np.isin(found.roles, RANKED_ROLES)]
    return average_precision_score((study.labels != truth)[rows], -np.arange(len(rows)))


def means(sizes, share, **how):
    cases = [make_study(sizes, share, seed, **how) for seed in SEEDS]
    return {
        method: np.mean([precision(study, truth, method) for study, truth in cases]) for method in ("pooled", *PEERS)
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sizes", "share", "how"),
    [
        pytest.param((500, 5), 0.02, {}, id="binary 1:100"),
        pytest.param((400, 400, 4), 0.05, {}, id="one class of three 1:100"),
        pytest.param((300, 30, 10, 3), 0.05, {}, id="long tail"),
        pytest.param((250, 250), 0.10, {}, id="binary"),
        pytest.param((250, 250), 0.20, {"toward": np.array([1, 1])}, id="binary, one class flipped only"),
        pytest.param((10,) * 40, 0.10, {"apart": 5.0, "d": 16}, id="forty classes of ten"),
        pytest.param((120, 120, 120, *(1,) * 12), 0.08, {"apart": 4.0}, id="classes of one member"),
    ],
)
def test_the_default_is_at_least_as_good(sizes, share, how):
    found = means(sizes, share, **how)
    assert found["pooled"] >= max(found[peer] for peer in PEERS) - 0.005, found


def test_missing_labels_are_to_be_labeled_never_wrong():
    study, truth = make_study((150, 150, 150), 0.1, 0, apart=4.0)
    labels = study.labels.copy()
    missing = np.random.default_rng(1).choice(450, 200, replace=False)
    labels[missing] = UNLABELED
    part = study.with_labels(labels)
    frame = explain(LabelFlips(), part).to_frame().set_index("id")
    rows = frame.loc[[str(row) for row in missing.tolist()]]
    assert (rows["role"] == "unlabelled").all() and (rows["score"] == 0).all()
    assert (rows["suggested"] == truth[missing]).mean() > 0.9
    assert set(frame["role"].head(250)) <= set(RANKED_ROLES)
    assert list(frame["role"])[250:] == ["unlabelled"] * 200
    found = {method: precision(part, np.where(labels < 0, labels, truth), method) for method in ("pooled", *PEERS)}
    assert found["pooled"] >= max(found[peer] for peer in PEERS) - 0.005, found


def test_a_lone_member_of_its_class_is_not_the_first_suspect_where_flips_are_plain():
    study, truth = make_study((150, 150, 150, 1), 0.05, 3, apart=8.0)
    found = explain(LabelFlips(), study).findings
    wrong = (study.labels != truth).sum()
    assert set(found.ids[:wrong].tolist()) >= set(study.ids[study.labels != truth].tolist()) - {"450"}
