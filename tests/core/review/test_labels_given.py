"""Labels given to samples without one: a study that has them, and a review of them."""

import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from study_parts import Constant

from margin_core import Study
from margin_core.audit.audit import audit
from margin_core.review import Choice, ReviewSession, ReviewStore, Verdict, study_key
from margin_core.review.decision import LABELING
from margin_core.review.export import export
from margin_core.review.labels_given import read_labels_given, with_labels_given
from margin_core.storage.engine import Run
from margin_core.study.inputs.texts import TextList
from margin_core.study.load import Opened
from margin_core.study.named_classes import with_named_classes
from margin_core.study.probe_model import with_probe_model
from margin_core.values import Need


@pytest.fixture
def unlabeled():
    random = np.random.default_rng(0)
    points = random.normal(size=(60, 4)) + np.repeat([[0.0], [9.0]], 30, axis=0)
    return with_named_classes(Study.build(name="pets", embedding=points), ["cat", "dog"])


@pytest.fixture
def session(unlabeled, store):
    return ReviewSession(unlabeled, audit(Opened(unlabeled, (), None, None)).explanation, store, "ada")


def give(session, labels, *, task=LABELING, client="tab", start=1):
    choices = [
        Choice(seq=start + seq, row=row, verdict=Verdict.RELABEL, label=label, task=task)
        for seq, (row, label) in enumerate(labels.items())
    ]
    outcome = session.decide(choices, client=client)
    assert not outcome.refused


def test_a_label_is_the_given_one_and_no_review(session):
    give(session, {3: 0, 40: 1})
    assert session.given[[3, 40, 5]].tolist() == [0, 1, -1] == session.labels[[3, 40, 5]].tolist()
    assert session.states[3] == 0 and session.progress().decided == 0
    assert not session.unlabeled[3] and session.n_labeled == 2 and session.n_unlabeled == 58
    decision = session.decision(3)
    assert (decision.verdict, decision.old_label, decision.new_label) == (Verdict.RELABEL, None, "cat")


def test_another_label_takes_its_place_and_undo_brings_the_first_back(session):
    give(session, {3: 0})
    give(session, {3: 1}, start=5)
    assert session.given[3] == 1
    for seq, left in ((10, 0), (11, -1)):
        session.decide([Choice(seq=seq, row=3, verdict=Verdict.UNDO)], client="tab")
        assert session.given[3] == left


def test_the_study_with_them_keeps_its_key(session, unlabeled, store):
    give(session, {3: 0, 40: 1})
    labeled = with_labels_given(unlabeled, store.decisions())
    assert np.flatnonzero(labeled.labels >= 0).tolist() == [3, 40] and labeled.labels[40] == 1
    assert study_key(labeled) == study_key(unlabeled) and labeled.fingerprint != unlabeled.fingerprint


def test_without_any_it_is_the_same_study(session, unlabeled, store):
    give(session, {3: 0})
    session.decide([Choice(seq=9, row=3, verdict=Verdict.UNDO)], client="tab")
    assert with_labels_given(unlabeled, store.decisions()).fingerprint == unlabeled.fingerprint


def test_a_class_that_only_the_log_knows_is_added(session, unlabeled, store):
    give(session, {3: 1})
    bare = Study.build(name="pets", embedding=unlabeled.embedding)
    assert with_labels_given(bare, store.decisions()).class_names == ("dog",)


def test_they_are_reviewed_as_any_label(session, unlabeled, store):
    wrong = {row: int(row >= 30) for row in range(0, 60, 2)} | {4: 1}
    give(session, wrong)
    assert read_labels_given(Opened(unlabeled, (), None, None), None).study is unlabeled  # there is no database
    labeled = with_labels_given(unlabeled, store.decisions())
    found = audit(Opened(labeled, (), None, None))
    review = ReviewSession(labeled, found.explanation, store, "bo")
    assert np.flatnonzero(review.open_suspects).tolist() == [4] == review.upcoming(1).tolist()
    assert review.progress().decided == 0
    review.decide([Choice(seq=1, row=4, verdict=Verdict.RELABEL, label=0)], client="other")
    decision = review.decision(4)
    assert (decision.task, decision.old_label, decision.new_label) == ("label_flips", "dog", "cat")
    assert review.given[4] == 1 and review.labels[4] == 0 and review.progress().relabeled == 1


def test_a_label_upto_a_decision(session, unlabeled, store, tmp_path):
    give(session, {3: 0, 40: 1})
    first, _ = store.decisions()
    opened = read_labels_given(Opened(unlabeled, (), None, None), tmp_path / "review.sqlite", first.id)
    assert np.flatnonzero(opened.study.labels >= 0).tolist() == [3]
    assert opened.labels_upto == first.id and opened.source_study.maybe_labels is None


def with_content(kind, labels=None):
    """Make 60 samples of two kinds that are as easy to tell apart as can be; a study with nothing but these."""
    random = np.random.default_rng(0)
    if kind == "texts":
        words = np.array([["ball", "goal", "team", "match"], ["bread", "soup", "oven", "flour"]])
        inputs = TextList(tuple(" ".join(random.choice(words[row // 30], 6)) for row in range(60)))
    else:
        inputs = random.normal(size=(60, 4)) + np.repeat([[0.0], [9.0]], 30, axis=0)
    points = random.normal(size=(60, 4)) + np.repeat([[0.0], [9.0]], 30, axis=0)
    labeled = {} if labels is None else {"labels": labels, "class_names": ["cat", "dog"]}
    study = Study.build(name="pets", inputs=inputs, embedding=points, **labeled)
    return with_named_classes(study, ["cat", "dog", "owl"])


def reviewing(study, store):
    return ReviewSession(study, audit(Opened(study, (), None, None)).explanation, store, "ada")


@pytest.mark.parametrize("kind", ["rows", "texts"])
def test_the_own_model_is_fitted_to_them_once_there_are_two_classes(store, tmp_path, kind):
    study = with_content(kind)
    session, opened = reviewing(study, store), Opened(study, (), None, None)
    give(session, {3: 0, 4: 0})
    assert not read_labels_given(opened, tmp_path / "review.sqlite").study.has(Need.MODEL)
    give(session, {row: row // 30 for row in (10, 15, 20, 35, 40, 45, 50)}, start=10)
    labeled = read_labels_given(opened, tmp_path / "review.sqlite").study
    predicted = labeled.model.probabilities(labeled.inputs[np.arange(60)])
    assert labeled.model.class_names == labeled.class_names == ("cat", "dog", "owl")
    assert (predicted.argmax(axis=1) == np.arange(60) // 30).mean() > 0.95
    give(session, {55: 1}, start=50)
    assert read_labels_given(opened, tmp_path / "review.sqlite").study.parts["model"] != labeled.parts["model"]


def test_the_own_model_of_some_labels_is_fitted_to_those_given_besides(store, tmp_path):
    labels = np.full(60, -1)
    labels[[0, 1, 2, 31, 32]] = [0, 0, 0, 1, 1]
    study = with_probe_model(with_content("rows", labels), Run())
    give(reviewing(study, store), {40: 1, 59: 2})
    labeled = read_labels_given(Opened(study, (), None, None), tmp_path / "review.sqlite").study
    np.testing.assert_array_equal(labeled.model.study.labels, labeled.labels)
    assert len(labeled.model.probabilities(labeled.inputs[:2])[0]) == 3 == len(labeled.class_names)


def test_a_model_that_came_with_the_study_stays(store, tmp_path):
    study = with_content("rows").replace(model=Constant())
    give(reviewing(study, store), {3: 0, 40: 1})
    labeled = read_labels_given(Opened(study, (), None, None), tmp_path / "review.sqlite").study
    assert labeled.model is study.model and labeled.parts["model"] == study.parts["model"]


@pytest.mark.parametrize(("name", "read"), [("csv", pd.read_csv), ("parquet", pd.read_parquet)])
def test_exports_hold_them_as_changes(session, unlabeled, store, tmp_path, name, read):
    give(session, {3: 0, 40: 1})
    path = tmp_path / f"out.{name}"
    export(unlabeled, store.decisions(), name, path)
    frame = read(path).set_index("id")
    frame.index = frame.index.astype(str)
    assert frame.loc[["3", "40"], "label"].tolist() == ["cat", "dog"]
    assert frame["label"].notna().sum() == 2 == frame["changed"].sum() and frame["given_label"].isna().all()


_GIVE = """
import sys, itertools
from pathlib import Path
from margin_core.review import ReviewStore
from margin_core.review.decision import Decision, LABELING, Verdict
from datetime import UTC, datetime
with ReviewStore(Path(sys.argv[1])) as store:
    for seq in itertools.count(1):
        store.append([Decision(study="s", study_fingerprint="f", task=LABELING, sample_id=str(seq),
            verdict=Verdict.RELABEL, old_label=None, new_label="cat", reviewer="ada", decided_at=datetime.now(UTC),
            client="tab", seq=seq)])
        print(seq, flush=True)
"""


def test_a_killed_process_loses_no_label_that_was_recorded(tmp_path):
    where = tmp_path / "review.sqlite"
    with subprocess.Popen([sys.executable, "-c", _GIVE, where], stdout=subprocess.PIPE, text=True) as process:
        said = [int(process.stdout.readline()) for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        said += [int(line) for line in process.stdout if line.strip().isdigit()]
    with ReviewStore(where) as store:
        kept = {one.sample_id for one in store.decisions()}
    assert {str(seq) for seq in said[:-1]} <= kept
