import dataclasses
from pathlib import Path

import numpy as np
import pytest
from planted import blobs, quick_map

from margin_core.audit.audit import audit, compute_map_positions, live_label_error_score
from margin_core.errors import NotComputed
from margin_core.storage.workspace import Workspace
from margin_core.study import Opened
from margin_core.tasks import LabelFlips


@pytest.fixture
def opened(tmp_path):
    with quick_map():
        yield Opened(study=blobs().study, notes=(), workspace=Workspace.at(tmp_path / "w.margin"), source=Path("blobs"))


def test_everything_is_computed_once_and_then_read(opened):
    audited = audit(opened)
    places = compute_map_positions(audited)
    frozen = dataclasses.replace(opened, workspace=Workspace.at(opened.workspace.folder, may_compute=False))
    again = audit(frozen)
    assert again.explanation.fingerprint == audited.explanation.fingerprint
    np.testing.assert_array_equal(again.explanation.findings.ids, audited.explanation.findings.ids)
    np.testing.assert_array_equal(compute_map_positions(again), places)
    assert again.overview.suspects == audited.overview.suspects == 5
    assert live_label_error_score(again).labels.tolist() == opened.study.labels.tolist()


def test_another_recipe_is_not_taken_for_the_same(opened):
    audit(opened)
    frozen = dataclasses.replace(opened, workspace=Workspace.at(opened.workspace.folder, may_compute=False))
    with pytest.raises(NotComputed):
        audit(frozen, LabelFlips().with_parameters({"graph.k": 7}))


def test_without_a_workspace_nothing_is_remembered(opened):
    bare = dataclasses.replace(opened, workspace=None)
    assert audit(bare, LabelFlips(method="disagreement")).task.method == "disagreement"
    assert bare.engine.step("any", "key", lambda: {"a": np.ones(1)})["a"] == 1


def test_the_map_reports_its_progress(opened):
    audited, reported = audit(opened), []
    compute_map_positions(audited, lambda *progress: reported.append(progress))
    assert reported == [(0.0, "Laying out the map of 90 samples"), (1.0, "Done")]


def test_live_scores_start_where_the_ranking_stands(opened):
    audited = audit(opened)
    live = live_label_error_score(audited)
    found = audited.explanation.findings
    rows = found.ids.astype(int)
    np.testing.assert_array_equal(live.label_error_score.scores(live.labels)[rows], found.scores)


def test_correcting_the_first_suspect_clears_it(opened):
    audited = audit(opened)
    live = live_label_error_score(audited)
    first = int(audited.explanation.findings.ids[0])
    suggested = int(audited.explanation.findings.evidence["suggested"][0])
    touched, scores = live.update(np.array([first]), np.array([suggested]))
    assert scores[touched == first] < 0.1
