import errno
import json
import os

import numpy as np
import pytest
from scipy import sparse

from margin_core.errors import SourceError, WorkspaceError
from margin_core.storage.archive import (
    atomic_write,
    read_archive,
    read_npz,
    sparse_from_arrays,
    sparse_to_arrays,
    values_from_arrays,
    values_to_arrays,
    write_archive,
)

PICKLED = (
    "'{}' holds pickled Python objects, which are never loaded because they can run code. "
    "Save the arrays as numbers or fixed-width text (array.astype(str))."
)


class Bomb:
    """Its pickle leaves a file behind when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def test_arrays_and_facts_come_back(tmp_path):
    path = tmp_path / "deep" / "a.npz"
    about = {"name": "Übung", "numbers": [1, 2.5, None]}
    arrays = {"x": np.arange(6).reshape(2, 3), "text": np.array(["a", "ü"]), "empty": np.empty((0, 4))}
    write_archive(path, about, arrays)
    facts, again = read_archive(path)
    assert facts == about
    assert set(again) == set(arrays)
    for name, array in arrays.items():
        assert again[name].dtype == array.dtype
        np.testing.assert_array_equal(again[name], array)


def test_a_sparse_matrix_comes_back():
    matrix = sparse.csr_array(np.array([[0, 1.5, 0], [0, 0, 0]]))
    again = sparse_from_arrays("m", sparse_to_arrays("m", matrix))
    np.testing.assert_array_equal(again.toarray(), matrix.toarray())
    assert again.shape == (2, 3)


@pytest.mark.parametrize("layout", [np.asarray, sparse.csr_array])
def test_values_come_back_as_they_were_dense_or_sparse(layout):
    values = layout(np.array([[0, 1.5, 0], [0, 0, 0]]))
    again = values_from_arrays("m", values_to_arrays("m", values))
    assert type(again) is type(values) and abs(again - values).max() == 0


def test_an_interrupted_write_leaves_the_old_file_and_no_scratch(tmp_path):
    path = tmp_path / "a.npz"
    write_archive(path, {"version": "old"}, {})

    def interrupted_write():
        with atomic_write(path) as scratch:
            scratch.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted_write()
    assert read_archive(path)[0] == {"version": "old"}
    assert [item.name for item in tmp_path.iterdir()] == ["a.npz"]


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with atomic_write(path) as scratch:
        scratch.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_a_full_disk_is_reported_and_nothing_is_lost(tmp_path, monkeypatch):
    path = tmp_path / "a.npz"
    write_archive(path, {"version": "old"}, {})

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(WorkspaceError) as caught:
        write_archive(path, {"version": "new"}, {})
    assert str(caught.value) == (
        f"Cannot write '{path}': No space left on device. Free some space or choose another folder; "
        "nothing that was there before is lost."
    )
    assert read_archive(path)[0] == {"version": "old"}
    assert [item.name for item in tmp_path.iterdir()] == ["a.npz"]


def test_a_folder_that_is_a_file_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match=r"^Cannot write '.*/file/a\.npz': (File exists|Not a directory)\. Free"):
        write_archive(tmp_path / "file" / "a.npz", {}, {})


@pytest.mark.parametrize("save", [np.save, lambda path, value: np.savez(path, about=value)], ids=["npy", "npz"])
def test_a_pickle_is_refused_and_not_run(tmp_path, save):
    path, left = tmp_path / ("a.npy" if save is np.save else "a.npz"), tmp_path / "left"
    save(path, np.array([Bomb(str(left))], dtype=object))
    with pytest.raises(SourceError) as caught:
        read_npz(path)
    assert str(caught.value) == PICKLED.format(path)
    assert not left.exists()


def test_a_bare_pickle_is_refused_and_not_run(tmp_path):
    path, left = tmp_path / "a.npy", tmp_path / "left"
    path.write_bytes(b"\x80\x04\x95" + b"c__builtin__\nopen\n(V" + str(left).encode() + b"\nVw\ntR.")
    with pytest.raises(SourceError) as caught:
        read_npz(path)
    assert str(caught.value) == PICKLED.format(path)
    assert not left.exists()


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(SourceError) as caught:
        read_npz(tmp_path / "a.npz")
    assert str(caught.value) == f"There is no file '{tmp_path / 'a.npz'}'. Check the path."


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "folder"])
def test_a_damaged_file_is_reported(tmp_path, damage):
    path = tmp_path / "a.npz"
    write_archive(path, {}, {"x": np.arange(1000)})
    whole = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    else:
        path.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "text": b"hello"}[damage])
    with pytest.raises(SourceError) as caught:
        read_npz(path)
    message = str(caught.value)
    # Anything that is not a zip looks like a pickle to NumPy; both sentences tell the user to save it again.
    assert message == PICKLED.format(path) or (
        message.startswith(f"'{path}' is not a readable .npy or .npz file: ") and message.endswith(". Save it again.")
    )


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_damage_to_any_byte_is_reported(tmp_path, save):
    path = tmp_path / "a.npz"
    save(path, a=np.arange(50.0).reshape(5, 10), labels=np.array(["x", "y"]))
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), 2):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5B]) + whole[place + 1 :])
        try:
            read_npz(path)
        except SourceError:
            refused += 1
    assert refused > len(whole) / 4


def test_a_single_array_is_read_too(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(3))
    assert list(read_npz(tmp_path / "a.npy")) == ["array"]


def test_a_foreign_archive_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(3))
    with pytest.raises(SourceError) as caught:
        read_archive(path)
    assert str(caught.value) == f"'{path}' was not written by MARGIN: it has no entry 'about'. Save it again."


@pytest.mark.parametrize("about", ["not json", json.dumps([1])])
def test_an_archive_with_a_strange_description_is_refused(tmp_path, about):
    path = tmp_path / "a.npz"
    np.savez(path, about=np.array(about))
    with pytest.raises(SourceError) as caught:
        read_archive(path)
    assert str(caught.value) == (
        f"'{path}' was not written by MARGIN: its entry 'about' is not a JSON object. Save it again."
    )
