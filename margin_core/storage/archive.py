"""Arrays and plain text in one file, without pickle.

An archive is an ``.npz`` whose entries are arrays of numbers or fixed-width text, plus one entry
``about`` holding JSON. It is written aside and renamed, so a reader sees the old file or the new one,
never half of either.
"""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any
from uuid import uuid4

import numpy as np
from scipy import sparse

from margin_core.errors import SourceError, WorkspaceError

Arrays = Mapping[str, np.ndarray]

DAMAGED = (ValueError, EOFError, OverflowError, TokenError)
"""What NumPy raises when a file does not hold an array: it reads the header as the text of a Python literal."""

_NOT_A_ZIP = (zipfile.BadZipFile, zlib.error, RuntimeError, struct.error)
"""What the unpacking raises: damage, encryption and methods that are not known (RuntimeError)."""


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a temporary file beside `path` and rename it onto `path` when the block ends well.

    Raises
    ------
    WorkspaceError
        The disk is full, or the folder cannot be written.
    """
    # Not tempfile: it makes files that only their owner can read, and an export is for colleagues too.
    scratch = path.with_name(f".{path.name[:100]}.{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.touch(exist_ok=False)
        yield scratch
        os.replace(scratch, path)
    except OSError as error:
        raise WorkspaceError(
            f"Cannot write '{path}': {error.strerror or error}. Free some space or choose another folder; "
            "nothing that was there before is lost."
        ) from error
    finally:
        if scratch.exists():
            scratch.unlink()


def write_archive(path: Path, about: Mapping[str, Any], arrays: Arrays) -> None:
    """Write JSON-able facts and arrays into one file, whole or not at all."""
    with written_aside(path) as scratch, scratch.open("wb") as stream:
        np.savez(stream, about=np.array(json.dumps(about)), **arrays)  # type: ignore[arg-type]


def read_archive(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read what `write_archive` wrote.

    Raises
    ------
    SourceError
        The file is absent, damaged, or holds pickled objects.
    """
    arrays = read_npz(path)
    if "about" not in arrays:
        raise SourceError(f"'{path}' was not written by MARGIN: it has no entry 'about'. Save it again.")
    try:
        about = json.loads(str(arrays.pop("about")))
    except json.JSONDecodeError:
        about = None
    if not isinstance(about, dict):
        raise SourceError(f"'{path}' was not written by MARGIN: its entry 'about' is not a JSON object. Save it again.")
    return about, arrays


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """Read every array of an ``.npz`` (or the single one of an ``.npy``, as ``"array"``), never a pickle."""
    try:
        with path.open("rb") as stream:
            loaded = np.load(stream, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {"array": loaded}
            with loaded:
                return {name: loaded[name] for name in loaded.files}
    except FileNotFoundError:
        raise SourceError(f"There is no file '{path}'. Check the path.") from None
    except (OSError, MemoryError, *DAMAGED, *_NOT_A_ZIP) as error:
        if "allow_pickle" in str(error) or "Object arrays" in str(error):
            raise SourceError(
                f"'{path}' holds pickled Python objects, which are never loaded because they can run code. "
                "Save the arrays as numbers or fixed-width text (array.astype(str))."
            ) from None
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SourceError(
            f"'{path}' is not a readable .npy or .npz file: {reason.rstrip('.')}. Save it again."
        ) from None


def sparse_to_arrays(name: str, matrix: sparse.csr_array) -> dict[str, np.ndarray]:
    """Take a CSR matrix apart for an archive."""
    return {
        f"{name}.data": matrix.data,
        f"{name}.indices": matrix.indices,
        f"{name}.indptr": matrix.indptr,
        f"{name}.shape": np.array(matrix.shape),
    }


def sparse_from_arrays(name: str, arrays: Arrays) -> sparse.csr_array:
    """Put together what `sparse_to_arrays` took apart."""
    parts = (arrays[f"{name}.data"], arrays[f"{name}.indices"], arrays[f"{name}.indptr"])
    return sparse.csr_array(parts, shape=tuple(arrays[f"{name}.shape"]))
