"""Arrays and plain text in one file, without pickle.

An archive is an ``.npz`` whose entries are arrays of numbers or fixed-width text, plus one entry
``about`` holding JSON. It is written under another name and renamed, so a reader sees the old file or the new one,
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
from numpy.typing import NDArray
from scipy import sparse

from margin_core.errors import SourceError, WorkspaceError
from margin_core.storage.engine import Arrays

DAMAGED = (ValueError, EOFError, OverflowError, TokenError)
"""Errors of NumPy for a file that does not hold an array: it parses the header as a Python literal."""

_NOT_A_ZIP = (zipfile.BadZipFile, zlib.error, RuntimeError, struct.error)
"""Errors of unpacking: damage, encryption and unknown methods (RuntimeError)."""


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Write a file whole or not at all: yield a temporary file beside it, and rename that when the block succeeds.

    Parameters
    ----------
    path : Path
        To be written; its folder is created. A link stays one: what it leads to is written.

    Yields
    ------
    Path
        The temporary file, empty.

    Raises
    ------
    WorkspaceError
        The disk is full, or the folder cannot be written.
    """
    # Not tempfile: it makes files that only their owner can read, and an export is for colleagues too.
    target = path.resolve() if path.is_symlink() else path
    scratch = target.with_name(f".{target.name[:100]}.{uuid4().hex}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch.touch(exist_ok=False)
        yield scratch
        os.replace(scratch, target)
    except OSError as error:
        raise WorkspaceError(
            f"Cannot write '{path}': {error.strerror or error}. Free some space or choose another folder; "
            "nothing that was there before is lost."
        ) from error
    finally:
        if scratch.exists():
            scratch.unlink()


def write_archive(path: Path, about: Mapping[str, Any], arrays: Arrays) -> None:
    """Write facts and arrays into one file, whole or not at all.

    Parameters
    ----------
    path : Path
        Of the ``.npz``.
    about : mapping
        JSON values by name.
    arrays : mapping of str to array
        Numbers or fixed-width text.

    Raises
    ------
    WorkspaceError
        The disk is full, or the folder cannot be written.
    """
    with atomic_write(path) as scratch, scratch.open("wb") as stream:
        np.savez(stream, about=np.array(json.dumps(about)), **arrays)  # type: ignore[arg-type]


def read_archive(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read the facts and arrays that `write_archive` wrote.

    Parameters
    ----------
    path : Path
        Of the ``.npz``.

    Returns
    -------
    about : dict
        JSON values by name.
    arrays : dict of str to array
        Without the facts.

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
    """Read every array of an ``.npz``, or the one of an ``.npy``; never a pickle.

    Parameters
    ----------
    path : Path
        Of the file.

    Returns
    -------
    dict of str to array
        By name; that of an ``.npy`` is called ``array``.

    Raises
    ------
    SourceError
        The file is absent, damaged, or holds pickled objects.
    """
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
    """Return the arrays of a CSR matrix, for an archive.

    Parameters
    ----------
    name : str
        Prefix of their names.
    matrix : csr_array
        Any.

    Returns
    -------
    dict of str to array
        ``data``, ``indices``, ``indptr`` and ``shape`` behind the prefix.
    """
    return {
        f"{name}.data": matrix.data,
        f"{name}.indices": matrix.indices,
        f"{name}.indptr": matrix.indptr,
        f"{name}.shape": np.array(matrix.shape),
    }


def sparse_from_arrays(name: str, arrays: Arrays) -> sparse.csr_array:
    """Return the CSR matrix that `sparse_to_arrays` was given.

    Parameters
    ----------
    name : str
        Prefix of the arrays' names.
    arrays : mapping of str to array
        May hold others too.

    Returns
    -------
    csr_array
        The same matrix.
    """
    parts = (arrays[f"{name}.data"], arrays[f"{name}.indices"], arrays[f"{name}.indptr"])
    return sparse.csr_array(parts, shape=tuple(arrays[f"{name}.shape"]))


def values_to_arrays(name: str, values: NDArray[Any] | sparse.csr_array) -> dict[str, np.ndarray]:
    """Return the arrays of values that are dense or sparse, for an archive.

    Parameters
    ----------
    name : str
        Their name, or the prefix of the names of a sparse matrix' arrays.
    values : array or csr_array
        Numbers of any type.

    Returns
    -------
    dict of str to array
    """
    return sparse_to_arrays(name, values) if isinstance(values, sparse.csr_array) else {name: values}


def values_from_arrays(name: str, arrays: Arrays) -> NDArray[Any] | sparse.csr_array:
    """Return the values that `values_to_arrays` was given.

    Parameters
    ----------
    name : str
    arrays : mapping of str to array
        May hold others too.

    Returns
    -------
    array or csr_array
    """
    return arrays[name] if name in arrays else sparse_from_arrays(name, arrays)
