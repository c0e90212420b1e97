"""Pictures in a column of a stream of Arrow, as Datasets saves it to disk; the file is mapped, not unpacked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from margin_core.errors import AccessError, SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import Digests
from margin_core.study.inputs.pictures import SavedPictures
from margin_core.study.roots import resolve_links
from margin_core.values import freeze

ROWS = 16
"""Rows that are read at once for the digests."""


@dataclass(frozen=True, eq=False)
class ArrowPictures(SavedPictures):
    """Pictures by row of a stream of Arrow with a struct of ``bytes`` and ``path``; sizes may differ.

    Attributes
    ----------
    source : Path
        The file, without links. Not ``file``, which in `PictureFiles` finds that of a row.
    column : str
        Of the structs.
    paths : tuple of str, length n
        What each picture is called. No file is read there.
    digests : uint8 array (n, 16)
        Digest of the bytes of each; all zeros for a picture without any.
    fingerprint : str
        Identity by content, in order, without names: that of the same pictures in files.
    """

    source: Path
    column: str
    paths: tuple[str, ...]
    digests: Digests
    fingerprint: str = field(init=False)
    _reader: _Reader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        freeze(self, "digests")
        object.__setattr__(self, "fingerprint", fingerprint("pictures", self.digests))
        object.__setattr__(self, "_reader", _Reader(self.source, self.column))

    def content(self, row: int) -> bytes:
        """Return a picture as it was saved.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        bytes

        Raises
        ------
        SourceError
            The picture is not there; the file cannot be read.
        AccessError
            The file has become a link.
        """
        number = range(len(self))[row]
        found = self._reader.read(number)
        if found is None:
            raise SourceError(f"Picture '{self.paths[number]}' is not there: the file holds no bytes of it.")
        return found


def read_cells(file: Path, column: str, member: str, rows: int = ROWS) -> Iterator[list[Any]]:
    """Read a member of a column of structs, without holding more than a few rows.

    Parameters
    ----------
    file : Path
        A stream of Arrow.
    column : str
        Of the structs.
    member : str
        Of each struct.
    rows : int
        At once.

    Yields
    ------
    list
        Of some rows, in order; None where there is no value.

    Raises
    ------
    OSError, pyarrow.ArrowException
        The file cannot be read.
    """
    with pa.memory_map(str(file)) as mapped, pa.ipc.open_stream(mapped) as stream:
        for batch in stream:
            cells = pc.struct_field(batch.column(column), member)
            for first in range(0, len(cells), rows):
                yield cells.slice(first, rows).to_pylist()


class _Reader:
    """Reads the bytes of a row where they stand in the mapped file.

    Parameters
    ----------
    file : Path
    column : str
    """

    def __init__(self, file: Path, column: str) -> None:
        self._file, self._column = file, column
        self._lock = Lock()
        self._cells: list[Any] | None = None
        self._ends: list[int] = []

    def read(self, row: int) -> bytes | None:
        """Return the bytes of a row.

        Raises
        ------
        SourceError
            The file cannot be read any more.
        AccessError
            It has become a link.
        """
        with self._lock:
            try:
                cells = self._cells or self._open()
            except (OSError, pa.ArrowException) as error:
                reason = str(error).splitlines()[0]
                raise SourceError(f"'{self._file}' cannot be read any more ({reason}). Open it again.") from error
        batch = bisect_right(self._ends, row)
        if batch == len(cells):
            raise SourceError(f"'{self._file}' cannot be read any more (it has fewer rows). Open it again.")
        found: bytes | None = cells[batch][row - (self._ends[batch - 1] if batch else 0)].as_py()
        return found

    def _open(self) -> list[Any]:
        if resolve_links(self._file) != str(self._file):
            raise AccessError(f"'{self._file}' has become a link. Open the file that it leads to.")
        with pa.ipc.open_stream(pa.memory_map(str(self._file))) as stream:
            self._cells = [pc.struct_field(batch.column(self._column), "bytes") for batch in stream]
        self._ends = list(accumulate(map(len, self._cells)))
        return self._cells
