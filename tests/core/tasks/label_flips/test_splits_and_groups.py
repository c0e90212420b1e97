"""Which labels may be used where: no held-out label reaches the training rows, no group votes on itself."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import blobs

from margin_core import Explanation, Study, explain
from margin_core.storage.engine import LocalEngine, Run
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.live_label_error_score import LiveLabelErrorScore
from margin_core.tasks.label_flips.task import METHODS
from margin_core.values import UNLABELED

SPLIT = np.where(np.arange(90) % 3 == 0, "val", np.where(np.arange(90) % 3 == 1, "train", "test"))


def study_with(labels=None, *, seed=0, apart=2.0, **columns):
    planted = blobs(flips=8, apart=apart, seed=seed).study
    return Study.build(
        embedding=planted.embedding, labels=planted.labels if labels is None else labels,
        class_names=planted.class_names, columns=columns,
    )  # fmt: skip


def in_order(study, rows, task):
    found = explain(task, study).findings
    kept = [place for place, name in enumerate(found.ids.tolist()) if int(name) in rows]
    return found.ids[kept].tolist(), found.scores[kept]


@functools.cache
def as_given(method, rows):
    """The ranking of the study as it is; every example is held against it."""
    return in_order(study_with(split=SPLIT), rows, LabelFlips(method=method))


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=4)
@given(seed=st.integers(0, 2**31))
def test_training_rows_are_ranked_the_same_whatever_the_held_out_labels_are(method, seed):
    rng = np.random.default_rng(seed)
    study = study_with(split=SPLIT)
    train = SPLIT == "train"
    labels = study.labels.copy()
    labels[~train] = rng.permutation(labels[~train])
    labels[rng.choice(np.flatnonzero(~train), 5)] = UNLABELED
    rows = frozenset(np.flatnonzero(train).tolist())
    one = as_given(method, rows)
    other = in_order(study_with(labels, split=SPLIT), rows, LabelFlips(method=method))
    assert one[0] == other[0]
    if method == "pooled":
        np.testing.assert_array_equal(one[1], other[1])


def test_held_out_rows_get_no_votes_from_other_held_out_splits():
    study = study_with(split=SPLIT)
    labels = study.labels.copy()
    labels[SPLIT == "test"] = (labels[SPLIT == "test"] + 1) % 3
    rows = set(np.flatnonzero(SPLIT == "val").tolist())
    one, other = in_order(study, rows, LabelFlips()), in_order(study_with(labels, split=SPLIT), rows, LabelFlips())
    assert one[0] == other[0]
    np.testing.assert_array_equal(one[1], other[1])


def test_together_takes_all_splits_as_one():
    task = LabelFlips(splits="together")
    whole, split = explain(task, study_with()), explain(task, study_with(split=SPLIT))
    assert whole.findings.ids.tolist() == split.findings.ids.tolist()
    np.testing.assert_array_equal(whole.findings.scores, split.findings.scores)


def test_flips_are_still_found_in_every_split():
    planted = blobs(classes=3, each=100, flips=12, seed=2)
    split = np.where(np.arange(300) % 5 == 0, "val", "train")
    study = Study.build(
        embedding=planted.study.embedding, labels=planted.study.labels, class_names=planted.study.class_names,
        columns={"split": split},
    )  # fmt: skip
    assert set(explain(LabelFlips(), study).findings.ids[:12].tolist()) == planted.flipped_ids
    assert {split[row] for row in planted.flipped} == {"val", "train"}


def films(*, wrong=4, seed=0):
    """Three blobs of ten films of ten frames; all frames of a few films carry the same wrong label."""
    rng = np.random.default_rng(seed)
    film = np.repeat(np.arange(30), 10)
    truth = film % 3
    center = np.eye(3)[truth] * 8 + rng.normal(size=(30, 3))[film]
    labels = truth.copy()
    bad = rng.choice(30, wrong, replace=False)
    labels[np.isin(film, bad)] = (labels[np.isin(film, bad)] + 1) % 3
    points = center + rng.normal(scale=0.01, size=center.shape)
    return points, labels, np.char.add("film ", film.astype(str)), labels != truth


def test_a_group_does_not_vouch_for_itself():
    points, labels, film, wrong = films()
    grouped = Study.build(embedding=points, labels=labels, columns={"group": film})
    found = explain(LabelFlips(), grouped)
    assert wrong[found.findings.ids[: wrong.sum()].astype(int)].all()
    rows, columns = found.graph.weights.nonzero()
    assert (film[rows] != film[columns]).all()
    near = found.graph.neighbours
    assert (film[near] != film[:, None])[near >= 0].all()
    # Without the column every frame's neighbors are its own film's, which all agree.
    plain = explain(LabelFlips(method="disagreement"), Study.build(embedding=points, labels=labels)).findings
    assert not wrong[plain.ids[: wrong.sum()].astype(int)].all()


@pytest.mark.parametrize("method", [method for method in METHODS if method not in ("random", "loss", "self_influence")])
def test_no_score_of_a_film_rests_on_its_own_frames(method):
    """Whoever learns leaves a film out as a whole; `loss` and `self_influence` are in sample by definition."""
    points, labels, film, wrong = films()
    found = explain(LabelFlips(method=method), Study.build(embedding=points, labels=labels, columns={"group": film}))
    first = wrong[found.findings.ids[: wrong.sum()].astype(int)].mean()
    assert first >= (0.7 if method in ("margin", "margin_signed", "neighbourhood_consensus") else 1.0)


@pytest.mark.parametrize("method", ["self_confidence", "trusted_refit"])
def test_the_linear_probe_does_not_memorize_a_film(method):
    points, labels, film, wrong = films()
    marked = np.hstack([points, 8 * np.eye(30)[np.unique(film, return_inverse=True)[1]]])  # each film has a sign
    for columns in ({"group": film}, {"split": np.full(300, "train")}):
        study = Study.build(embedding=marked, labels=labels, columns=columns)
        found = explain(LabelFlips(method=method), study).findings
        least = found.scores[wrong[found.ids.astype(int)]].min()
        assert (least > 0.5) == ("group" in columns)


def test_one_group_for_all_leaves_nothing_to_say():
    found = explain(LabelFlips(), study_with(group=np.full(90, "one"))).findings
    assert set(found.roles.tolist()) == {"unscored"}


def test_live_scores_follow_across_splits_in_the_direction_of_votes():
    study = study_with(split=SPLIT)
    task = LabelFlips()
    found = explain(task, study)
    steps = found.steps
    live = LiveLabelErrorScore(task.fit_label_error_score(study, steps, Run(LocalEngine())), study.labels)
    for row in (0, 1, 2, 31, 46):
        before = live.label_error_score.scores(live.labels)
        label = (live.labels[row] + 1) % 3
        touched, scores = live.update(np.array([row]), np.array([label]))
        after = live.label_error_score.scores(live.labels)
        np.testing.assert_array_equal(scores, after[touched])
        assert set(np.flatnonzero(before != after).tolist()) <= set(touched.tolist())
        if SPLIT[row] != "train":
            assert not (SPLIT[touched] == "train").any()


def test_splits_and_groups_survive_save_and_load(tmp_path):
    found = explain(LabelFlips(), study_with(split=SPLIT, group=np.arange(90) // 2))
    found.save(tmp_path / "found.npz")
    again = Explanation.load(tmp_path / "found.npz").domain
    np.testing.assert_array_equal(again.splits, found.domain.splits)
    np.testing.assert_array_equal(again.groups, found.domain.groups)
