"""Folders that the library Datasets wrote by ``save_to_disk``."""

import json
import subprocess
import sys

import pyarrow as pa
import pytest
from packed import encoded, shades

from margin_core.errors import AccessError, SourceError
from margin_core.review import export
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.study import open_source
from margin_core.study.inputs.arrow_pictures import ArrowPictures
from margin_core.study.notes import texts_of
from margin_core.study.readers import embedded_pictures
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ColumnNames, ReadRequest

CLASSES = {"label": {"names": ["dog", "cat"], "_type": "ClassLabel"}, "image": {"_type": "Image"}}


def table(rows, **columns):
    images = [{"bytes": encoded(row), "path": None} for row in rows]
    found = pa.table({"image": images, "label": [row % 2 for row in rows]} | columns)
    return found.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": CLASSES}})})


def save(folder, *tables, **state):
    """Write tables as the streams of a data set."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"data-{number:05}-of-{len(tables):05}.arrow" for number in range(len(tables))]
    for name, part in zip(names, tables, strict=True):
        with pa.OSFile(str(folder / name), "wb") as file, pa.ipc.new_stream(file, part.schema) as stream:
            stream.write_table(part, max_chunksize=3)
    (folder / "dataset_info.json").write_text("{}")
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name} for name in names]} | state))
    return folder


def read(path, roots=(), **columns):
    return read_samples(ReadRequest(path.resolve(), ColumnNames(**columns), roots=roots))


def test_rows_of_all_files_follow_each_other(tmp_path):
    samples = read(save(tmp_path / "pets", table(range(5)), table(range(5, 12))))
    assert samples.name == "pets"
    assert samples.class_names == ("dog", "cat")
    assert samples.labels.tolist() == [row % 2 for row in range(12)]
    assert shades(samples) == list(range(12))
    assert samples.ids.tolist() == [str(row) for row in range(12)]
    assert samples.columns == {}
    assert texts_of(samples.notes) == ()
    with pytest.raises(IndexError):
        samples.inputs[12]
    assert samples.inputs[-1][0, 0, 0] == 11
    whole = read(save(tmp_path / "one", table(range(12))))
    assert isinstance(whole.inputs, ArrowPictures)
    assert whole.inputs.fingerprint == samples.inputs.fingerprint


def test_splits_are_a_column(tmp_path):
    save(tmp_path / "train", table(range(4)))
    save(tmp_path / "validation", table(range(4, 6)))
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train", "validation"]}')
    samples = read(tmp_path)
    assert samples.columns["split"].tolist() == ["train"] * 4 + ["val"] * 2
    assert shades(samples) == list(range(6))


def test_rows_of_numbers_and_texts_are_read_as_in_a_table(tmp_path):
    numbers = pa.table({"x": [1.0, 2.0, 4.0, 8.0], "y": [3, 1, 4, 1], "kind": ["a", "b", "a", "b"]})
    samples = read(save(tmp_path / "n", numbers), label="kind")
    assert (samples.inputs.names, samples.embedding.shape, samples.class_names) == (("x", "y"), (4, 2), ("a", "b"))
    texts = pa.table(
        {"text": [f"the soup was {word}" for word in ("cold", "warm", "good", "bad")], "label": [0, 1, 1, 0]}
    )
    assert len(read(save(tmp_path / "t", texts)).inputs) == 4


@pytest.mark.slow
def test_what_the_library_saves_is_read(tmp_path):
    """In a process of its own: the library takes seconds to import, and warns."""
    pytest.importorskip("datasets")
    script = """
import sys
from PIL import Image
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value
from datasets import Image as Picture
pictures = [Image.new("RGB", (4, 3), (row, row, row)) for row in range(12)]
features = Features({"picture": Picture(), "label": ClassLabel(names=["dog", "cat"]), "n": Value("int32")})
columns = {"picture": pictures, "label": [0, 1] * 6, "n": list(range(12))}
whole = Dataset.from_dict(columns, features=features)
whole.save_to_disk(sys.argv[1] + "/one", num_shards=3)
whole.filter(lambda row: row["n"] > 3).save_to_disk(sys.argv[1] + "/some")
DatasetDict(train=whole.select(range(8)), test=whole.select(range(8, 12))).save_to_disk(sys.argv[1] + "/splits")
whole.to_parquet(sys.argv[1] + "/parquet/train-00000-of-00001.parquet")
"""
    (tmp_path / "parquet").mkdir()
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name, rows in {"one": range(12), "some": range(4, 12), "splits": range(12), "parquet": range(12)}.items():
        samples = read(tmp_path / name)
        assert shades(samples) == list(rows)
        assert samples.class_names == ("dog", "cat")
        assert samples.labels.tolist() == [row % 2 for row in rows]
        assert samples.columns["n"].tolist() == list(rows)
    assert read(tmp_path / "splits").columns["split"].tolist() == ["train"] * 8 + ["test"] * 4


def test_a_picture_without_bytes_is_named(tmp_path):
    cells = [{"bytes": encoded(1), "path": "1.png"}, {"bytes": None, "path": "gone.png"}, None]
    part = pa.table({"image": cells, "label": ["a", "b", "a"]})
    inputs = read(save(tmp_path / "d", part)).inputs
    assert inputs.digests.any(axis=1).tolist() == [True, False, False]
    with pytest.raises(SourceError, match=r"^Picture 'gone.png' is not there: the file holds no bytes of it\.$"):
        inputs[1]


def test_paths_alone_are_files_below_the_roots(tmp_path):
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])

    def at(name, *paths):
        cells = pa.array([{"bytes": None, "path": path} for path in paths], kind)
        return save(tmp_path / name, pa.table({"image": cells, "label": ["a", "b"][: len(paths)]}))

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "0.png").write_bytes(encoded(7))
    assert shades(read(at("in", "0.png"))) == [7]
    (tmp_path / "secret.png").write_bytes(encoded(1))
    with pytest.raises(AccessError, match="leads outside"):
        read(at("out", "../secret.png", "../secret.png"))


@pytest.mark.parametrize("name", ["../data.arrow", "/etc/passwd", "", "..", "a/b.arrow", 3])
def test_files_that_are_not_in_the_folder_are_refused(tmp_path, name):
    folder = save(tmp_path / "d", table(range(2)), _data_files=[{"filename": name}])
    with pytest.raises(SourceError, match=r"state\.json' does not list the files of its rows\. Save the data"):
        read(folder)


@pytest.mark.parametrize("splits", ['["../d"]', "[]", "3", '["train", 3]'])
def test_splits_that_are_not_in_the_folder_are_refused(tmp_path, splits):
    (tmp_path / "dataset_dict.json").write_text(f'{{"splits": {splits}}}')
    with pytest.raises(SourceError, match="does not list the folders of its splits"):
        read(tmp_path)


def test_a_link_stays_below_the_roots(tmp_path):
    folder = save(tmp_path / "d", table(range(2)))
    file = folder / "data-00000-of-00001.arrow"
    file.rename(tmp_path / "blob")
    file.symlink_to(tmp_path / "blob")
    with pytest.raises(AccessError, match=r"arrow' is a link that leads outside '.*d'\. Copy the file itself there\."):
        read(folder)


def test_damage_is_said(tmp_path):
    folder = save(tmp_path / "d", table(range(9)))
    file = folder / "data-00000-of-00001.arrow"
    content = file.read_bytes()
    inputs = read(folder).inputs
    for damaged in (content[: len(content) // 2], b"nothing of the kind", b""):
        file.write_bytes(damaged)
        with pytest.raises(SourceError, match=r"arrow' cannot be read: .*\. Save it again\.$"):
            read(folder)
    file.unlink()
    with pytest.raises(SourceError, match=r"arrow' is no file\. Put it back, or take it away\.$"):
        read(folder)
    with pytest.raises(SourceError, match=r"cannot be read any more .*\. Open it again\.$"):
        inputs[0]
    (folder / "state.json").write_text("{")
    with pytest.raises(SourceError, match=r"state\.json' cannot be read as JSON"):
        read(folder)


def test_files_of_different_columns_are_refused(tmp_path):
    folder = save(tmp_path / "d", table(range(3)), table(range(3), extra=[1, 2, 3]))
    with pytest.raises(SourceError, match=r"have different columns \(extra\)\. Open them one by one\.$"):
        read(folder)
    other = table(range(3)).replace_schema_metadata({"huggingface": '{"info": {"features": {}}}'})
    with pytest.raises(SourceError, match=r"name different classes\. Open them one by one\.$"):
        read(save(tmp_path / "e", table(range(3)), other))


def test_an_old_selection_is_refused(tmp_path):
    folder = save(tmp_path / "d", table(range(3)), _indices_data_files=[{"filename": "indices.arrow"}])
    with pytest.raises(SourceError, match="saved by an old version of Datasets, as a selection"):
        read(folder)


def test_digests_are_remembered(tmp_path, monkeypatch):
    folder, engine = save(tmp_path / "d", table(range(4)), table(range(4, 6))).resolve(), MemoryEngine()
    first = read_samples(ReadRequest(folder, run=Run(engine)))
    monkeypatch.setattr(embedded_pictures, "blake2b", None)
    again = read_samples(ReadRequest(folder, run=Run(engine)))
    assert (again.inputs.digests == first.inputs.digests).all()


def test_an_export_of_it_is_a_folder_with_the_same_labels(tmp_path, mean_color):
    folder = save(tmp_path / "d", table(range(6)), table(range(6, 12)))
    opened = open_source(folder, model=mean_color(class_names=("dog", "cat")), workspace=tmp_path / "w.margin")
    export(opened.study, [], "image-folder", tmp_path / "out")
    again = read(tmp_path / "out")
    labels = [again.class_names[label] for label in again.labels]
    expected = [(row, ["dog", "cat"][row % 2]) for row in range(12)]
    assert sorted(zip(shades(again), labels, strict=True)) == expected


def test_the_command_line_opens_it(run_margin, tmp_path):
    numbers = pa.table({"x": [row % 7 for row in range(40)], "label": [row % 2 for row in range(40)], "y": [[1]] * 40})
    folder = save(tmp_path / "d", numbers)
    code, _, err = run_margin("audit", folder, "--out", tmp_path / "out")
    assert code == 0, err
    assert "1 column left out, not plain text or numbers (y: a list of int64)." in err
    assert run_margin("audit", folder, "--out", tmp_path / "no", "--strict")[0] == 2
