"""The pictures that a Parquet file holds itself, as the library Datasets writes them."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pyarrow as pa

from margin_core.errors import SourceError
from margin_core.storage.file_digest import DIGEST_SIZE
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import FileListing, compute_digests
from margin_core.study.inputs.parquet_pictures import ParquetPictures, read_cells
from margin_core.study.inputs.pictures import EncodedPictures
from margin_core.study.notes import Note
from margin_core.study.readers.column_table import ColumnTable
from margin_core.study.readers.listed_pictures import list_picture_files
from margin_core.study.samples import ReadRequest

VERSION = 1
"""Raised whenever the same bytes get another digest."""

_NAMES_AT_ONCE = 65_536
_REPORT_EVERY = 64


def read_embedded_pictures(
    request: ReadRequest, table: ColumnTable, column: str
) -> tuple[EncodedPictures, tuple[Note, ...]]:
    """Return the pictures of a column of structs of ``bytes`` and ``path``, and what was assumed of their paths.

    Parameters
    ----------
    request : ReadRequest
        Its path is the Parquet file.
    table : ColumnTable
        Of the same file.
    column : str
        One of its ``pictures``.

    Returns
    -------
    pictures : ParquetPictures or PictureFiles
        In the order of the rows. Files where no row holds bytes, and paths are all there is.
    notes : tuple of Note

    Raises
    ------
    SourceError
        The file is damaged; no row has bytes, and no file is at a path.
    AccessError
        No row has bytes, and a path leads outside the folder of the file and the roots.

    Notes
    -----
    The bytes are read once, a few rows at a time, for the digest of each picture; a workspace remembers the digests.
    """
    path = request.path
    try:
        names = [name for batch in read_cells(path, column, "path", _NAMES_AT_ONCE) for name in batch]
        digests = _digests(request, column, len(table))
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"'{path}' cannot be read: {str(error).splitlines()[0]}. Save it again.") from error
    if not digests.any() and any(names):
        return list_picture_files(request, [name or "" for name in names], column)
    called = tuple(name or str(row) for row, name in enumerate(names))
    return ParquetPictures(path, column, called, digests), ()


def _digests(request: ReadRequest, column: str, n: int) -> np.ndarray:
    def work() -> dict[str, np.ndarray]:
        found, row = np.zeros((n, DIGEST_SIZE), np.uint8), 0
        for number, batch in enumerate(read_cells(request.path, column, "bytes")):
            if number % _REPORT_EVERY == 0:
                request.run.report(row / n, f"Reading {row:,} of {n:,} pictures ...")
            for content in batch:
                if content is not None:
                    found[row] = np.frombuffer(blake2b(content, digest_size=DIGEST_SIZE).digest(), np.uint8)
                row += 1
        return {"digests": found}

    listing = FileListing.of(request.path.parent, [request.path.name])
    content = compute_digests(listing, request.memory, request.run)
    key = fingerprint("picture digests", VERSION, content, column)
    return np.array(request.run.step("picture_digests", key, work)["digests"])
