import os
from pathlib import Path

import numpy as np
import pytest

from margin_core.errors import Cancelled, NotComputed
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study.contents import FileListing, compute_digests


@pytest.fixture
def folder(tmp_path, age):
    for name in "abc":
        (tmp_path / name).write_text(name)
        age(tmp_path / name)
    (tmp_path / "memory").mkdir()
    return tmp_path


def digest(folder, names="abc", memory=True, run=None):
    return compute_digests(
        FileListing.of(folder, list(names)), Workspace(folder / "memory") if memory else None, run or Run()
    )


@pytest.fixture
def opened(monkeypatch):
    """Names of the files whose content is read, except the memory itself."""
    names = []
    original = Path.open

    def counting(path, *args, **options):
        if path.parent.name != "memory":
            names.append(path.name)
        return original(path, *args, **options)

    monkeypatch.setattr(Path, "open", counting)
    return names


def test_the_same_content_has_the_same_digest(folder):
    (folder / "d").write_text("a")
    found = digest(folder, "abd")
    assert (found[0] == found[2]).all()
    assert (found[0] != found[1]).any()


def test_a_second_time_no_file_is_read(folder, opened):
    first = digest(folder)
    assert opened == ["a", "b", "c"]
    assert (digest(folder) == first).all()
    assert opened == ["a", "b", "c"]


def test_only_a_changed_file_is_read_again(folder, opened, age):
    first = digest(folder)
    (folder / "b").write_text("x")
    age(folder / "b", 1000)
    opened.clear()
    second = digest(folder)
    assert opened == ["b"]
    assert (first != second).any(axis=1).tolist() == [False, True, False]


def test_a_file_changed_just_before_it_was_read_is_not_trusted(folder, opened):
    (folder / "b").write_text("first")
    digest(folder)
    facts = os.stat(folder / "b")
    (folder / "b").write_text("other")
    os.utime(folder / "b", ns=(facts.st_mtime_ns, facts.st_mtime_ns))
    opened.clear()
    digest(folder)
    assert opened == ["b"]


def test_without_a_memory_nothing_is_written(folder):
    digest(folder, memory=False)
    assert list((folder / "memory").iterdir()) == []


def test_a_damaged_memory_is_made_again(folder, opened):
    first = digest(folder)
    (folder / "memory" / "contents.npz").write_bytes(b"not an archive")
    opened.clear()
    assert (digest(folder) == first).all()
    assert opened == ["a", "b", "c"]


def test_the_memory_of_another_folder_is_not_used(folder, opened, tmp_path_factory, age):
    digest(folder)
    other = tmp_path_factory.mktemp("other")
    for name in "abc":
        (other / name).write_text("?")
        os.utime(other / name, ns=(0, (folder / name).stat().st_mtime_ns))
    opened.clear()
    compute_digests(FileListing.of(other, list("abc")), Workspace(folder / "memory"), Run())
    assert opened == ["a", "b", "c"]


def test_a_file_that_is_not_there_has_no_digest(folder):
    listing = FileListing(folder, ("a", "gone"), np.array([1, -1]), np.array([0, 0]))
    assert compute_digests(listing, Workspace(folder / "memory"), Run()).any(axis=1).tolist() == [True, False]


def test_a_file_that_cannot_be_read_has_no_digest_and_is_tried_again(folder, opened):
    listing = FileListing(folder, ("gone",), np.array([5]), np.array([0]))
    for _ in range(2):
        assert not compute_digests(listing, Workspace(folder / "memory"), Run()).any()
    assert opened == ["gone", "gone"]


def test_reading_reports_and_can_be_stopped(folder):
    def stop(fraction, text):
        assert (fraction, text) == (0.0, "Reading 0 of 3 files ...")
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        digest(folder, run=Run(progress=stop))


def test_names_of_any_letters_are_remembered(folder, opened, age):
    name = "Zürich 東京\n,'\".png"
    (folder / name).write_text("x")
    age(folder / name)
    opened.clear()
    for _ in range(2):
        digest(folder, ["a", name])
    assert opened == ["a", name]


def test_where_nothing_heavy_may_be_computed_only_a_little_is_read(folder, monkeypatch):
    waiting = Workspace(folder / "memory", may_compute=False)
    listing = FileListing.of(folder, list("abc"))
    monkeypatch.setattr("margin_core.study.contents.MAX_UNSTORED_BYTES", 2)
    with pytest.raises(NotComputed) as refused:
        compute_digests(listing, waiting, Run())
    assert str(refused.value) == f"3 files of '{folder}' were not read before. Run margin prepare first."
    first = digest(folder)
    assert (compute_digests(listing, waiting, Run()) == first).all()
