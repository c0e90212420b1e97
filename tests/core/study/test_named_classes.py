import numpy as np
import pytest

from margin_core import Study
from margin_core.errors import SourceError
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source
from margin_core.study.named_classes import read_named_classes, record_named_classes, with_named_classes

POINTS = np.random.default_rng(0).normal(size=(12, 3))


def test_names_do_not_change_the_fingerprint():
    study = Study.build(embedding=POINTS)
    named = with_named_classes(study, ["cat", "dog", "cat"])
    assert named.class_names == ("cat", "dog")
    assert named.fingerprint == study.fingerprint and named.maybe_labels is None


def test_they_follow_the_classes_of_the_source():
    study = Study.build(embedding=POINTS, labels=["dog", *[""] * 11])
    named = with_named_classes(study, ["cat", "dog"])
    assert named.class_names == ("dog", "cat")
    assert named.labels.tolist() == study.labels.tolist() and named.fingerprint == study.fingerprint


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 201])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(SourceError, match="is no class name"):
        with_named_classes(Study.build(embedding=POINTS), [name])


def test_probabilities_have_no_column_for_another_class():
    study = Study.build(embedding=POINTS, probabilities=np.full((12, 2), 0.5))
    with pytest.raises(SourceError, match="came with probabilities of 2 classes, so 'cat' cannot be added"):
        with_named_classes(study, ["cat"])


def test_a_workspace_keeps_them_and_the_next_opening_has_them(tmp_path):
    np.save(tmp_path / "points.npy", POINTS.astype(np.float32))
    workspace = Workspace.at(tmp_path / "points.npy.margin")
    first = open_source(tmp_path / "points.npy", workspace=workspace, classes="cat,dog")
    assert first.study.class_names == read_named_classes(workspace) == ("cat", "dog")
    record_named_classes(workspace, ["cat", "wolf"])
    assert open_source(tmp_path / "points.npy", workspace=workspace).study.class_names == ("cat", "wolf")


def test_a_study_folder_names_them(tmp_path):
    np.save(tmp_path / "points.npy", POINTS.astype(np.float32))
    (tmp_path / "study.toml").write_text('source = "points.npy"\nclasses = ["cat", "dog"]\n')
    assert open_source(tmp_path).study.class_names == ("cat", "dog")
    (tmp_path / "study.toml").write_text('source = "points.npy"\nclasses = "cat"\n')
    with pytest.raises(SourceError, match="classes must be a list of texts"):
        open_source(tmp_path)
