"""Parquet files that hold their pictures, as the library Datasets writes them."""

import io
import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from margin_core.errors import AccessError, SourceError
from margin_core.review import export
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source
from margin_core.study.inputs import parquet_pictures
from margin_core.study.inputs.parquet_pictures import ParquetPictures
from margin_core.study.inputs.pictures import PictureFiles
from margin_core.study.notes import texts_of
from margin_core.study.readers.manifest import read_manifest
from margin_core.study.samples import ColumnNames, ReadRequest


def encoded(shade, form="PNG", size=(4, 3)):
    stream = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(stream, form)
    return stream.getvalue()


def class_label(*names):
    return {"names": list(names), "_type": "ClassLabel"}


@pytest.fixture
def parquet(tmp_path):
    def write(columns, features=None, name="train.parquet", **options):
        table = pa.table(columns)
        if features is not None:
            table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
        pq.write_table(table, tmp_path / name, **options)
        return (tmp_path / name).resolve()

    return write


def pictures(n, paths=True):
    return [{"bytes": encoded(row), "path": f"{row}.png" if paths else None} for row in range(n)]


def read(path, **columns):
    return read_manifest(ReadRequest(path, ColumnNames(**columns)))


def test_pictures_are_read_from_their_bytes_and_classes_named_by_the_file(parquet):
    path = parquet(
        {"image": pictures(5), "label": [2, 0, -1, None, 2], "source": ["a", "b", "a", "b", "a"]},
        {"image": {"_type": "Image"}, "label": class_label("zebra", "ant", "cow")},
    )
    samples = read(path)
    assert samples.class_names == ("zebra", "ant", "cow")  # in the order of the file, one without a sample among them
    assert samples.labels.tolist() == [2, 0, -1, -1, 2]
    assert samples.ids.tolist() == [f"{row}.png" for row in range(5)]
    assert isinstance(samples.inputs, ParquetPictures)
    assert [int(samples.inputs[row][0, 0, 0]) for row in (4, 0, 3)] == [4, 0, 3]
    assert samples.inputs[0].shape == (3, 4, 3)
    assert samples.columns["source"].tolist() == ["a", "b", "a", "b", "a"]
    assert texts_of(samples.notes) == ()


@pytest.mark.parametrize(("rows", "group"), [(100, 7), (100, 1000), (33, 16)])
def test_rows_are_found_in_any_order_and_by_several_threads(parquet, rows, group):
    path = parquet(
        {"image": pictures(rows), "label": ["a", "b"] * (rows // 2) + ["a"] * (rows % 2)}, row_group_size=group
    )
    inputs = read(path).inputs
    order = np.random.default_rng(0).permutation(rows).tolist()
    with ThreadPoolExecutor(8) as threads:
        assert [int(picture[0, 0, 0]) for picture in threads.map(inputs.__getitem__, order)] == order
    with pytest.raises(IndexError):
        inputs[rows]


def test_the_same_pictures_in_files_are_the_same_inputs(parquet, tmp_path):
    inputs = read(parquet({"image": pictures(3), "label": ["a", "b", "a"]})).inputs
    for row in range(3):
        (tmp_path / f"{row}.png").write_bytes(encoded(row))
    (tmp_path / "list.csv").write_text("file,label\n0.png,a\n1.png,b\n2.png,a\n")
    assert read((tmp_path / "list.csv").resolve()).inputs.fingerprint == inputs.fingerprint


def test_a_picture_without_bytes_or_damaged_is_named(parquet):
    cells = [*pictures(3), {"bytes": None, "path": "gone.png"}, {"bytes": b"hello", "path": None}]
    inputs = read(parquet({"image": cells, "label": list("ababa")})).inputs
    with pytest.raises(SourceError, match=r"^Picture 'gone.png' is not there: the file holds no bytes of it\.$"):
        inputs[3]
    with pytest.raises(SourceError, match=r"^Picture '4' cannot be read \(it is not a picture in a known format\)"):
        inputs[4]
    assert inputs.digests.any(axis=1).tolist() == [True, True, True, False, True]


def test_paths_alone_are_files(parquet, tmp_path):
    (tmp_path / "0.png").write_bytes(encoded(0))
    cell = {"bytes": None, "path": "0.png"}
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    samples = read(parquet({"image": pa.array([cell, cell], kind), "label": ["a", "b"]}))
    assert isinstance(samples.inputs, PictureFiles)
    cell = {"bytes": None, "path": "../secret.png"}
    with pytest.raises(AccessError, match="leads outside"):
        read(parquet({"image": pa.array([cell, cell], kind), "label": ["a", "b"]}))


def test_other_nested_columns_are_named(parquet):
    columns = {"image": pictures(2), "mask": pictures(2), "tags": [["x"], []], "label": ["a", "b"]}
    path = parquet(columns)
    samples = read(path)
    assert texts_of(samples.notes) == (
        "2 columns left out, not plain text or numbers (mask: a struct of bytes, path, tags: a list of string).",
    )
    assert isinstance(read(path, file="mask").inputs, ParquetPictures)
    assert read(path, file="mask").inputs.column == "mask"
    with pytest.raises(
        SourceError, match=r"'tags' is nested or binary, not plain text or numbers \(a list of string\)"
    ):
        read(path, label="tags")
    with pytest.raises(
        SourceError, match=r"no label column .* not read: image \(a struct of bytes, path\), labels \(a list"
    ):
        read(parquet({"image": pictures(2), "labels": [[0], [1, 2]], "n": [1, 2]}))


def test_the_only_column_of_named_classes_is_the_label(parquet):
    columns = {"image": pictures(2, paths=False), "fine": [1, 0], "coarse": [0, 0]}
    samples = read(parquet(columns, {"fine": class_label("ant", "bee")}))
    assert (samples.class_names, samples.labels.tolist(), samples.ids.tolist()) == (("ant", "bee"), [1, 0], ["0", "1"])
    both = parquet(columns, {"fine": class_label("ant", "bee"), "coarse": class_label("insect")})
    with pytest.raises(SourceError, match="has no label column"):
        read(both)
    assert read(both, label="fine").columns["coarse"].tolist() == ["insect", "insect"]


@pytest.mark.parametrize(
    "features", [None, [], {"label": 3}, {"label": {"_type": "ClassLabel"}}, {"label": class_label(1)}]
)
def test_metadata_of_another_kind_is_left_alone(parquet, features):
    assert read(parquet({"image": pictures(2), "label": [3, 7]}, features)).class_names == ("3", "7")


def test_a_class_without_a_name_is_refused(parquet):
    path = parquet({"image": pictures(2), "label": [0, 2]}, {"label": class_label("a", "b")})
    with pytest.raises(
        SourceError, match=r"'label' holds the class 2, but its metadata names 2 classes, counted from 0"
    ):
        read(path)


@pytest.mark.slow
def test_no_more_memory_than_a_batch_is_taken(parquet, monkeypatch):
    noise = np.random.default_rng(0).bytes(100_000)
    rows = 800
    path = parquet({"image": [{"bytes": noise, "path": None}] * rows, "label": ["a", "b"] * (rows // 2)},
                   compression="none", use_dictionary=False, data_page_size=1 << 20, write_batch_size=8)  # fmt: skip
    tracemalloc.start()
    before = pa.total_allocated_bytes()
    pool = pa.default_memory_pool()
    inputs = read(path).inputs
    most = 0
    for row in range(0, rows, 5):
        inputs.content(row)
        most = max(most, pool.bytes_allocated() - before + tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    kept = parquet_pictures.ROWS_PER_READ * (parquet_pictures.MAX_BATCHES + 4) * len(noise)
    assert most < kept < rows * len(noise) / 4


def test_a_file_that_became_a_link_or_is_gone_is_not_read(parquet, tmp_path):
    path = parquet({"image": pictures(2), "label": ["a", "b"]})
    inputs = read(path).inputs
    path.rename(tmp_path / "moved.parquet")
    with pytest.raises(SourceError, match=r"cannot be read any more .* Open it again\."):
        inputs[0]
    path.symlink_to(tmp_path / "moved.parquet")
    with pytest.raises(AccessError, match="has become a link"):
        inputs[0]


def test_a_study_is_opened_and_its_digests_are_remembered(parquet, tmp_path, mean_color, monkeypatch):
    path = parquet({"image": pictures(24), "label": [0, 1] * 12}, {"label": class_label("cat", "dog")})
    opened = open_source(path, model=mean_color(class_names=("cat", "dog")), workspace=tmp_path / "w.margin")
    assert opened.study.embedding.shape == (24, 3)
    np.testing.assert_allclose(opened.study.embedding[:, 0], np.arange(24))
    monkeypatch.setattr("margin_core.study.readers.embedded_pictures.blake2b", None)
    again = open_source(path, model=mean_color(class_names=("cat", "dog")), workspace=Workspace(tmp_path / "w.margin"))
    assert again.study.fingerprint == opened.study.fingerprint


def test_they_are_exported_as_they_were_saved(parquet, tmp_path, mean_color):
    cells = [{"bytes": encoded(9, "JPEG"), "path": "a.jpg"}, {"bytes": encoded(8), "path": None}]
    path = parquet({"image": cells, "label": [0, 1], "id": ["x", "y"]}, {"label": class_label("cat", "dog")})
    study = open_source(path, model=mean_color(class_names=("cat", "dog"))).study
    export(study, [], "image-folder", tmp_path / "out")
    assert (tmp_path / "out/cat/a.jpg").read_bytes() == cells[0]["bytes"]
    with Image.open(tmp_path / "out/dog/y.png") as image:
        assert image.format == "PNG" and image.getpixel((0, 0)) == (8, 8, 8)


def test_what_the_user_says_of_columns_counts(parquet):
    columns = {"image": pictures(4), "label": [0, 1, 0, 1], "x": [1.0, 2.0, 3.0, 5.0]}
    path = parquet(columns, {"label": class_label("cat", "dog")})
    samples = read(path, kinds=(("image", "ignore"),))
    assert samples.inputs.names == ("x",)
    assert texts_of(samples.notes) == ()
    with pytest.raises(SourceError, match=r"the pictures of the column 'image' and no rows of features"):
        read(path, kinds=(("x", "category"),))
