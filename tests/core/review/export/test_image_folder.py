import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from margin_core.errors import MissingPart, ReviewError
from margin_core.review import Verdict, export, study_key
from margin_core.review.export.image_folder import link, renamed_classes
from margin_core.storage.file_names import safe_name
from margin_core.values import Study


class Pictures:
    """Files by row, as the readers give them."""

    fingerprint = "pictures"

    def __init__(self, root, paths):
        self.root, self.paths = root, tuple(paths)

    def __len__(self):
        return len(self.paths)

    def file(self, row):
        return self.root / self.paths[row]


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    for name in ("cat/1.png", "cat/2.png", "dog/1.png", "dog/3.png", "dog/4.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


@pytest.fixture
def pets(source):
    paths = ["cat/1.png", "cat/2.png", "dog/1.png", "dog/3.png", "dog/4.png"]
    return Study.build(
        name="pets", ids=paths, labels=[0, 0, 1, 1, -1], class_names=["cat", "dog"], inputs=Pictures(source, paths)
    )


@pytest.fixture
def decided(pets, make_decision):
    key = study_key(pets)
    return [
        make_decision("dog/1.png", Verdict.RELABEL, new_label="cat", study=key, id=1),
        make_decision("cat/2.png", Verdict.EXCLUDE, study=key, id=2),
    ]


@pytest.mark.parametrize("format", ["image-folder", "image-folder-copies"])
def test_each_picture_lies_under_its_corrected_class(pets, decided, tmp_path, format):
    out = tmp_path / "out"
    assert export(pets, decided, format, out).count == 3
    # Excluded and unlabeled pictures are left out; two files named 1.png meet in one folder.
    assert tree(out) == ["cat/1-2.png", "cat/1.png", "dog/3.png"]
    assert (out / "cat/1-2.png").read_bytes() == b"dog/1.png"
    assert sorted(tmp_path.iterdir()) == [out, tmp_path / "source"]


def test_links_take_no_space_and_copies_are_independent(pets, source, tmp_path):
    export(pets, [], "image-folder", tmp_path / "linked")
    export(pets, [], "image-folder-copies", tmp_path / "copied")
    assert (tmp_path / "linked/cat/1.png").samefile(source / "cat/1.png")
    assert not (tmp_path / "copied/cat/1.png").samefile(source / "cat/1.png")


def test_a_link_across_disks_is_symbolic(source, tmp_path, monkeypatch):
    def refuse(source, target):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    link(source / "cat/1.png", tmp_path / "there.png")
    assert (tmp_path / "there.png").is_symlink()
    assert (tmp_path / "there.png").read_bytes() == b"cat/1.png"


def test_splits_become_folders(source, tmp_path):
    study = Study.build(
        labels=[0, 0, 0],
        class_names=["cat"],
        inputs=Pictures(source, ["cat/1.png", "cat/2.png", "dog/1.png"]),
        columns={"split": ["train", "val", ""]},
    )
    export(study, [], "image-folder", tmp_path / "out")
    assert tree(tmp_path / "out") == ["train/cat/1.png", "unsplit/cat/1.png", "val/cat/2.png"]


def test_arrays_are_written_as_png_named_by_id(tmp_path):
    gray = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    study = Study.build(labels=[0, 1], class_names=["x", "y"], inputs=gray, ids=["a/b", "a:b"])
    export(study, [], "image-folder", tmp_path / "gray")
    assert tree(tmp_path / "gray") == ["x/a_b.png", "y/a_b.png"]
    assert np.array_equal(np.asarray(Image.open(tmp_path / "gray/y/a_b.png")), gray[1])
    color = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
    study = Study.build(labels=[0, 0], class_names=["x"], inputs=color, ids=["A", "a"])
    export(study, [], "image-folder-copies", tmp_path / "color")
    assert tree(tmp_path / "color") == ["x/A.png", "x/a-2.png"]  # Names differ beyond upper and lower case.
    assert np.array_equal(np.asarray(Image.open(tmp_path / "color/x/A.png")), color[0])


def test_class_names_become_safe_and_different_folders(tmp_path):
    names = ["a/b", "a:b", "A?b", "..", "../../etc", "CON", "", ".hidden", "ok. "]
    study = Study.build(
        labels=np.arange(9), class_names=names, ids=list("123456789"), inputs=np.zeros((9, 2, 2), np.uint8)
    )
    export(study, [], "image-folder", tmp_path / "out")
    assert tree(tmp_path / "out") == sorted(
        ["a_b/1.png", "a_b-2/2.png", "A_b-3/3.png", "_/4.png", "_._.._etc/5.png", "_CON/6.png", "_-2/7.png",
         "_hidden/8.png", "ok/9.png"]
    )  # fmt: skip


def test_safe_names():
    assert safe_name("nul.tar.gz") == "_nul.tar.gz"
    assert safe_name("e\u0301") == "\u00e9"
    assert len(safe_name("\u00fc" * 500).encode()) <= 150
    assert safe_name("  ") == "_"


@pytest.mark.parametrize("make", [lambda out: (out.mkdir(), (out / "mine").touch()), lambda out: out.touch()])
def test_what_is_there_is_never_overwritten(pets, tmp_path, make):
    make(tmp_path / "out")
    before = tree(tmp_path)
    with pytest.raises(ReviewError, match=r"^'.*out' holds something already\. Name a folder that is empty or not th"):
        export(pets, [], "image-folder", tmp_path / "out")
    assert tree(tmp_path) == before


def test_an_empty_folder_is_used(pets, tmp_path):
    (tmp_path / "out").mkdir()
    assert export(pets, [], "image-folder", tmp_path / "out").count == 4


@pytest.mark.parametrize("format", ["image-folder", "image-folder-copies"])
def test_a_picture_that_is_gone_is_named_and_nothing_is_left_behind(pets, source, tmp_path, format):
    (source / "dog/3.png").unlink()
    with pytest.raises(
        ReviewError, match=r"^Cannot write the pictures to '.*out': No such file.*dog/3\.png'\)\. Check"
    ):
        export(pets, [], format, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [source]


def test_numbers_are_no_pictures(tmp_path):
    study = Study.build(name="iris", labels=[0, 1], class_names=["x", "y"], inputs=np.zeros((2, 4)))
    with pytest.raises(ReviewError) as caught:
        export(study, [], "image-folder", tmp_path / "out")
    assert str(caught.value) == (
        "Study 'iris' holds no pictures but float64 of shape (2, 4). Export its labels as csv or parquet."
    )


def test_a_study_without_inputs(study, tmp_path):
    with pytest.raises(MissingPart, match=r"^Study 'toy' has no inputs\."):
        export(study, [], "image-folder", Path(tmp_path / "out"))


class Saved:
    """Pictures as they were saved, as a Parquet file holds them."""

    fingerprint = "saved"

    def __init__(self, contents, paths):
        self.contents, self.paths = contents, paths

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, row):
        raise AssertionError("written as they are, not decoded")

    def content(self, row):
        return self.contents[row]


def test_pictures_of_a_parquet_file_are_written_as_they_were_saved(tmp_path):
    streams = [io.BytesIO(), io.BytesIO()]
    for stream in streams:
        Image.new("RGB", (4, 4), (200, 0, 0)).save(stream, "JPEG")
    contents = [stream.getvalue() for stream in streams]
    study = Study.build(
        ids=["x", "y"], labels=[0, 1], class_names=["cat", "dog"], inputs=Saved(contents, ("../../a.jpg", "1"))
    )
    export(study, [], "image-folder", tmp_path / "out")
    assert tree(tmp_path / "out") == ["cat/a.jpg", "dog/y.png"]
    assert (tmp_path / "out/cat/a.jpg").read_bytes() == contents[0]
    with Image.open(tmp_path / "out/dog/y.png") as image:
        assert image.format == "PNG"


def test_classes_whose_folders_have_another_name_are_told(source):
    paths = ["cat/1.png", "cat/2.png", "dog/1.png"]
    study = Study.build(ids=paths, labels=[0, 1, 2], class_names=["CON", "a:b", "dog"], inputs=Pictures(source, paths))
    assert renamed_classes(study) == {"CON": "_CON", "a:b": "a_b"}
