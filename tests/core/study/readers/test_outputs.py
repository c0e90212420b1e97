"""Features and probabilities beside a source, matched by id."""

import numpy as np
import pytest

from margin_core.errors import SourceError
from margin_core.study.load import open_source
from margin_core.study.models import named_model
from margin_core.study.notes import NoteKind
from margin_core.study.readers.outputs import with_outputs
from margin_core.study.samples import Samples

IDS = np.array(["c", "a", "b"])
SAMPLES = Samples(name="toy", ids=IDS, labels=np.array(["x", "y", "x"]), key="k")


def saved(folder, **changes):
    arrays = {"ids": np.array(["a", "b", "c"]), "embedding": np.array([[1.0], [2.0], [3.0]], np.float16)} | changes
    path = folder / "outputs.npz"
    np.savez(path, **{name: values for name, values in arrays.items() if values is not None})
    return path


def test_rows_are_matched_by_id(tmp_path):
    found = with_outputs(SAMPLES, saved(tmp_path, probabilities=np.array([[1, 0], [0, 1], [0.5, 0.5]])))
    assert found.embedding.ravel().tolist() == [3, 1, 2]
    assert found.embedding.dtype == np.float32
    assert found.probabilities.tolist() == [[0.5, 0.5], [1, 0], [0, 1]]


def test_rows_of_probabilities_with_nan_are_a_loss(tmp_path):
    table = np.array([[1, 0], [np.nan, 1], [0.5, 0.5]])
    (note,) = with_outputs(SAMPLES, saved(tmp_path, probabilities=table)).notes
    assert note.kind is NoteKind.LOSS and note.text.startswith("1 of 3 rows of probabilities has a value")
    with pytest.raises(SourceError, match="each row of probabilities"):
        with_outputs(SAMPLES, saved(tmp_path, probabilities=table * np.nan))


def test_other_values_are_another_source(tmp_path):
    one = with_outputs(SAMPLES, saved(tmp_path)).key
    other = with_outputs(SAMPLES, saved(tmp_path, embedding=np.zeros((3, 1)))).key
    assert len({one, other, SAMPLES.key}) == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ids": None}, "must hold 'ids'"),
        ({"embedding": None}, "must hold 'ids'"),
        ({"ids": np.array(["a", "b", "b"])}, "each once"),
        ({"embedding": np.zeros((2, 1))}, "one row for each id"),
        ({"ids": np.array(["a", "b", "z"])}, "it lacks c"),
        ({"ids": np.array(["a", "b", "c", "d"]), "embedding": np.zeros((4, 1))}, "it holds d besides"),
    ],
)
def test_what_does_not_match_is_refused(changes, message, tmp_path):
    with pytest.raises(SourceError, match=message):
        with_outputs(SAMPLES, saved(tmp_path, **changes))


def test_a_folder_with_outputs_opens_without_running_its_model(tmp_path, picture, monkeypatch):
    for name, color in {"a": (200, 9, 9), "b": (9, 9, 200), "c": (190, 9, 9)}.items():
        picture(tmp_path / "pictures" / f"{name}.png", color)
    (tmp_path / "labels.csv").write_text(
        "id,file,label\na,pictures/a.png,red\nb,pictures/b.png,blue\nc,pictures/c.png,red\n"
    )
    saved(tmp_path, embedding=np.eye(3))
    (tmp_path / "study.toml").write_text(
        'source = "labels.csv"\noutputs = "outputs.npz"\nmodel = "efficientnet-lite0"\nfeatures = "three numbers"\n'
    )
    monkeypatch.setattr(named_model.NamedModel, "both", lambda *_: pytest.fail("the model was run"))
    monkeypatch.setattr(named_model.NamedModel, "embed", lambda *_: pytest.fail("the model was run"))
    study = open_source(tmp_path).study
    assert study.embedding.tolist() == np.eye(3).tolist()
    assert study.features == "three numbers"
    assert study.maybe_model is not None


def test_columns_of_probabilities_are_taken_by_their_class(tmp_path):
    table = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    found = with_outputs(SAMPLES, saved(tmp_path, probabilities=table, class_names=np.array(["y", "x"])))
    np.testing.assert_allclose(found.probabilities, table[[2, 0, 1]][:, ::-1], rtol=1e-6)
    with pytest.raises(SourceError, match="class_names are y, z"):
        with_outputs(SAMPLES, saved(tmp_path, probabilities=table, class_names=np.array(["y", "z"])))


def test_what_is_declared_in_sample_counts_as_such(tmp_path):
    assert with_outputs(SAMPLES, saved(tmp_path)).out_of_sample
    assert not with_outputs(SAMPLES, saved(tmp_path, out_of_sample=np.array(False))).out_of_sample


def test_an_array_that_nobody_reads_is_a_loss(tmp_path):
    (note,) = with_outputs(SAMPLES, saved(tmp_path, junk=np.zeros(3))).notes
    assert note.kind == "loss" and "junk left out" in note.text


@pytest.mark.parametrize(
    "changes",
    [
        {"embedding": np.array([["a"], ["b"], ["c"]])},
        {"embedding": np.zeros((3, 1), complex)},
        {"ids": np.array([["a"], ["b"], ["c"]])},
        {"ids": np.array([], dtype=str), "embedding": np.zeros((0, 1))},
        {"embedding": np.zeros(3)},
    ],
    ids=["text", "complex", "ids in two dimensions", "no rows", "one dimension"],
)
def test_arrays_that_are_none_of_these_are_refused_in_a_sentence(changes, tmp_path):
    with pytest.raises(SourceError, match=r"outputs\.npz"):
        with_outputs(SAMPLES, saved(tmp_path, **changes))
