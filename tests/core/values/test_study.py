"""A study as a value: what it holds, what nobody can change, and what makes it another one."""

import numpy as np
import pytest
from study_parts import Constant, parts

from margin_core import Study
from margin_core.errors import MarginWarning, MissingPart
from margin_core.values import WHERE_TO_GET, EmbeddingModel, Model, Need


def test_a_study_holds_what_it_was_given():
    study = Study.build(**parts())
    assert len(study) == 3
    assert study.class_names == ("a", "b")
    assert study.ids.tolist() == ["x", "y", "z"]
    assert study.labels.dtype == np.int64
    assert study.embedding.dtype == study.probabilities.dtype == np.float32
    np.testing.assert_array_equal(study.columns["split"], ["train", "val", "train"])
    assert all(study.has(need) for need in Need)
    assert isinstance(study.model, Model)
    assert not isinstance(study.model, EmbeddingModel)


@pytest.mark.parametrize("need", Need)
def test_an_absent_part_says_where_to_get_it(need):
    study = Study.build(**parts(**{need: None}))
    assert not study.has(need)
    for ask in (lambda: study.require(need), lambda: getattr(study, need)):
        with pytest.raises(MissingPart) as caught:
            ask()
        assert str(caught.value) == f"Study 's' has no {need}. {WHERE_TO_GET[need]}"


def test_nobody_can_write_to_a_study():
    study = Study.build(**parts())
    for array in (study.labels, study.embedding, study.probabilities, study.ids, study.inputs, study.columns["split"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    with pytest.raises(TypeError):
        study.columns["split"] = None
    with pytest.raises(AttributeError):
        study.name = "other"


def test_a_later_change_of_the_callers_arrays_changes_nothing():
    x, y = np.arange(6, dtype=np.float32).reshape(3, 2), np.array([0, 1, 0])
    p, pictures = np.full((3, 2), 0.5, np.float32), np.zeros((3, 2, 2), np.uint8)
    view = x[:]
    view.flags.writeable = False  # the owner can still write
    study = Study.build(
        embedding=view, labels=y, probabilities=p, inputs=pictures, ids=(ids := np.array(["a", "b", "c"]))
    )
    x[:], y[:], p[:], pictures[:], ids[:] = 9, 1, 0, 9, "q"
    np.testing.assert_array_equal(study.embedding, np.arange(6).reshape(3, 2))
    assert study.labels.tolist() == [0, 1, 0]
    np.testing.assert_array_equal(study.probabilities, 0.5)
    assert not study.inputs.any()
    assert study.ids.tolist() == ["a", "b", "c"]


def test_a_read_only_memory_map_is_not_copied(tmp_path):
    np.save(tmp_path / "x.npy", np.ones((3, 2), np.float32))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert np.shares_memory(Study.build(embedding=mapped).embedding, mapped)


def test_the_fingerprint_is_the_content_and_not_how_it_was_made():
    study = Study.build(**parts())
    again = Study.build(**dict(reversed(parts().items())))
    assert again.fingerprint == study.fingerprint
    named = Study.build(**parts(labels=["a", "b", "a"], embedding=[[0, 1], [2, 3], [4, 5]], name="other"))
    assert named.fingerprint == study.fingerprint
    wide = np.array(["x", "y", "z", "a very long id"])[:3]
    assert Study.build(**parts(ids=wide)).fingerprint == study.fingerprint
    assert Study.build(labels=[0, 1]).fingerprint == Study.build(labels=[0, 1], ids=["0", "1"]).fingerprint
    assert study.with_labels([1, 1, 0]).with_labels([0, 1, 0]).fingerprint == study.fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        {"embedding": np.arange(6.0).reshape(3, 2) + 1},
        {"labels": [0, 1, 1]},
        {"labels": [0, 1, -1]},
        {"class_names": ["a", "c"]},
        {"class_names": ["a", "b", "c"], "probabilities": None},
        {"probabilities": [[0.5, 0.5], [0.5, 0.5], [1, 0]]},
        {"probabilities": None},
        {"ids": ["x", "y", "w"]},
        {"columns": {"split": ["train", "val", "val"]}},
        {"columns": {"fold": ["train", "val", "train"]}},
        {"inputs": np.ones((3, 2, 2), np.uint8)},
        {"model": Constant("model 2")},
        {"model": None},
        {"out_of_sample": False},
    ],
    ids=str,
)
def test_every_part_matters_to_the_fingerprint(changed):
    assert Study.build(**parts(**changed)).fingerprint != Study.build(**parts()).fingerprint


def test_other_labels_share_everything_else():
    study = Study.build(**parts())
    other = study.with_labels([1, -1, 0])
    assert other.labels.tolist() == [1, -1, 0]
    assert study.labels.tolist() == [0, 1, 0]
    for part in ("embedding", "probabilities", "inputs", "model", "ids"):
        assert getattr(other, part) is getattr(study, part)
    assert (other.class_names, other.name, other.features) == (study.class_names, study.name, study.features)
    assert other.parts["embedding"] == study.parts["embedding"]
    assert other.parts["labels"] != study.parts["labels"]


def test_known_fingerprints_are_taken_over_but_not_for_absent_parts():
    study = Study.build(**parts(probabilities=None, parts={"embedding": "known", "probabilities": "stale"}))
    assert study.parts["embedding"] == "known"
    assert "probabilities" not in study.parts


def test_a_list_of_texts_is_texts():
    study = Study.build(inputs=["a b", "c"], labels=[0, 1])
    assert study.inputs.tolist() == ["a b", "c"] and study.inputs.shape == (2,)
    assert study.fingerprint == Study.build(inputs=("a b", "c"), labels=[0, 1]).fingerprint


P = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5], [0.6, 0.4]])
NO_FEATURES = "no embedding was given, so samples are compared by the square roots of the given probabilities"


def test_probabilities_stand_in_for_an_embedding_where_there_is_nothing_else():
    with pytest.warns(MarginWarning, match=NO_FEATURES):
        study = Study.build(labels=[0, 1, 0, 1], probabilities=P)
    np.testing.assert_allclose(study.embedding, np.sqrt(P), rtol=1e-6)
    assert study.features == "square roots of the given probabilities"
    assert study.with_labels([1, 1, 0, 0]).features == study.features
    with pytest.warns(MarginWarning, match=NO_FEATURES):
        other = study.replace(probabilities=P[::-1])
    np.testing.assert_allclose(other.embedding, np.sqrt(P[::-1]), rtol=1e-6)
    assert other.parts["embedding"] != study.parts["embedding"]
    assert not study.replace(out_of_sample=False).has(Need.EMBEDDING)
    features = study.replace(embedding=np.eye(4))
    assert (features.features, features.embedding.shape) == ("the given embedding", (4, 4))


@pytest.mark.parametrize(
    "more",
    [
        {"out_of_sample": False},
        {"inputs": np.zeros((4, 2, 2), np.uint8)},
        {"graph": np.eye(4, k=1) + np.eye(4, k=-1)},
        {"signals": {"f": [1, 2, 3, 4]}},
        {"labels": None, "class_names": ["a", "b"]},
    ],
    ids=lambda more: next(iter(more)),
)
def test_nothing_stands_in_for_an_embedding_beside_anything_else(more):
    study = Study.build(**{"labels": [0, 1, 0, 1], "probabilities": P} | more)
    with pytest.raises(MissingPart, match="has no embedding"):
        study.require(Need.EMBEDDING)
