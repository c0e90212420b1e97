"""Tar shards as WebDataset writes them."""

import json

import numpy as np
import pytest
from packed import encoded, shades, write_tar, write_zip

from margin_core.errors import AccessError, SourceError
from margin_core.review import export
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.study import open_source
from margin_core.study.notes import texts_of
from margin_core.study.readers import archive_members
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ColumnNames, ReadRequest


def read(path, **columns):
    return read_samples(ReadRequest(path.resolve(), ColumnNames(**columns)))


def shard(path, rows, label):
    """Write a shard with a sample for each number of `rows`."""
    content = {}
    for row in rows:
        content |= {f"s{row}.jpg": encoded(row * 9, "PNG"), **label(row)}
    return write_tar(path, content)


def classes(row):
    return {f"s{row}.cls": str(row % 3).encode()}


def test_labels_stand_in_files_of_their_own(tmp_path):
    samples = read(shard(tmp_path / "train-0.tar", range(12), classes))
    assert samples.name == "train-0"
    assert samples.ids.tolist() == [f"s{row}" for row in range(12)]
    assert samples.class_names == ("0", "1", "2")
    assert samples.labels.tolist() == [0, 1, 2] * 4
    assert shades(samples) == [row * 9 for row in range(12)]
    assert set(samples.columns["split"]) == {"train"}
    assert [str(note) for note in samples.notes] == ["Label: field 'cls' of each sample."]


def test_class_numbers_are_in_the_order_of_their_values(tmp_path):
    path = shard(tmp_path / "a.tar", range(3), lambda row: {f"s{row}.cls": [b"10", b"9", b"-1"][row]})
    assert read(path).class_names == ("-1", "9", "10")


def test_labels_stand_in_json(tmp_path):
    def fields(row):
        return {f"s{row}.json": json.dumps({"Label": "ab"[row % 2], "x": row, "ok": True, "box": [1, 2]}).encode()}

    samples = read(shard(tmp_path / "a.tar", range(4), fields))
    assert samples.class_names == ("a", "b")
    assert samples.columns["x"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert samples.columns["ok"].tolist() == ["true"] * 4
    assert samples.columns.keys() == {"x", "ok"}
    assert read(tmp_path / "a.tar", label="x").class_names == ("0", "1", "2", "3")
    with pytest.raises(SourceError, match=r"has no field 'kind'\. Its fields are: Label, x, ok\. Name one of these"):
        read(tmp_path / "a.tar", label="kind")


def test_folders_are_labels_where_nothing_else_is(tmp_path):
    samples = read(write_tar(tmp_path / "a.tar", {"cat/1.png": encoded(1), "dog/1.png": encoded(2)}))
    assert (samples.class_names, samples.ids.tolist()) == (("cat", "dog"), ["cat/1", "dog/1"])


def test_a_folder_of_shards_is_one_data_set(tmp_path):
    for number, name in enumerate(["train-0.tar", "train-1.tar", "val-0.tar"]):
        shard(tmp_path / name, range(2), lambda row, number=number: {f"s{row}.cls": b"ab"[row:][:1]})
    (tmp_path / "readme.md").write_text("x")
    samples = read(tmp_path)
    assert samples.ids.tolist() == ["train-0/s0", "train-0/s1", "train-1/s0", "train-1/s1", "val-0/s0", "val-0/s1"]
    assert samples.columns["split"].tolist() == ["train"] * 4 + ["val"] * 2
    assert (samples.class_names, samples.name) == (("a", "b"), tmp_path.name)


def test_shards_that_are_missing_are_said(tmp_path):
    for number in (0, 2):
        shard(tmp_path / f"a-{number}-of-4.tar", range(2), classes)
    assert texts_of(read(tmp_path).notes)[0] == (
        "2 shards missing, as the names of the others say (a-1-of-4.tar, a-3-of-4.tar)."
    )


def test_splits_may_be_folders(tmp_path):
    for split in ("test", "train"):
        (tmp_path / "d" / split).mkdir(parents=True)
        shard(tmp_path / "d" / split / "0.tar", range(2), classes)
    samples = read(tmp_path / "d")
    assert samples.columns["split"].tolist() == ["test"] * 2 + ["train"] * 2
    assert samples.ids.tolist() == ["test/0/s0", "test/0/s1", "train/0/s0", "train/0/s1"]


def test_a_tar_beside_pictures_is_no_data_set(pets):
    write_tar(pets / "backup.tar", {"x.png": encoded(1)})
    samples = read(pets)
    assert samples.class_names == ("cat", "dog")
    assert texts_of(samples.notes) == ("1 file left out: not a picture.",)


def test_what_is_missing_is_said(tmp_path):
    content = {}
    for row in range(40):
        content |= {f"{row}.png": encoded(row), f"{row}.cls": b"ab"[row % 2 :][:1]}
    content["0.cls"] = content["1.cls"] = b""
    del content["2.png"]
    content |= {"3.mask.png": encoded(9), "3.npy": b"x", "../4.png": b""}
    samples = read(write_tar(tmp_path / "a.tar", content))
    assert samples.labels.tolist()[:4] == [-1, -1, 1, 0]
    assert texts_of(samples.notes) == (
        "1 file in the archive left out: a name that leads outside the archive.",
        "1 sample without a picture left out (2).",
        "1 picture left out: another one has the same name up to the first dot.",
        "1 file not used: neither the picture of a sample nor its fields.",
    )
    for name in ["0.png", "1.png", "3.png", "3.mask.png", "4.png", "5.png"]:
        del content[name]
    with pytest.raises(SourceError, match=r"6 of 40 samples have no picture\. Write the shards again, with pictures\."):
        read(write_tar(tmp_path / "a.tar", content))


LAST_DOT = "Names of samples end at their last dot: at the first, several pictures share one."


@pytest.mark.parametrize("write", [write_tar, write_zip])
def test_names_with_dots_are_samples_of_their_own(tmp_path, write):
    content = {f"{kind}/img.{row:03d}.png": encoded(row) for kind in ("cat", "dog") for row in range(30)}
    samples = read(write(tmp_path / f"a.{write.__name__[-3:]}", content))
    assert np.bincount(samples.labels).tolist() == [30, 30]
    assert samples.ids.tolist()[:2] == [
        name.removesuffix(".png" if write is write_tar else "") for name in ("cat/img.000.png", "cat/img.001.png")
    ]
    assert texts_of(samples.notes) == ((LAST_DOT,) if write is write_tar else ())


def test_names_with_dots_may_have_fields(tmp_path):
    content = {}
    for row in range(10):
        content |= {f"img.{row}.png": encoded(row), f"img.{row}.cls": b"ab"[row % 2 :][:1]}
    samples = read(write_tar(tmp_path / "a.tar", content))
    assert (samples.labels.tolist(), texts_of(samples.notes)) == ([0, 1] * 5, (LAST_DOT,))


def test_second_pictures_of_all_samples_are_a_field_that_is_not_used(tmp_path):
    content = {}
    for row in range(10):
        content |= {f"{'ab'[row % 2]}/{row}.mask.png": encoded(9), f"{'ab'[row % 2]}/{row}.png": encoded(row)}
    samples = read(write_tar(tmp_path / "a.tar", content))
    assert shades(samples) == list(range(10))
    assert texts_of(samples.notes) == ("10 files not used: neither the picture of a sample nor its fields.",)


def test_shards_most_of_whose_pictures_share_a_name_are_refused(tmp_path):
    content = {
        f"{row // 5}.{suffix}": encoded(row) for row, suffix in enumerate(["png", "jpg", "webp", "bmp", "gif"] * 4)
    }
    with pytest.raises(SourceError, match=r"16 of 20 pictures share the name of a sample with another one\."):
        read(write_tar(tmp_path / "a.tar", content))


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"[" * 100_000, b"3", b'{"label": ["a"]}', b'{"label": NaN}'])
def test_damaged_fields_are_labels_that_are_missing(tmp_path, damage):
    def fields(row):
        return {f"s{row}.json": damage if row == 0 else json.dumps({"label": "ab"[row % 2]}).encode()}

    assert read(shard(tmp_path / "a.tar", range(3), fields)).labels.tolist() == [-1, 1, 0]


def test_no_pictures(tmp_path):
    with pytest.raises(SourceError, match=r"holds no pictures, but 2 other files\. Of each sample, WebDataset has"):
        read(write_tar(tmp_path / "a.tar", {"a.txt": b"x", "a.cls": b"1"}))
    with pytest.raises(SourceError, match=r"of which --label alone can be named\. Leave --id out\.$"):
        read(tmp_path / "a.tar", id="x")


def test_a_shard_that_is_a_link_stays_below_the_roots(tmp_path):
    outside = shard(tmp_path / "a.tar", range(2), classes)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "0.tar").symlink_to(outside)
    with pytest.raises(AccessError, match=r"0\.tar' is a link that leads outside '.*d'\. Copy the file itself there\."):
        read(tmp_path / "d")
    samples = read_samples(ReadRequest((tmp_path / "d").resolve(), roots=(tmp_path.resolve(),)))
    assert len(samples.ids) == 2


def test_fields_and_digests_are_remembered(tmp_path, monkeypatch):
    path, engine = shard(tmp_path / "a.tar", range(4), classes), MemoryEngine()
    first = read_samples(ReadRequest(path, run=Run(engine)))
    monkeypatch.setattr(archive_members, "MemberPlace", None)
    again = read_samples(ReadRequest(path, run=Run(engine)))
    assert again.labels.tolist() == first.labels.tolist()
    np.testing.assert_array_equal(again.inputs.digests, first.inputs.digests)


def test_an_export_of_shards_is_a_folder_with_the_same_labels(tmp_path, mean_color):
    path = shard(tmp_path / "a.tar", range(12), lambda row: {f"s{row}.cls": b"ab"[row % 2 :][:1]})
    opened = open_source(path, model=mean_color(), workspace=tmp_path / "w.margin")
    export(opened.study, [], "image-folder", tmp_path / "out")
    again = read(tmp_path / "out")
    assert sorted(zip(shades(again), again.labels.tolist(), strict=True)) == [(row * 9, row % 2) for row in range(12)]


def test_the_command_line_opens_shards(run_margin, tmp_path):
    path = shard(tmp_path / "a.tar", range(12), classes)
    link = tmp_path / "b.tar"
    link.write_bytes(path.read_bytes()[:3000])
    code, _, err = run_margin("audit", link, "--out", tmp_path / "out")
    assert code == 2
    assert "b.tar' cannot be read" in err
