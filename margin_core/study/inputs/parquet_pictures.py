"""Pictures in a column of a Parquet file, each read when it is needed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pa_parquet
from cachetools import LRUCache

from margin_core.errors import AccessError, SourceError
from margin_core.study.inputs.column_pictures import CellReader, ColumnPictures
from margin_core.study.roots import resolve_links

ROWS_PER_READ = 16
"""Rows that are read at once; pages of the file, which hold more, are unpacked one after the other."""

MAX_BATCHES = 4
"""Batches that are remembered: several threads read the rows of one batch for a model in nearly their order."""

_BUFFER = 1 << 20
"""Bytes of a column that are read at once; without a buffer, pyarrow reads all of a row group."""


@dataclass(frozen=True, eq=False)
class ParquetPictures(ColumnPictures):
    """Pictures by row of a Parquet file with a struct of ``bytes`` and ``path``; see `ColumnPictures`."""

    def open_reader(self) -> CellReader:
        """Return what reads the rows of the file; nothing is read yet.

        Returns
        -------
        CellReader
        """
        return _Reader(self.source, self.column)


def read_cells(file: Path, column: str, member: str, rows: int = ROWS_PER_READ) -> Iterator[list[Any]]:
    """Read a member of a column of structs, without holding more than a batch.

    Parameters
    ----------
    file : Path
        A Parquet file.
    column : str
        Of the structs.
    member : str
        Of each struct.
    rows : int
        Rows of a batch.

    Yields
    ------
    list
        Of one batch, in order; None where there is no value.

    Raises
    ------
    OSError, pyarrow.ArrowException
        The file cannot be read.
    """
    with _open(file) as parquet:
        for group in range(parquet.num_row_groups):
            yield from _cells(parquet, group, column, member, rows)


def _open(file: Path) -> pa_parquet.ParquetFile:
    return pa_parquet.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)


def _cells(parquet: pa_parquet.ParquetFile, group: int, column: str, member: str, rows: int) -> Iterator[list[Any]]:
    batches = parquet.iter_batches(rows, row_groups=[group], columns=[f"{column}.{member}"], use_threads=False)
    for batch in batches:
        yield [None if cell is None else cell[member] for cell in batch.column(0).to_pylist()]


class _Reader:
    """Reads the bytes of one row after the other; going on is cheap, going back begins a row group again.

    Parameters
    ----------
    file : Path
    column : str
    """

    def __init__(self, file: Path, column: str) -> None:
        self._file, self._column = file, column
        self._lock = Lock()
        self._parquet: pa_parquet.ParquetFile | None = None
        self._ends: list[int] = []
        self._remembered: LRUCache[tuple[int, int], list[bytes | None]] = LRUCache(MAX_BATCHES)
        self._group, self._next = -1, 0
        self._batches: Iterator[list[bytes | None]] = iter(())

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
                return self._read(row)
            except (OSError, StopIteration, pa.ArrowException) as error:
                self._parquet, self._group = None, -1
                reason = str(error).splitlines()[0] if str(error) else "it has fewer rows than before"
                raise SourceError(f"'{self._file}' cannot be read any more ({reason}). Open it again.") from error

    def _read(self, row: int) -> bytes | None:
        if self._parquet is None:
            if resolve_links(self._file) != str(self._file):
                raise AccessError(f"'{self._file}' has become a link. Open the file that it leads to.")
            self._parquet = _open(self._file)
            about = self._parquet.metadata
            self._ends = list(accumulate(about.row_group(group).num_rows for group in range(about.num_row_groups)))
            self._remembered.clear()
        group = bisect_right(self._ends, row)
        if group == len(self._ends):
            raise StopIteration
        batch, place = divmod(row - (self._ends[group - 1] if group else 0), ROWS_PER_READ)
        if (group, batch) not in self._remembered:
            if group != self._group or batch < self._next:
                self._group, self._next = group, 0
                self._batches = _cells(self._parquet, group, self._column, "bytes", ROWS_PER_READ)
            while self._next <= batch:
                cells = next(self._batches)
                self._remembered[group, self._next] = cells
                self._next += 1
        return self._remembered[group, batch][place]
