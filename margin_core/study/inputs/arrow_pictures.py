"""Pictures in a column of a stream of Arrow, as Datasets saves it to disk; the file is mapped, not unpacked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from margin_core.errors import AccessError, SourceError
from margin_core.study.inputs.column_pictures import CellReader, ColumnPictures
from margin_core.study.roots import resolve_links

ROWS_PER_READ = 16
"""Rows that are read at once for the digests."""


@dataclass(frozen=True, eq=False)
class ArrowPictures(ColumnPictures):
    """Pictures by row of a stream of Arrow with a struct of ``bytes`` and ``path``; see `ColumnPictures`."""

    def open_reader(self) -> CellReader:
        """Return what reads the rows of the file; nothing is read yet.

        Returns
        -------
        CellReader
        """
        return _Reader(self.source, self.column)


def read_cells(file: Path, column: str, member: str, rows: int = ROWS_PER_READ) -> Iterator[list[Any]]:
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
