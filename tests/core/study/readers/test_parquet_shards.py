"""Folders of Parquet files, as the Hub of Hugging Face has them."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from packed import encoded, shades

from margin_core.errors import AccessError, SourceError
from margin_core.study.inputs.picture_shards import PictureShards
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ColumnNames, ReadRequest

FEATURES = {"label": {"names": ["dog", "cat"], "_type": "ClassLabel"}, "image": {"_type": "Image"}}


def write(path, rows, **columns):
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [{"bytes": encoded(row), "path": None} for row in rows]
    table = pa.table({"image": images, "label": [row % 2 for row in rows]} | columns)
    metadata = {"huggingface": json.dumps({"info": {"features": FEATURES}})}
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


def read(path, roots=(), **columns):
    return read_samples(ReadRequest(path.resolve(), ColumnNames(**columns), roots=roots))


@pytest.mark.parametrize(
    "names",
    [("train-00000-of-00002.parquet", "train-00001-of-00002.parquet", "validation-00000-of-00001.parquet"),
     ("data/train-0.parquet", "data/train-1.parquet", "data/val-0.parquet"),
     ("train/0000.parquet", "train/0001.parquet", "valid/0000.parquet")],
)  # fmt: skip
def test_shards_are_one_table_with_their_splits(tmp_path, names):
    for number, name in enumerate(names):
        write(tmp_path / name, range(4 * number, 4 * number + 4))
    (tmp_path / "README.md").write_text("x")
    (tmp_path / ".gitattributes").write_text("x")
    samples = read(tmp_path)
    assert samples.name == tmp_path.name
    assert samples.class_names == ("dog", "cat")
    assert samples.labels.tolist() == [0, 1] * 6
    assert samples.columns["split"].tolist() == ["train"] * 8 + ["val"] * 4
    assert isinstance(samples.inputs, PictureShards)
    assert shades(samples) == list(range(12))
    assert samples.inputs.content(7) == encoded(7)


def test_a_column_of_splits_stays(tmp_path):
    write(tmp_path / "train-0.parquet", range(4), split=["a", "b", "a", "b"])
    assert read(tmp_path).columns["split"].tolist() == ["a", "b", "a", "b"]


def test_a_table_beside_pictures_makes_no_shards(pets, tmp_path):
    write(pets / "labels.parquet", range(2))
    assert read(pets).class_names == ("cat", "dog")


def test_tables_are_typed_as_a_whole(tmp_path):
    for number in range(2):
        pq.write_table(
            pa.table({"x": [number * 10.0 + row for row in range(4)], "kind": ["a", "b", "a", "b"]}),
            tmp_path / f"{number}.parquet",
        )
    samples = read(tmp_path, label="kind")
    assert samples.inputs.values[:, 0].tolist() == [0, 1, 2, 3, 10, 11, 12, 13]
    assert abs(samples.embedding.mean()) < 1e-6
    assert samples.key is not None


def test_types_that_differ_are_joined_or_named(tmp_path):
    for number, values in enumerate([[1, 2], [0.5, 1.5]]):
        pq.write_table(pa.table({"x": values, "label": ["a", "b"]}), tmp_path / f"{number}.parquet")
    assert read(tmp_path).inputs.values[:, 0].tolist() == [1, 2, 0.5, 1.5]
    pq.write_table(pa.table({"x": ["p", "q"], "label": ["a", "b"]}), tmp_path / "1.parquet")
    with pytest.raises(SourceError, match=r"its files hold columns of different types .*Save it again\.$"):
        read(tmp_path)


def test_links_stay_below_the_roots(tmp_path):
    write(tmp_path / "blob", range(4))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "train-0.parquet").symlink_to(tmp_path / "blob")
    with pytest.raises(AccessError, match=r"parquet' is a link that leads outside"):
        read(tmp_path / "d")
    samples = read(tmp_path / "d", roots=(tmp_path.resolve(),))
    assert shades(samples) == [0, 1, 2, 3]
    assert set(samples.columns["split"]) == {"train"}


def test_a_damaged_shard_is_named(tmp_path):
    write(tmp_path / "train-0.parquet", range(4))
    (tmp_path / "train-1.parquet").write_bytes(b"PAR1")
    with pytest.raises(SourceError, match=r"train-1\.parquet' cannot be read: .*\. Save it again\.$"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("present", "said"),
    [
        ([0, 1], "1 shard missing, as the names of the others say (train-00002-of-00003.parquet)."),
        ([1, 2, 3], None),
        ([3], "2 shards missing, as the names of the others say (train-00001-of-00003.parquet, train-00002-of-"),
        ([0, 1, 2], None),
    ],
)
def test_shards_that_are_missing_are_said(tmp_path, present, said):
    for number in present:
        write(tmp_path / f"train-{number:05d}-of-00003.parquet", range(4))
    losses = texts_of(read(tmp_path).notes, NoteKind.LOSS)
    assert [loss.startswith(said or "-") for loss in losses] == [True] * bool(said)
