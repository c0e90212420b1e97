import numpy as np
import pandas as pd
import pytest
from planted import blobs
from scipy import sparse

from margin_core import Study, explain
from margin_core.errors import MissingPart, SourceError
from margin_core.storage.archive import read_archive, write_archive
from margin_core.tasks import LabelFlips
from margin_core.values import WHERE_TO_GET, EmbeddingModel, Explanation, Graph, Model, Need, read_only


class Constant:
    """A model that predicts the same for every sample."""

    def __init__(self, fingerprint="model 1"):
        self.fingerprint = fingerprint

    def __repr__(self):
        return f"Constant({self.fingerprint!r})"

    def probabilities(self, inputs):
        return np.full((len(inputs), 2), 0.5)


def parts(**changed):
    whole = {
        "name": "s",
        "embedding": np.arange(6.0).reshape(3, 2),
        "labels": [0, 1, 0],
        "class_names": ["a", "b"],
        "probabilities": [[0.5, 0.5], [0.25, 0.75], [1, 0]],
        "ids": ["x", "y", "z"],
        "columns": {"split": ["train", "val", "train"]},
        "inputs": np.zeros((3, 2, 2), np.uint8),
        "model": Constant(),
        "graph": [[0, 1, 0], [1, 0, 1], [0, 1, 0]],
    }
    return {key: value for key, value in (whole | changed).items() if value is not None}


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


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Study 's' has no samples. Give at least one row of embedding, labels or inputs."),
        ({"labels": []}, "Study 's' has no samples. Give at least one row of embedding, labels or inputs."),
        (
            {"embedding": np.zeros((1200, 2)), "labels": [0, 1]},
            "Study 's': rows do not line up (embedding 1,200, labels 2). Every part needs one row a sample.",
        ),
        (
            {"labels": [0, 1], "columns": {"split": ["a"]}, "ids": ["x", "y"]},
            "Study 's': rows do not line up (labels 2, ids 2, split 1). Every part needs one row a sample.",
        ),
        (
            {"labels": [0, 0, 0], "ids": ["x", "x", "x"]},
            "Study 's': id 'x' occurs 3 times. Ids must be unique.",
        ),
        ({"labels": [0, 0], "ids": [7, 7]}, "Study 's': id '7' occurs 2 times. Ids must be unique."),
        (
            {"labels": [0, 1], "ids": [["a", "b"], ["c", "d"]]},
            "Study 's': ids must be one per sample; got an array of shape (2, 2).",
        ),
        (
            {"labels": [0], "class_names": ["a", "a"]},
            "Study 's': class names repeat. Each class needs a name of its own.",
        ),
        ({"labels": [[0], [1]]}, "Study 's': labels must be one per sample; got an array of shape (2, 1)."),
        (
            {"labels": ["a", "c"], "class_names": ["a", "b"]},
            "Study 's': label 'c' is not among the 2 class names. Add it to class_names or correct the label.",
        ),
        ({"labels": [0, 1.5]}, "Study 's': labels must be whole class numbers or names; got 1.5."),
        ({"labels": [0, 1e30]}, "Study 's': labels must be whole class numbers or names; got 1e+30."),
        (
            {"labels": [0, 5], "class_names": ["a", "b"]},
            "Study 's': label 5 has no class; there are 2 class names (0 to 1, or -1 for no label).",
        ),
        (
            {"labels": [0, -2], "class_names": ["a", "b"]},
            "Study 's': label -2 has no class; there are 2 class names (0 to 1, or -1 for no label).",
        ),
        ({"embedding": [["a", "b"]]}, "Study 's': the embedding must be numbers. Drop or encode the text columns."),
        (
            {"embedding": [[1, 2], [3]]},
            "Study 's': the embedding must be numbers. Drop or encode the text columns.",
        ),
        ({"embedding": [1.0, 2.0]}, "Study 's': the embedding must have shape (samples, dimensions); got (2,)."),
        (
            {"embedding": np.zeros((2, 0))},
            "Study 's': the embedding must have shape (samples, dimensions); got (2, 0).",
        ),
        (
            {"labels": [0, 1], "probabilities": [[1, 0, 0], [0, 1, 0]]},
            "Study 's': probabilities must have shape (samples, 2), a column a class; got (2, 3).",
        ),
        (
            {"probabilities": [0.5, 0.5]},
            "Study 's': probabilities must have shape (samples, classes), a column a class; got (2,).",
        ),
        (
            {"probabilities": [[0.5, 0.5], [3.0, -1.0]]},
            "Study 's': probabilities must be between 0 and 1 and sum to 1 in each row; row 1 sums to 2. "
            "Apply softmax to logits first.",
        ),
        (
            {"probabilities": [[0.5, 0.5], [0.2, 0.2]]},
            "Study 's': probabilities must be between 0 and 1 and sum to 1 in each row; row 1 sums to 0.4. "
            "Apply softmax to logits first.",
        ),
    ],
)
def test_parts_that_do_not_line_up_are_refused(given, message):
    with pytest.raises(SourceError) as caught:
        Study.build(name="s", **given)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("labels", "names", "numbers"),
    [
        (["b", "a", "b"], ("a", "b"), [1, 0, 1]),
        (["b", "", None], ("b",), [0, -1, -1]),
        (["b ", float("nan"), "a"], ("a", "b"), [1, -1, 0]),
        ([0.0, float("nan"), 1.0], ("0", "1"), [0, -1, 1]),
        ([2, -1, 0], ("0", "1", "2"), [2, -1, 0]),
        ([True, False, True], ("0", "1"), [1, 0, 1]),
        (np.array([1, 0, 1], np.uint8), ("0", "1"), [1, 0, 1]),
    ],
)
def test_labels_in_every_form(labels, names, numbers):
    study = Study.build(labels=labels)
    assert study.class_names == names
    assert study.labels.tolist() == numbers


@pytest.mark.parametrize("labels", [[-1, -1], ["", None], [np.nan, np.nan]])
def test_labels_that_are_all_missing_are_none_at_all_unless_classes_are_named(labels):
    assert not Study.build(labels=labels, embedding=np.zeros((2, 1))).has(Need.LABELS)
    assert Study.build(labels=labels, class_names=["a"]).labels.tolist() == [-1, -1]


def test_class_names_come_from_the_probabilities_when_nothing_else_says():
    assert Study.build(probabilities=[[0.1, 0.2, 0.7]]).class_names == ("0", "1", "2")


def test_given_class_names_keep_their_order():
    study = Study.build(labels=["dog", "cat"], class_names=["dog", "cat", "owl"])
    assert study.class_names == ("dog", "cat", "owl")
    assert study.labels.tolist() == [0, 1]


def test_probabilities_are_scaled_and_a_nan_is_no_opinion():
    study = Study.build(probabilities=[[0.5, 0.495], [np.nan, 1.0], [np.inf, 0], [0.25, 0.75]])
    np.testing.assert_allclose(study.probabilities.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(study.probabilities[1:3], 0.5)
    np.testing.assert_array_equal(study.probabilities[3], [0.25, 0.75])


def test_numbers_too_large_for_single_precision_do_no_harm():
    assert not np.isfinite(Study.build(embedding=[[1e300, 0.0], [1.0, 2.0]]).embedding[0]).all()


def test_default_ids_are_the_row_numbers():
    assert Study.build(labels=[0] * 11).ids.tolist() == [str(row) for row in range(11)]


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


def test_read_only_copies_only_what_somebody_could_write_to():
    writable = np.arange(3)
    assert read_only(writable) is not writable
    frozen = read_only(writable)
    assert read_only(frozen) is frozen
    assert np.shares_memory(read_only(frozen[1:]), frozen)


def test_a_graph_refuses_shapes_and_weights_that_cannot_be():
    weights = sparse.csr_array(np.array([[0, 1.0], [1.0, 0]]))
    near, away = np.array([[1], [0]], np.int32), np.ones((2, 1), np.float32)
    assert not Graph(weights=weights.copy(), neighbours=near, distances=away).isolated.any()
    for wrong in ({"neighbours": near[:1]}, {"distances": away[:, :0]}):
        with pytest.raises(ValueError, match="shapes differ"):
            Graph(**{"weights": weights.copy(), "neighbours": near, "distances": away} | wrong)
    for entries in ([[0, -1.0], [-1.0, 0]], [[1.0, 0], [0, 0]]):
        with pytest.raises(ValueError, match="weights must not be negative and the diagonal must be empty"):
            Graph(weights=sparse.csr_array(np.array(entries)), neighbours=near, distances=away)


def test_another_file_is_no_explanation(tmp_path):
    path = tmp_path / "e.npz"
    write_archive(path, {"format": 2, "task": "label_flips"}, {})
    with pytest.raises(SourceError) as caught:
        Explanation.load(path)
    assert str(caught.value) == (f"'{path}' is not an explanation this version can read. Make it again with explain().")


@pytest.fixture(scope="module")
def explanation_parts(tmp_path_factory):
    """An explanation on disk, taken apart."""
    path = tmp_path_factory.mktemp("explained") / "e.npz"
    explain(LabelFlips(method="disagreement"), blobs(each=6).study).save(path)
    return read_archive(path)


def test_an_explanation_that_lacks_any_array_says_which(explanation_parts, tmp_path):
    about, arrays = explanation_parts
    path = tmp_path / "e.npz"
    assert len(arrays) > 10
    for missing in arrays.keys() - {"findings.nodes"}:
        write_archive(path, about, {name: array for name, array in arrays.items() if name != missing})
        with pytest.raises(SourceError) as caught:
            Explanation.load(path)
        assert str(caught.value) == (
            f"'{path}' is not a whole explanation: it has no entry '{missing.removeprefix('graph.')}'. "
            "Make it again with explain()."
        )


def test_the_nodes_of_findings_that_release_0_1_did_not_write_are_found_by_their_ids(explanation_parts, tmp_path):
    about, arrays = explanation_parts
    path = tmp_path / "e.npz"
    write_archive(path, about, {name: array for name, array in arrays.items() if name != "findings.nodes"})
    found = Explanation.load(path)
    np.testing.assert_array_equal(found.nodes, arrays["findings.nodes"])
    np.testing.assert_array_equal(found.domain.ids[found.nodes], found.findings.ids)


def test_an_explanation_that_lacks_any_fact_says_which(explanation_parts, tmp_path):
    about, arrays = explanation_parts
    path = tmp_path / "e.npz"
    for missing in about.keys() - {"format", "task"}:
        write_archive(path, {name: fact for name, fact in about.items() if name != missing}, arrays)
        with pytest.raises(SourceError, match=rf"is not a whole explanation: it has no entry '{missing}'\. Make it"):
            Explanation.load(path)


def test_an_explanation_whose_parts_do_not_fit_is_refused(explanation_parts, tmp_path):
    about, arrays = explanation_parts
    path = tmp_path / "e.npz"
    for name, odd in (("graph.neighbours", np.zeros((2, 2), np.int32)), ("graph.weights.shape", np.zeros(5, int))):
        write_archive(path, about, {**arrays, name: odd})
        with pytest.raises(SourceError, match=r"is not an explanation: its parts do not fit together \(.+\)\. Make it"):
            Explanation.load(path)


UNDECODED = b"caf\xe9".decode(errors="surrogateescape")
"""What Python makes of a file name that is not UTF-8."""


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"ids": ["a", UNDECODED, "c"]}, "id"),
        ({"class_names": ["a", UNDECODED]}, "class name"),
        ({"class_names": None, "labels": ["a", UNDECODED, "a"]}, "label"),
    ],
)
def test_text_that_no_table_can_hold_is_refused_at_once(given, what):
    with pytest.raises(SourceError) as caught:
        Study.build(**parts(**given))
    assert str(caught.value) == (
        f"Study 's': the {what} 'caf\\udce9' is not Unicode text. Rename the file that it comes from, or give "
        f"another {what}."
    )


def test_a_list_of_texts_is_texts():
    study = Study.build(inputs=["a b", "c"], labels=[0, 1])
    assert study.inputs.tolist() == ["a b", "c"] and study.inputs.shape == (2,)
    assert study.fingerprint == Study.build(inputs=("a b", "c"), labels=[0, 1]).fingerprint


def test_class_names_may_be_given_by_number():
    assert Study.build(labels=[0, 1], class_names={1: "dog", 0: "cat"}).class_names == ("cat", "dog")


def test_minus_one_and_one_alone_are_two_classes():
    study = Study.build(labels=[-1, 1, 1])
    assert (study.class_names, study.labels.tolist()) == (("-1", "1"), [0, 1, 1])
    assert Study.build(labels=[-1, 0, 1]).labels.tolist() == [-1, 0, 1]


def test_a_class_number_far_beyond_the_samples_is_refused():
    with pytest.raises(SourceError, match="the largest class number is 1,000,000,000 for 2 samples"):
        Study.build(labels=[10**9, 1])
    assert len(Study.build(labels=[999, 1]).class_names) == 1000


def test_what_pandas_has_for_a_missing_label_is_missing():
    labels = pd.Series(["cat", pd.NA, "dog"], dtype="string")
    assert Study.build(labels=labels).labels.tolist() == [0, -1, 1]
