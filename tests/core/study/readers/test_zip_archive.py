"""Zip archives of pictures and of a table."""

import shutil

import pandas as pd
import pytest
from packed import encoded, shades, write_zip

from margin_core.errors import SourceError
from margin_core.review import export
from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers.image_folder import read_image_folder
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ColumnNames, ReadRequest

PETS = {f"{kind}/{row}.png": encoded(row * 9) for row, kind in enumerate(["cat", "dog"] * 6)}


def read(path, **columns):
    return read_samples(ReadRequest(path.resolve(), ColumnNames(**columns)))


def test_an_archive_of_class_folders_is_read_as_the_folder_is(tmp_path):
    path = write_zip(tmp_path / "pets.zip", PETS)
    shutil.unpack_archive(path, tmp_path / "pets")
    packed, folder = read(path), read_image_folder(ReadRequest((tmp_path / "pets").resolve()))
    assert packed.name == "pets"
    assert packed.ids.tolist() == folder.ids.tolist()
    assert packed.labels.tolist() == folder.labels.tolist()
    assert packed.class_names == folder.class_names == ("cat", "dog")
    assert packed.inputs.fingerprint == folder.inputs.fingerprint
    assert shades(packed) == shades(folder)
    assert packed.notes == folder.notes


def test_a_folder_around_all_and_splits_are_recognized(tmp_path):
    content = {f"pets/{split}/{kind}/1.png": encoded(1) for split in ("train", "val") for kind in ("cat", "dog")}
    samples = read(write_zip(tmp_path / "pets.zip", content | {"pets/readme.md": b"x"}))
    assert samples.class_names == ("cat", "dog")
    assert samples.columns["split"].tolist() == ["train", "train", "val", "val"]
    assert texts_of(samples.notes) == (
        "1 file in the archive left out: not a picture.",
        "All pictures lie in 'pets', which is read as a folder around the classes.",
    )


def test_pictures_without_a_suffix_are_seen(tmp_path):
    assert read(write_zip(tmp_path / "a.zip", {"a/1": encoded(1), "b/2": encoded(2), "c": b"x"})).class_names == (
        "a",
        "b",
    )


def test_a_table_is_read(tmp_path):
    table = pd.DataFrame({"x": [1.0, 2.0, 4.0], "label": ["a", "b", "a"]})
    path = tmp_path / "t.csv.zip"
    table.to_csv(path, index=False)
    samples = read(path)
    assert (samples.name, samples.class_names, samples.inputs.names) == ("t", ("a", "b"), ("x",))
    path = write_zip(tmp_path / "t.zip", {"in/t.parquet": table.to_parquet(), "in/readme": b"x"})
    assert texts_of(read(path).notes) == ("1 file in the archive left out: beside the table.",)
    with pytest.raises(SourceError, match=r"^'.*t\.zip/in/t\.parquet' has no column 'kind'\."):
        read(path, label="kind")


def test_a_table_of_pictures_is_not_read_in_its_archive(tmp_path):
    path = write_zip(tmp_path / "t.zip", {"t.csv": b"file,label\n1.png,a\n2.png,b\n"})
    with pytest.raises(SourceError, match=r"none of the 2 files .* Paths start from the folder .*t\.zip'"):
        read(path)


def test_what_holds_neither_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.csv": b"", "b.csv": b"", "c.txt.gz": b"", "../d.csv": b""})
    with pytest.raises(
        SourceError,
        match=r"holds no pictures and not one table, but 3 files, 2 of them tables, 1 that cannot be read: a name that",
    ):
        read(path)


def test_columns_cannot_be_named_for_pictures(tmp_path):
    with pytest.raises(SourceError, match="is an archive of pictures, whose labels are their folders, so --label has"):
        read(write_zip(tmp_path / "pets.zip", PETS), label="kind")


def test_what_is_exported_from_an_archive_is_the_archive_again(tmp_path, mean_color):
    opened = open_source(write_zip(tmp_path / "pets.zip", PETS), model=mean_color(), workspace=tmp_path / "w.margin")
    export(opened.study, [], "image-folder", tmp_path / "out")
    again = read(write_zip(
        tmp_path / "again.zip",
        {str(file.relative_to(tmp_path / "out")): file.read_bytes() for file in (tmp_path / "out").rglob("*.png")},
    ))  # fmt: skip
    assert again.ids.tolist() == opened.study.ids.tolist()
    assert again.labels.tolist() == opened.study.labels.tolist()
    assert again.inputs.fingerprint == opened.study.inputs.fingerprint


@pytest.mark.slow
def test_the_command_line_opens_archives_and_says_what_is_lost(run_margin, tmp_path):
    table = b"x,y,label\n" + b"".join(b"%d,%d,%s\n" % (row % 7, row % 5, b"ab"[row % 2 :][:1]) for row in range(40))
    path = write_zip(tmp_path / "t.zip", {"t.csv": table, "/etc/x": b""})
    code, _, err = run_margin("audit", path, "--out", tmp_path / "out")
    assert code == 0, err
    assert "margin: 1 file in the archive left out: a name that leads outside the archive." in err
    assert run_margin("audit", path, "--out", tmp_path / "no", "--strict")[0] == 2


@pytest.mark.parametrize("folder", ["", "all/", "train/"])
@pytest.mark.parametrize("name", ["{folder}{row}.png", "{row}"])
def test_a_table_of_labels_beside_pictures_names_them(tmp_path, folder, name):
    pictures = {f"{folder}{row}.png": encoded(row) for row in range(6)}
    rows = [f"{name.format(folder=folder, row=row)},{'cat' if row % 2 else 'dog'},{row}" for row in range(6)]
    table = "\n".join(["file,label,age", *rows, ""]).encode()
    samples = read(write_zip(tmp_path / "all.zip", pictures | {"in/labels.csv": table}))
    assert [samples.class_names[label] for label in samples.labels] == ["dog", "cat"] * 3
    assert samples.columns["age"].tolist() == list(range(6))
    assert texts_of(samples.notes) == ()
    assert texts_of(samples.notes, NoteKind.READ) == (
        "Label: column 'label' of 'labels.csv', by 'file'.",
        "Columns of 'labels.csv' shown beside the samples, no features: age.",
    )


def test_which_table_of_labels_is_meant_has_to_be_clear(tmp_path):
    pictures = {f"all/{row}.png": encoded(row) for row in range(4)}
    one = {"labels.csv": b"id,label\n0,cat\n1,dog\n"}
    assert read(write_zip(tmp_path / "all.zip", pictures | one), label="label").class_names == ("cat", "dog")
    with pytest.raises(SourceError, match=r"no two class folders, and 2 tables in it hold labels \(.*\)\. Unpack the"):
        read(write_zip(tmp_path / "two.zip", pictures | one | {"more.csv": b"id,label\n2,cat\n"}))
    with pytest.raises(
        SourceError, match=r"^'.*no\.zip/labels\.csv': no row of column 'id' .* sample of '.*no\.zip'\."
    ):
        read(write_zip(tmp_path / "no.zip", pictures | {"labels.csv": b"id,label\n10,cat\n11,dog\n"}))
    assert read(write_zip(tmp_path / "some.zip", pictures | {"sizes.csv": b"id,size\n0,1\n"})).class_names == ("all",)
