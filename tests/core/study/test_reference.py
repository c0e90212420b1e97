"""A source is opened together with the earlier data that it is compared with."""

import shutil

import numpy as np
import pytest
from PIL import Image

from margin_core import load_study
from margin_core.errors import AccessError, SourceError
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.reference import find_reference

pytestmark = pytest.mark.filterwarnings("ignore::margin_core.errors.MarginWarning")


@pytest.fixture
def arrays(tmp_path):
    def write(name, n=20, classes=("cat", "dog"), width=3):
        random = np.random.default_rng(n)
        path = tmp_path / f"{name}.npz"
        labels = np.array(classes)[np.arange(n) % len(classes)]
        np.savez(path, embedding=random.normal(size=(n, width)).astype(np.float32), labels=labels)
        return path

    return write


def test_given_features_stay_as_they_are(arrays):
    new, old = arrays("new"), arrays("old", 30)
    study = load_study(new, against=old)
    assert study.reference.fingerprint == load_study(old).fingerprint
    assert study.replace(reference=None).fingerprint == load_study(new).fingerprint
    assert load_study(new).maybe_reference is None


def test_notes_name_the_reference_and_what_only_one_of_both_has(arrays):
    opened = open_source(arrays("new", classes=("cat", "owl")), against=arrays("old", 30, classes=("cat", "dog")))
    assert texts_of(opened.notes, NoteKind.ASSUMPTION) == (
        "Classes that the reference 'old' does not have: 'owl'.",
        "Classes that only the reference 'old' has: 'dog'.",
    )
    assert "Compared with the reference 'old': 30 samples." in texts_of(opened.notes, NoteKind.READ)


def test_a_workspace_opens_with_its_reference(arrays, tmp_path):
    folder = tmp_path / "new.npz.margin"
    first = load_study(arrays("new"), against=arrays("old", 30), workspace=folder)
    again = load_study(folder)
    assert again.fingerprint == first.fingerprint and again.reference.name == "old"
    (tmp_path / "moved").mkdir()
    for name in ("new.npz", "old.npz", "new.npz.margin"):
        shutil.move(tmp_path / name, tmp_path / "moved" / name)
    assert load_study(tmp_path / "moved" / "new.npz.margin").fingerprint == first.fingerprint


def test_a_workspace_forgets_a_reference_that_is_no_longer_named(arrays, tmp_path):
    new, folder = arrays("new"), tmp_path / "new.npz.margin"
    load_study(new, against=arrays("old", 30), workspace=folder)
    plain = load_study(new, workspace=folder)
    assert plain.maybe_reference is None and load_study(folder).maybe_reference is None
    assert "against" not in Workspace(folder).facts()


def test_a_reference_that_a_workspace_names_is_there_and_below_the_roots(arrays, tmp_path):
    new, folder = arrays("new"), tmp_path / "new.npz.margin"
    (tmp_path / "elsewhere").mkdir()
    old = shutil.move(arrays("old", 30), tmp_path / "elsewhere" / "old.npz")
    load_study(new, against=old, workspace=folder)
    roots = tmp_path / "inside"
    roots.mkdir()
    for name in ("new.npz", "new.npz.margin"):
        shutil.move(tmp_path / name, roots / name)
    with pytest.raises(AccessError, match="lies outside the folders"):
        load_study(roots / "new.npz.margin", roots=[roots])
    assert load_study(roots / "new.npz.margin").reference.name == "old"
    (tmp_path / "elsewhere" / "old.npz").unlink()
    with pytest.raises(SourceError, match=r"compares its source with '.*old\.npz', which is not there any more"):
        load_study(roots / "new.npz.margin")


def test_a_workspace_is_a_reference_too(arrays, tmp_path):
    new, old = arrays("new"), arrays("old", 30)
    load_study(old, workspace=tmp_path / "w.margin", against=arrays("older", 10))
    study = load_study(new, against=tmp_path / "w.margin")
    assert study.reference.fingerprint == load_study(old).fingerprint
    assert study.reference.maybe_reference is None


def test_a_folder_that_describes_itself_is_a_reference_too(arrays, tmp_path):
    folder = tmp_path / "described"
    folder.mkdir()
    shutil.move(arrays("old", 30), folder / "samples.npz")
    (folder / "study.toml").write_text('name = "Earlier"\nsource = "samples.npz"\nfeatures = "pixels"\n')
    for named in (folder, folder / "study.toml"):
        study = load_study(arrays("new"), against=named, label="labels")
        assert study.reference.name == "Earlier" and study.reference.features == "pixels"


def test_pictures_of_both_are_looked_at_once_and_their_files_read_once(tmp_path, mean_color, monkeypatch):
    random = np.random.default_rng(0)
    for source in ("new", "old"):
        for row in range(6):
            path = tmp_path / source / ("cat", "dog")[row % 2] / f"{row}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(random.integers(0, 256, (6, 6, 3), dtype=np.uint8)).save(path)
    model, workspace = mean_color(), tmp_path / "w.margin"
    study = load_study(tmp_path / "new", against=tmp_path / "old", model=model, workspace=workspace)
    shown = model.shown
    assert study.embedding.shape == study.reference.embedding.shape == (6, 3)
    assert study.space == study.reference.space != ""
    again = load_study(tmp_path / "new", against=tmp_path / "old", model=model, workspace=workspace)
    assert model.shown == shown and again.fingerprint == study.fingerprint
    assert Workspace(workspace).of_reference.folder.parent == workspace


def test_a_path_of_nothing_or_of_something_elsewhere_is_refused(tmp_path):
    with pytest.raises(SourceError, match="There is no reference at"):
        find_reference(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="is not on this machine"):
        find_reference("s3://pets/pets.csv")
    with pytest.raises(SourceError, match="is not a usable path"):
        find_reference("a\0b")
