"""The pictures that a Parquet file holds itself, as the library Datasets writes them."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa

from margin_core.errors import SourceError
from margin_core.storage.engine import Run
from margin_core.storage.file_digest import DIGEST_SIZE
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import FileListing, compute_digests
from margin_core.study.inputs import arrow_pictures, parquet_pictures
from margin_core.study.inputs.arrow_pictures import ArrowPictures
from margin_core.study.inputs.parquet_pictures import ParquetPictures
from margin_core.study.inputs.picture_shards import PictureShards
from margin_core.study.inputs.pictures import EncodedPictures, SavedPictures
from margin_core.study.notes import Note
from margin_core.study.readers.column_table import ColumnTable
from margin_core.study.readers.listed_pictures import list_picture_files
from margin_core.study.readers.table_suffixes import ARROW
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
        How to read it.
    table : ColumnTable
        Of Parquet files, or of streams of Arrow.
    column : str
        One of its ``pictures``.

    Returns
    -------
    pictures : ParquetPictures, ArrowPictures, PictureShards or PictureFiles
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
    files = [table.folder / name for name in table.files]
    content = compute_digests(FileListing.of(table.folder, list(table.files)), request.memory, request.run)
    names: list[str | None] = []
    digests: list[np.ndarray] = []
    for number, file in enumerate(files):
        run = request.run.part(number / len(files), (number + 1) / len(files))
        try:
            own = [name for batch in _cells(file).read_cells(file, column, "path", _NAMES_AT_ONCE) for name in batch]
            digests.append(_digests(run, file, content[[number]], column, len(own)))
        except (OSError, pa.ArrowException) as error:
            raise SourceError(f"'{file}' cannot be read: {str(error).splitlines()[0]}. Save it again.") from error
        names += own
    if not any(found.any() for found in digests) and any(names):
        return list_picture_files(replace(request, path=files[0]), [name or "" for name in names], column)
    called = tuple(name or str(row) for row, name in enumerate(names))
    parts: list[SavedPictures] = []
    first = 0
    for file, found in zip(files, digests, strict=True):
        own_names = called[first : first + len(found)]
        parts.append((ArrowPictures if _is_arrow(file) else ParquetPictures)(file, column, own_names, found))
        first += len(found)
    return parts[0] if len(parts) == 1 else PictureShards(tuple(parts)), ()


def _is_arrow(file: Path) -> bool:
    return file.name.lower().endswith(ARROW)


def _cells(file: Path) -> ModuleType:
    return arrow_pictures if _is_arrow(file) else parquet_pictures


def _digests(run: Run, file: Path, content: np.ndarray, column: str, n: int) -> np.ndarray:
    def work() -> dict[str, np.ndarray]:
        found, row = np.zeros((n, DIGEST_SIZE), np.uint8), 0
        for number, batch in enumerate(_cells(file).read_cells(file, column, "bytes")):
            if number % _REPORT_EVERY == 0:
                run.report(row / n, f"Reading {row:,} of {n:,} pictures ...")
            for picture in batch:
                if picture is not None:
                    found[row] = np.frombuffer(blake2b(picture, digest_size=DIGEST_SIZE).digest(), np.uint8)
                row += 1
        return {"digests": found}

    key = fingerprint("picture digests", VERSION, content, column)
    return np.array(run.step("picture_digests", key, work)["digests"])
