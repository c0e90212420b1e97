import numpy as np
import pytest

from margin_core import explain
from margin_core.errors import SourceError
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers.arrays import read_array_folder, read_arrays
from margin_core.study.samples import ColumnNames, ReadRequest
from margin_core.tasks import LabelFlips
from margin_core.values import Need


def read(path, run=None, memory=None, **columns):
    request = ReadRequest(path.resolve(), ColumnNames(**columns), memory=memory, **({"run": run} if run else {}))
    return read_array_folder(request) if path.is_dir() else read_arrays(request)


@pytest.fixture
def parts():
    return {
        "embedding": np.arange(12, dtype=np.float32).reshape(4, 3),
        "inputs": np.zeros((4, 5, 6), np.uint8),
        "labels": np.array([0, 1, 1, -1]),
        "probabilities": np.full((4, 2), 0.5),
        "class_names": np.array(["a", "b"]),
        "ids": np.array(["w", "x", "y", "z"]),
        "season": np.array([1, 2, 3, 4]),
        "split": np.array(["train", "test", "test", "test"]),
    }


@pytest.fixture
def npz(tmp_path):
    def write(**arrays):
        np.savez(tmp_path / "set.npz", **arrays)
        return tmp_path / "set.npz"

    return write


@pytest.fixture(params=["npz", "folder"])
def saved(request, tmp_path, npz):
    """Write the same arrays as one file, or as a folder of files."""

    def write(arrays):
        if request.param == "npz":
            return npz(**arrays)
        (tmp_path / "set").mkdir(exist_ok=True)
        for name, array in arrays.items():
            np.save(tmp_path / "set" / f"{name}.npy", array)
        return tmp_path / "set"

    return write


def test_every_part_is_found_by_its_name(saved, parts):
    samples = read(saved(parts))
    assert samples.name == "set"
    for part in ("embedding", "inputs", "labels", "probabilities", "ids"):
        np.testing.assert_array_equal(getattr(samples, part), parts[part])
    assert samples.class_names == ("a", "b")
    assert {name: column.tolist() for name, column in samples.columns.items()} == {
        "season": [1, 2, 3, 4], "split": ["train", "test", "test", "test"],
    }  # fmt: skip
    assert samples.features == "the given embedding"
    assert samples.out_of_sample
    assert texts_of(samples.notes) == ()


def test_named_arrays_play_their_part(saved, parts):
    parts |= {"mine": np.array([1, 1, 0, 0]), "name": np.array(list("abcd"))}
    samples = read(saved(parts), label="mine", id="name", weight="season")
    assert samples.labels.tolist() == [1, 1, 0, 0]
    assert samples.ids.tolist() == list("abcd")
    assert samples.columns["weight"].tolist() == [1, 2, 3, 4]


def test_a_set_can_say_that_its_probabilities_are_in_sample(npz, parts):
    assert not read(npz(**parts, out_of_sample=np.array(False))).out_of_sample


def test_what_is_not_one_value_a_sample_is_left_out(saved, parts):
    samples = read(saved(parts | {"matrix": np.zeros((4, 2)), "seed": np.array(3)}))
    assert sorted(samples.columns) == ["season", "split"]
    assert texts_of(samples.notes) == ("2 arrays left out, not one value a sample (matrix, seed).",)


def test_rows_of_numbers_are_standardized_where_there_is_no_embedding(npz):
    samples = read(npz(inputs=np.array([[0, 7], [2, 7]]), labels=np.array(["u", "v"])))
    assert samples.embedding.tolist() == [[-1], [1]]
    assert samples.features == "1 standardized column"
    assert texts_of(samples.notes) == ("1 constant column left out (1).",)


def test_text_of_bytes_is_read_as_text(npz):
    samples = read(npz(embedding=np.eye(2), labels=np.array([b"u", b"v"])))
    assert (samples.class_names, samples.labels.tolist()) == (("u", "v"), [0, 1])


def test_bytes_that_are_not_utf_8_are_read_as_windows_1252_and_said(npz):
    labels = np.array([b"cat", b"caf\xe9"])
    samples = read(npz(embedding=np.eye(2), labels=labels))
    assert samples.class_names == ("café", "cat")
    assert texts_of(samples.notes) == ("'labels' is not UTF-8; it was read as Windows-1252.",)
    with pytest.raises(SourceError, match="neither UTF-8 nor Windows-1252"):
        read(npz(embedding=np.eye(2), labels=np.array([b"cat", b"\x81"])))


@pytest.mark.parametrize("name", ["probabilities", "pred_probs"])
def test_rows_of_probabilities_with_nan_are_losses(npz, name):
    table = np.tile([0.25, 0.75], (60, 1))
    table[:9, 0] = np.nan
    samples = read(npz(**{"embedding": np.eye(60), "labels": np.arange(60) % 2, name: table}))
    assert texts_of(samples.notes, NoteKind.LOSS) == (
        "9 of 60 rows of probabilities have a value that is missing or not finite: taken as all classes being equally "
        "likely.",
    )
    with pytest.raises(SourceError, match="each row of probabilities has a value that is missing"):
        read(npz(**{"embedding": np.eye(60), "labels": np.arange(60) % 2, name: table * np.nan}))


@pytest.mark.parametrize(
    ("shape", "dtype", "remedy"),
    [
        ((4, 5, 5, 3), "f4", "(images * 255).astype('uint8')."),
        ((4, 3, 5, 5), "u1", ".transpose(0, 2, 3, 1)."),
        ((4, 5, 5, 4), "u1", "[..., :3]."),
        ((4, 5, 5), "u2", "(images / images.max() * 255).astype('uint8')."),
    ],
)
def test_pictures_that_cannot_be_read_are_explained(npz, shape, dtype, remedy):
    parts = {"images": np.zeros(shape, dtype), "labels": np.arange(4) % 2}
    (said,) = texts_of(read(npz(**parts, embedding=np.eye(4))).notes)
    assert said.startswith("Left out: 'images' must be uint8 pictures (samples, height, width[, 3])")
    assert said.endswith(remedy)
    with pytest.raises(SourceError) as error:
        read(npz(**parts))
    assert str(error.value).endswith(said.removeprefix("Left out: "))


def test_moments_are_a_column_and_records_are_named_as_such(npz):
    when = np.array("2021-01-01", "M8[D]") + np.arange(4)
    samples = read(npz(embedding=np.eye(4), labels=[0, 1] * 2, when=when, meta=np.zeros(4, [("a", "i4")])))
    assert samples.columns["when"].tolist() == [f"2021-01-0{day}" for day in range(1, 5)]
    assert texts_of(samples.notes) == ("1 array left out, neither numbers nor text (meta).",)


def test_classes_without_a_sample_are_said(npz):
    labels = np.where(np.arange(60) % 9 == 0, 255, np.arange(60) % 3).astype(np.uint8)
    assert texts_of(read(npz(embedding=np.eye(60), labels=labels)).notes) == (
        "252 of the 256 classes from 0 to 255 have no sample. If 255 marks a missing label, save it as -1.",
    )


def test_gray_pictures_may_have_a_channel(npz):
    assert read(npz(inputs=np.zeros((2, 4, 4, 1), np.uint8))).inputs.shape == (2, 4, 4)


@pytest.mark.parametrize(("shape", "dtype", "part"), [
    ((4, 3), np.float32, "embedding"), ((4, 3), np.uint8, "embedding"),
    ((4, 5, 5), np.uint8, "inputs"), ((4, 5, 5, 3), np.uint8, "inputs"),
])  # fmt: skip
def test_a_lone_npy_is_an_embedding_or_pictures(tmp_path, shape, dtype, part):
    np.save(tmp_path / "x.npy", np.zeros(shape, dtype))
    samples = read(tmp_path / "x.npy")
    assert getattr(samples, part).shape == shape
    assert samples.name == "x"


def test_npy_files_are_memory_mapped_and_not_copied(tmp_path):
    np.save(tmp_path / "embedding.npy", np.zeros((4, 3), np.float32))
    assert isinstance(read(tmp_path).embedding, np.memmap)


def test_an_npz_is_unpacked_once(npz, parts, tmp_path, monkeypatch):
    workspace = Workspace.at(tmp_path / "set.margin")
    path = npz(**parts)
    first = read(path, run=Run(workspace), memory=workspace)
    monkeypatch.setattr("margin_core.study.readers.arrays.read_npz", lambda path: pytest.fail("read again"))
    second = read(path, run=Run(workspace), memory=workspace)
    assert isinstance(second.embedding, np.memmap)
    assert second.key == first.key
    np.testing.assert_array_equal(first.embedding, second.embedding)


def test_an_embedding_in_double_precision_is_halved_once(tmp_path):
    np.save(tmp_path / "embedding.npy", np.ones((4, 3)))
    assert read(tmp_path).embedding.dtype == np.float32


def refusal(path, **columns):
    with pytest.raises(SourceError) as refused:
        read(path, **columns)
    return str(refused.value).replace(str(path.resolve()), path.name)


PICKLED = (
    " holds pickled Python objects, which are never loaded because they can run code. "
    "Save the arrays as numbers or fixed-width text (array.astype(str))."
)


def test_pickled_objects_in_an_npz(npz):
    assert refusal(npz(embedding=np.eye(2), labels=np.array(["a", None], object))) == "'set.npz'" + PICKLED


def test_pickled_objects_in_an_npy(tmp_path):
    np.save(tmp_path / "labels.npy", np.array(["a", None], object), allow_pickle=True)
    assert refusal(tmp_path) == f"'{tmp_path.name}/labels.npy'" + PICKLED


def test_a_damaged_file(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 nothing")
    assert refusal(tmp_path / "a.npz") == "'a.npz' is not a readable .npz file. Save it again with numpy.savez."
    (tmp_path / "a.npy").write_bytes(b"nothing")
    assert refusal(tmp_path / "a.npy") == "'a.npy' is not a readable .npy file. Save it again with numpy.save."
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY")
    assert refusal(tmp_path / "a.npy").startswith("'a.npy' is not a readable .npy or .npz file: ")


def test_an_npz_under_another_name(npz, parts, tmp_path):
    npz(**parts).rename(tmp_path / "a.npy")
    assert refusal(tmp_path / "a.npy") == "'a.npy' is not a readable .npy file. Save it again with numpy.save."


def test_an_entry_whose_name_is_a_path(npz):
    assert refusal(npz(**{"../evil": np.eye(2)})) == (
        "'set.npz' has an entry named '../evil'. Use letters, digits, spaces, '_', '-' and '.' for names."
    )


def test_an_empty_array(npz):
    assert refusal(npz(embedding=np.zeros((0, 3)))) == (
        "'set.npz': 'embedding' is empty, (0, 3). Give it a row a sample, or leave it out."
    )


def test_no_known_name(npz):
    assert refusal(npz(table=np.eye(2))) == (
        "'set.npz' has none of the arrays embedding, inputs, labels, probabilities, class_names, ids, nor one of "
        "another usual name that fits; it has: table. Save at least 'embedding' or 'inputs' under that name."
    )


def test_usual_names_of_parts_are_read_and_said(npz):
    table = np.array([[0.2, 0.8], [1, 0], [0.5, 0.5]])
    opened = open_source(npz(features=np.eye(3), y=[0, 1, 0], preds=table, target_names=["cat", "dog"]))
    study = opened.study
    assert (study.embedding.shape, study.labels.tolist(), study.class_names) == ((3, 3), [0, 1, 0], ("cat", "dog"))
    assert study.probabilities == pytest.approx(table)
    assert texts_of(opened.notes) == (
        "'features' is read as embedding.", "'y' is read as labels.", "'preds' is read as probabilities.",
        "'target_names' is read as class names.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arrays", "columns", "notes"),
    [
        ({"preds": np.array([0, 1, 0])}, ["preds"], ()),
        ({"preds": np.array([[4.0, -1], [2, 0], [0, 1]])}, [],
         ("'preds' left out: not a row a sample of probabilities, none negative, each row adding up to 1.",)),
        ({"features": np.eye(3)}, [], ("1 array left out, not one value a sample (features).",)),
    ],
    ids=["predicted classes", "logits", "a second embedding"],
)  # fmt: skip
def test_what_only_has_the_name_of_a_part_is_not_read_as_one(npz, arrays, columns, notes):
    opened = open_source(npz(embedding=np.eye(3), labels=[0, 1, 0], **arrays))
    assert list(opened.study.columns) == columns
    assert opened.study.maybe_probabilities is None
    assert texts_of(opened.notes) == notes


def test_a_name_that_is_not_there(npz):
    assert refusal(npz(embedding=np.eye(2)), label="y") == (
        "'set.npz' has no array 'y'. Its arrays are: embedding. Name one of these with --label."
    )


def test_a_file_column_makes_no_sense(npz):
    assert refusal(npz(embedding=np.eye(2)), file="y") == (
        "'set.npz' holds arrays, so --file has nothing to name. Leave it out."
    )


@pytest.mark.parametrize(("part", "array", "wanted", "came"), [
    ("labels", np.zeros((2, 2)), "numbers or text of shape (samples,)", "float64 (2, 2)"),
    ("labels", np.zeros(2, "M8[s]"), "numbers or text of shape (samples,)", "datetime64[s] (2,)"),
    ("class_names", np.array([["a"]]), "numbers or text of shape (classes,)", "<U1 (1, 1)"),
    ("embedding", np.array([["a"]]), "numbers of shape (samples, columns)", "<U1 (1, 1)"),
    ("probabilities", np.zeros(2), "numbers of shape (samples, columns)", "float64 (2,)"),
])  # fmt: skip
def test_a_part_of_another_shape_or_kind(saved, part, array, wanted, came):
    path = saved({"ids": np.array(["a", "b"]), part: array})
    assert refusal(path) == (f"'{path.name}': '{part}' must be {wanted}; got {came}. Convert it and save again.")


def test_pictures_that_are_not_bytes(npz):
    assert refusal(npz(inputs=np.zeros((2, 4, 4), np.float32))) == (
        "'set.npz': 'inputs' must be uint8 pictures (samples, height, width[, 3]), numbers (samples, columns) "
        "or texts (samples,); got float32 (2, 4, 4). Pictures in [0, 1] become uint8 by (inputs * 255).astype('uint8')."
    )


def test_a_lone_npy_of_another_shape(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(3))
    assert refusal(tmp_path / "x.npy") == (
        "'x.npy' holds float64 (3,). A single .npy is an embedding (samples, dimensions) or uint8 pictures "
        "(samples, height, width[, 3]); put other arrays into an .npz under their names."
    )


def test_probabilities_that_are_none_are_left_out_for_their_reason(npz):
    samples = read(npz(embedding=np.eye(4), labels=np.array([0, 1] * 2), pred_probs=np.full((4, 2), 0.7)))
    assert samples.probabilities is None
    assert texts_of(samples.notes) == (
        "'pred_probs' left out: not a row a sample of probabilities, none negative, each row adding up to 1.",
    )


def test_labels_and_probabilities_alone_can_be_ranked(tmp_path):
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 30)
    p = np.where(labels[:, None] == [0, 1], 0.8, 0.2) + rng.uniform(-0.1, 0.1, (60, 1)) * [1, -1]
    labels[7] = 1
    np.savez(tmp_path / "a.npz", labels=labels, pred_probs=p)
    opened = open_source(tmp_path / "a.npz")
    assert (
        "There is no embedding: samples are compared by the square roots of the given probabilities. Add one to "
        "compare features."
    ) in texts_of(opened.notes)
    assert explain(LabelFlips(), opened.study).findings.ids[0] == "7"
    np.savez(tmp_path / "a.npz", labels=labels, pred_probs=p, out_of_sample=False)
    assert not open_source(tmp_path / "a.npz").study.has(Need.EMBEDDING)


@pytest.mark.parametrize("name", ["labels", "y"])
@pytest.mark.parametrize("kind", [np.int64, np.float32, bool])
def test_labels_in_one_column_or_one_hot_are_one_a_sample(npz, name, kind):
    column = np.array([[0], [1], [1]])
    named = () if name == "labels" else ("'y' is read as labels.",)
    opened = open_source(npz(embedding=np.eye(3), **{name: column}))
    assert opened.study.labels.tolist() == [0, 1, 1]
    assert texts_of(opened.notes) == named
    opened = open_source(npz(embedding=np.eye(3), **{name: np.eye(3)[[2, 0, 1]].astype(kind)}))
    assert opened.study.labels.tolist() == [2, 0, 1]
    assert texts_of(opened.notes) == (*named, "Labels are one-hot: the place of the 1 in a row is the class.")


def test_labels_of_another_number_are_left_out_with_both_numbers(npz):
    opened = open_source(npz(X=np.eye(3), y=[0, 1]))
    assert texts_of(opened.notes)[0] == "'y' left out: 2 labels for 3 samples."


def test_labels_of_bytes_are_no_array_that_is_left_out(npz):
    assert texts_of(open_source(npz(embedding=np.eye(2), labels=np.array([b"cat", b"dog"]))).notes) == ()
