"""What archives hold, and what no archive may make a reader do."""

import random
import struct
import tarfile
import zipfile

import pytest
from packed import encoded, write_tar, write_zip

from margin_core.errors import AccessError, SourceError
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.study.readers import archive_members
from margin_core.study.readers.archive_members import list_members
from margin_core.study.samples import ReadRequest

WRITERS = {".zip": write_zip, ".tar": write_tar}
every_kind = pytest.mark.parametrize("kind", WRITERS)


@pytest.fixture
def members(tmp_path):
    def write(kind, content, **options):
        path = WRITERS[kind](tmp_path / f"a{kind}", content)
        return list_members(ReadRequest(path, **options), [path])

    return write


@every_kind
def test_members_are_read_from_their_places(members, kind):
    content = {"b/2.png": encoded(2), "a.txt": b"hello" * 100, "b/1.png": encoded(1), "empty": b""}
    found = members(kind, content)
    assert {name: found.read(row) for row, name in enumerate(found.names)} == content
    pictures = found.pictures([2, 0], ReadRequest(found.archives[0]))
    assert pictures.paths == ("b/1.png", "b/2.png")
    assert [int(pictures[row][0, 0, 0]) for row in (0, 1)] == [1, 2]
    assert pictures.content(1) == encoded(2)
    with pytest.raises(IndexError):
        pictures[2]


def test_pictures_that_are_not_deflated_are_read_too(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"1.png": encoded(1)}, zipfile.ZIP_STORED)
    assert list_members(ReadRequest(path), [path]).read(0) == encoded(1)


@every_kind
@pytest.mark.parametrize("name", ["../x.png", "/etc/x.png", "a/../../x.png", "C:/x.png", "a\\..\\..\\x.png"])
def test_names_that_lead_outside_are_left_out(members, kind, name):
    found = members(kind, {"1.png": encoded(1), name: encoded(2)})
    assert found.names == ("1.png",)
    assert [str(note) for note in found.notes(found.archives[0])] == [
        "1 file in the archive left out: a name that leads outside the archive."
    ]


@every_kind
def test_what_is_mostly_refused_is_refused(members, kind):
    found = members(kind, {f"../{row}.png": encoded(row) for row in range(4)} | {"1.png": encoded(1)})
    with pytest.raises(SourceError, match=r"4 of 5 files cannot be read \(a name that leads outside the archive\)\. "):
        list(found.notes(found.archives[0]))


@every_kind
def test_litter_is_left_out(members, kind):
    found = members(kind, {"1.png": b"x", "__MACOSX/._1.png": b"x", "a/.DS_Store": b"x", "./2.png": b"x"})
    assert (found.names, found.litter) == (("1.png", "2.png"), 2)


def test_links_in_a_zip_are_not_followed(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.png", encoded(1))
        link = zipfile.ZipInfo("2.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    found = list_members(ReadRequest(path), [path])
    assert (found.names, found.refused) == (("1.png",), {archive_members.LINK: 1})


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_not_followed(members, kind):
    link = tarfile.TarInfo("2.png")
    link.type, link.linkname = kind, "/etc/passwd"
    found = members(".tar", {"1.png": encoded(1), "2.png": link, "3.png": encoded(3)})
    assert (found.names, found.refused) == (("1.png", "3.png"), {archive_members.LINK: 1})


@every_kind
def test_a_name_counts_once(tmp_path, kind):
    path = tmp_path / f"a{kind}"
    if kind == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("1.png", "first")
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr("1.png", "second")
    else:
        with tarfile.open(path, "w") as archive:
            for _ in range(2):
                archive.addfile(tarfile.TarInfo("1.png"))
    found = list_members(ReadRequest(path), [path])
    assert (found.names, found.refused) == (("1.png",), {archive_members.REPEATED: 1})


def test_what_is_encrypted_or_packed_in_another_way_is_left_out(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"1.png": encoded(1), "2.png": encoded(2)}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 8] |= 1
    path.write_bytes(content)
    assert list_members(ReadRequest(path), [path]).refused == {archive_members.ENCRYPTED: 1}
    path = write_zip(tmp_path / "b.zip", {"1.png": encoded(1)}, zipfile.ZIP_BZIP2)
    assert list_members(ReadRequest(path), [path]).refused == {archive_members.METHOD: 1}


def test_a_member_larger_than_a_picture_may_be_is_left_out(members, monkeypatch):
    monkeypatch.setattr(archive_members, "MAX_MEMBER_BYTES", 1000)
    assert members(".zip", {"1.png": bytes(1001), "2.png": bytes(1000)}).names == ("2.png",)


def test_an_archive_of_too_many_files_is_refused(members, monkeypatch):
    monkeypatch.setattr(archive_members, "MAX_MEMBERS", 3)
    with pytest.raises(SourceError, match=r"holds more than 3 files\. Divide it\.$"):
        members(".zip", {f"{row}.png": b"" for row in range(4)})


def test_a_member_that_unpacks_to_more_than_it_says_is_damaged(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"1.png": bytes(100_000)})
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    path.write_bytes(content)
    found = list_members(ReadRequest(path), [path])
    with pytest.raises(SourceError, match="a file in it is damaged"):
        found.read(0)
    assert not found.pictures([0], ReadRequest(path)).digests.any()


def test_members_that_share_bytes_are_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"1.png": bytes(100_000), "2.png": encoded(2)})
    content = bytearray(path.read_bytes())
    first, second = content.index(b"PK\x01\x02"), content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"files in it share bytes or are cut off\. Pack it again\.$"):
        list_members(ReadRequest(path), [path])


@every_kind
@pytest.mark.parametrize("kept", [0.3, 0.7])
def test_a_damaged_archive_is_said_to_be(members, kind, kept, tmp_path):
    path = members(kind, {f"{row}.png": random.Random(row).randbytes(20_000) for row in range(5)}).archives[0]
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(SourceError, match=r"^'.*' cannot be read .*\. (Copy or pack|Pack) it again\.$"):
        list_members(ReadRequest(path), [path])
    path.write_bytes(b"no archive" * 100)
    with pytest.raises(SourceError, match=r"^'.*' cannot be read \(.*\)\. Copy or pack it again\.$"):
        list_members(ReadRequest(path), [path])


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_tar_that_is_compressed_as_a_whole_is_refused(tmp_path, mode):
    path = tmp_path / "a.tar"
    with tarfile.open(path, mode) as archive:
        archive.addfile(tarfile.TarInfo("1.png"))
    with pytest.raises(SourceError, match=r"compressed as a whole, .*; unpack it to \.tar\)\. Copy or pack it again\."):
        list_members(ReadRequest(path), [path])


def test_an_archive_that_became_a_link_is_not_read(members, tmp_path):
    found = members(".tar", {"1.png": encoded(1)})
    path = found.archives[0]
    path.rename(tmp_path / "moved.tar")
    with pytest.raises(SourceError, match="cannot be read"):
        found.read(0)
    path.symlink_to(tmp_path / "moved.tar")
    with pytest.raises(AccessError, match="has become a link"):
        found.read(0)


@every_kind
def test_the_list_and_the_digests_are_remembered(members, kind, monkeypatch):
    engine = MemoryEngine()
    content = {"../x": b"", "1.png": encoded(1), ".x": b"", "ä.png": encoded(2)}
    first = members(kind, content, run=Run(engine))
    digests = first.pictures([0, 1], ReadRequest(first.archives[0], run=Run(engine))).digests
    monkeypatch.setattr(archive_members, {".zip": "zipfile", ".tar": "tarfile"}[kind], None)
    monkeypatch.setattr(archive_members, "blake2b", None)
    request = ReadRequest(first.archives[0], run=Run(engine))
    again = list_members(request, first.archives)
    assert (again.names, again.refused, again.litter) == (("1.png", "ä.png"), {archive_members.OUTSIDE: 1}, 1)
    assert (again.pictures([0, 1], request).digests == digests).all()


def damaged(path, damage):
    content = bytearray(path.read_bytes())
    path.write_bytes(damage(content))
    return list_members(ReadRequest(path), [path])


ONE_FILE = 1024
"""Bytes of a small file and its header."""


@every_kind
@pytest.mark.parametrize("left", [1000, 10 * ONE_FILE, 10 * ONE_FILE + 1, 10 * ONE_FILE + 100, 10 * ONE_FILE + 600])
def test_an_archive_that_is_cut_off_is_refused(tmp_path, kind, left):
    path = WRITERS[kind](tmp_path / f"a{kind}", {f"{row}.png": random.Random(row).randbytes(500) for row in range(40)})
    with pytest.raises(SourceError, match=r"cannot be read \(.*\)\. Copy or pack it again\."):
        damaged(path, lambda content: content[:left])


@pytest.mark.parametrize("byte", [0xFF, 0x00])
def test_a_tar_whose_inner_header_is_damaged_is_refused(tmp_path, byte):
    path = write_tar(tmp_path / "a.tar", {f"{row}.png": bytes([1]) * 500 for row in range(40)})

    def damage(content):
        content[7 * ONE_FILE : 7 * ONE_FILE + 512] = bytes([byte]) * 512
        return content

    reason = r"it is damaged at byte 7,168, and 86% of it cannot be known"
    with pytest.raises(SourceError, match=rf"cannot be read \({reason}\)\. Copy or pack it again\."):
        damaged(path, damage)


def test_a_tar_that_was_never_filled_is_refused(tmp_path):
    path = write_tar(tmp_path / "a.tar", {"1.png": bytes(500)})
    with pytest.raises(SourceError, match="it is damaged at byte 1,024, and 100% of it cannot be known"):
        damaged(path, lambda content: content + bytes(2_000_000))
