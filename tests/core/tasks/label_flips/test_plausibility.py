"""In-sample probabilities that nobody declared are noticed; out-of-sample ones are not suspected."""

import json
import warnings

import numpy as np
import pytest
from planted import blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from margin_core import explain
from margin_core.audit.audit import audit
from margin_core.cli import main
from margin_core.errors import MarginWarning
from margin_core.graph import build_graph
from margin_core.storage.engine import LocalEngine, Run
from margin_core.study import open_source
from margin_core.study.notes import texts_of
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.plausibility import (
    MIN_CONTRADICTED,
    ContradictedLabels,
    check_probabilities,
    count_contradicted_labels,
)

RUN = Run(LocalEngine())


@pytest.fixture(scope="module")
def study():
    return blobs(each=200, flips=40).study


@pytest.fixture(scope="module")
def graph(study):
    task = LabelFlips()
    return build_graph(task.graph, task.domain(study, RUN), RUN)


@pytest.fixture(scope="module")
def memorized(study):
    """What a model says of the samples it was trained on, wrong labels included."""
    forest = RandomForestClassifier(40, random_state=0).fit(study.embedding, study.labels)
    return study.replace(probabilities=forest.predict_proba(study.embedding))


def honest(study, model):
    return study.replace(
        probabilities=cross_val_predict(model, study.embedding, study.labels, cv=5, method="predict_proba")
    )


def test_probabilities_that_repeat_contradicted_labels_are_said(memorized, graph):
    found = count_contradicted_labels(memorized, graph)
    assert found.counted >= MIN_CONTRADICTED and found.repeated > 0.9 * found.counted
    note = check_probabilities(memorized, graph)
    assert f"repeat {found.repeated} of the {found.counted} labels" in note and "out_of_sample=False" in note


@pytest.mark.slow
@pytest.mark.parametrize("model", [LogisticRegression(), RandomForestClassifier(40, random_state=0)])
def test_out_of_sample_probabilities_are_not_suspected(study, graph, model):
    assert check_probabilities(honest(study, model), graph) is None


def test_nothing_is_said_of_what_is_declared_or_absent(study, memorized, graph):
    assert check_probabilities(study, graph) is None
    assert check_probabilities(memorized.replace(out_of_sample=False), graph) is None


def test_explain_warns_and_ranks_as_before(memorized):
    with pytest.warns(MarginWarning, match="look as if their model was trained on these labels"):
        warned = explain(LabelFlips(), memorized)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarginWarning)
        again = explain(LabelFlips(), memorized)
    assert np.array_equal(warned.findings.scores, again.findings.scores)


def test_of_few_contradicted_labels_nothing_is_said():
    assert not ContradictedLabels(MIN_CONTRADICTED - 1, MIN_CONTRADICTED - 1).look_in_sample
    assert ContradictedLabels(MIN_CONTRADICTED, MIN_CONTRADICTED).look_in_sample
    assert not ContradictedLabels(6, 10).look_in_sample


@pytest.mark.slow
def test_the_command_line_and_the_overview_say_so(memorized, tmp_path, capsys):
    source = tmp_path / "study.npz"
    np.savez(source, embedding=memorized.embedding, labels=memorized.labels, probabilities=memorized.probabilities)
    assert main(["audit", str(source), "--out", str(tmp_path / "out")]) == 0
    assert "look as if their model was trained on these labels" in capsys.readouterr().err
    (note,) = [
        note["text"]
        for note in json.loads((tmp_path / "out" / "summary.json").read_text())["notes"]
        if note["kind"] == "assumption" and "look as if" in note["text"]
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarginWarning)
        assert note in texts_of(audit(open_source(source)).opened.notes)
    np.savez(
        source, embedding=memorized.embedding, labels=memorized.labels, probabilities=memorized.probabilities,
        out_of_sample=False,
    )  # fmt: skip
    assert not [text for text in texts_of(audit(open_source(source)).opened.notes) if "look as if" in text]
