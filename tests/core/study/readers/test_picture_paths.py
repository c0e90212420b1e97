"""Paths as lists of pictures have them, and the files that they mean."""

import pytest

from margin_core.errors import AccessError, SourceError
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers import picture_paths
from margin_core.study.readers.manifest import read_manifest
from margin_core.study.readers.picture_paths import find_files, has_picture_name, is_remote, to_local_path
from margin_core.study.samples import ColumnNames, ReadRequest


@pytest.fixture
def album(tmp_path, picture):
    for name in ("cat/1.png", "cat/2.PNG", "dog/1.png", "dog/3.jpg", ".thumbs/4.png", "@eaDir/5.png", "a b.png"):
        picture(tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        ("cat/1.png", ["cat/1.png"]),
        ("cat/1", ["cat/1.png"]),
        ("CAT/1.PNG", ["cat/1.png"]),
        ("2.png", ["cat/2.PNG"]),
        ("2", ["cat/2.PNG"]),
        ("old/album/dog/3.jpg", ["dog/3.jpg"]),
        (r"D:\album\dog\3.jpg", ["dog/3.jpg"]),
        ("./dog//3", ["dog/3.jpg"]),
        ("3.jpg?width=7#top", ["dog/3.jpg"]),
        ("a%20b.png", ["a b.png"]),
        ("1.png", ["cat/1.png", "dog/1.png"]),
        ("bird/3.jpg", []),
        ("cat/3.jpg", []),
        ("4.png", []),
        ("5.png", []),
        ("../dog/3.jpg", []),
        ("7.png", []),
        ("", []),
    ],
)
def test_a_path_means_the_files_of_its_name_whose_folders_agree(album, listed, meant):
    found = find_files([listed], album)
    if len(meant) > 1:
        assert found.several == {0: meant} and found.paths == [listed]
    else:
        assert found.paths == (meant or [listed]) and found.several == {}
        assert found.moved == ([0] if meant not in ([], [listed]) else [])


def test_two_pictures_that_are_not_there_are_never_one_that_is(album):
    """A picture under the label of another one would be worse than a missing one."""
    listed = ["set/a/a b.png", "set/b/a b.png"]
    assert find_files(listed, album).paths == listed
    assert find_files(listed[:1] * 2, album).paths == ["a b.png"] * 2


def test_the_search_ends(album, monkeypatch):
    monkeypatch.setattr(picture_paths, "MAX_ENTRIES", 3)
    assert find_files(["3.jpg"], album).moved == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (" a/b.png ", "a/b.png"),
        ("file:///data/a%20b.png", "/data/a b.png"),
        ("file://localhost/data/b.png", "/data/b.png"),
        ("FILE:/data/b.png", "/data/b.png"),
        ("file://server/data/b.png", "file://server/data/b.png"),
    ],
)
def test_blanks_and_the_scheme_of_files_are_no_part_of_a_path(text, path):
    assert to_local_path(text) == path


@pytest.mark.parametrize(
    ("text", "remote"),
    [("http://a/b.png", True), (" HTTPS://a/b.png", True), ("s3://a/b", True), ("gs://a/b", True),
     ("file:///a/b.png", False), ("a/b.png", False), (r"C:\a\b.png", False), ("c://a", False)],
)  # fmt: skip
def test_addresses_on_other_machines(text, remote):
    assert is_remote(text) == remote


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("a.png", True), (" a.JPG ", True), ("http://x/a.png?b=1", True), ("a.txt", False), ("a", False)],
)
def test_the_name_of_a_picture_stands_before_a_query(text, is_one):
    assert has_picture_name(text) == is_one


def read(folder, rows, roots=(), **columns):
    path = folder / "list.csv"
    path.write_text("file,label\n" + "".join(f"{row},{'uv'[place % 2]}\n" for place, row in enumerate(rows)))
    return read_manifest(ReadRequest(path, ColumnNames(**columns), roots=roots))


def test_what_is_listed_names_the_sample_and_the_file_is_a_column(album):
    samples = read(album, ["cat/1.png", "2", "  dog/3.jpg"])
    assert samples.ids.tolist() == ["cat/1.png", "2", "dog/3.jpg"]
    assert samples.columns["file"].tolist() == ["cat/1.png", "cat/2.PNG", "dog/3.jpg"]
    assert samples.inputs[1].shape == (3, 4, 3)
    assert texts_of(samples.notes) == (
        "1 picture found by name, not where the list says: '2' is read from 'cat/2.PNG'.",
    )


def test_a_name_of_several_files_is_lost_and_said(album):
    samples = read(album, ["2.PNG", "1.png", "3.jpg"])
    assert samples.inputs.digests.any(axis=1).tolist() == [True, False, True]
    assert texts_of(samples.notes, NoteKind.LOSS) == (
        "1 picture not read: it could be several files ('1.png': cat/1.png, dog/1.png). List it with its folder.",
    )
    with pytest.raises(SourceError, match=r"the first is '1.png'\. It may be any of cat/1.png, dog/1.png\."):
        read(album, ["1.png", "1.png"])


def test_pictures_below_a_root_are_found_by_name(tmp_path, picture):
    photo = picture(tmp_path / "photos" / "deep" / "7.png")
    (tmp_path / "lists").mkdir()
    samples = read(tmp_path / "lists", ["7.png", "7.png"], roots=((tmp_path / "photos").resolve(),))
    assert samples.inputs.paths == (str(photo.resolve()),) * 2
    with pytest.raises(SourceError, match="none of the 2 files"):
        read(tmp_path / "lists", ["7.png", "7.png"])


def test_a_link_that_is_found_by_name_leads_no_further_than_others(tmp_path, picture):
    outside = picture(tmp_path / "outside" / "9.png")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "deep").mkdir()
    (tmp_path / "in" / "deep" / "9.png").symlink_to(outside)
    with pytest.raises(AccessError, match="leads outside"):
        read(tmp_path / "in", ["9.png", "9.png"])


def test_numbers_with_zeros_name_pictures(tmp_path, picture):
    for name in ("0001", "0002"):
        picture(tmp_path / "train" / f"{name}.jpg")
    (tmp_path / "list.csv").write_text("image_id,label\n0001,a\n0002,b\n")
    samples = read_manifest(ReadRequest(tmp_path / "list.csv"))
    assert samples.ids.tolist() == ["0001", "0002"] and len(samples.inputs) == 2
    (tmp_path / "list.csv").write_text("id,label\n0001,a\n0002,b\n")
    samples = read_manifest(ReadRequest(tmp_path / "list.csv"))
    assert samples.ids.tolist() == ["0001", "0002"] and len(samples.inputs) == 2


def test_numbers_beside_ids_are_the_samples_even_beside_pictures(tmp_path, picture):
    picture(tmp_path / "1.png")
    picture(tmp_path / "2.png")
    (tmp_path / "list.csv").write_text("id,x,label\n1,0.5,a\n2,0.7,b\n")
    assert read_manifest(ReadRequest(tmp_path / "list.csv")).inputs.names == ("x",)


def test_a_file_that_several_roots_hold_is_one(album):
    root = album.resolve()
    for around in (root, root / "cat"):
        assert find_files(["2.png", "3.jpg"], root, [around]).paths == ["cat/2.PNG", "dog/3.jpg"]
    assert find_files(["2", "3"], root / "cat", [root]).paths == ["2.PNG", str(root / "dog" / "3.jpg")]
