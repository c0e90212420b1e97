"""The names of the columns of a source, before anything else of it is read."""

from __future__ import annotations

import csv
import json
import zipfile
import zlib
from pathlib import Path

from margin_core.errors import SourceError
from margin_core.study.readers.table_suffixes import MANIFESTS, PARQUET, WORKBOOK

LINES_OF_JSON, ARRAYS = ".jsonl", ".npz"


def read_column_names(path: Path, sheet: str | None = None) -> tuple[str, ...]:
    """Return the names of the columns of a table, or of the arrays of an ``.npz``.

    Parameters
    ----------
    path : Path
        A source that may be opened.
    sheet : str, optional
        Of a workbook; default: the first.

    Returns
    -------
    tuple of str
        In the order of the file; none where the source has no columns or cannot be read: opening it says why.
    """
    name = path.name.lower()
    if not path.is_file() or not name.endswith((*MANIFESTS, ARRAYS)):
        return ()
    # pyarrow is slow to import, and its errors are of many classes
    import pyarrow as pa
    import pyarrow.parquet as pa_parquet

    from margin_core.study.readers.text_table import read_names

    try:
        if name.endswith(ARRAYS):
            with zipfile.ZipFile(path) as archive:
                return tuple(member.removesuffix(".npy") for member in archive.namelist())
        if name.endswith(PARQUET):
            return tuple(pa_parquet.read_schema(path).names)
        if name.endswith(LINES_OF_JSON):
            with path.open(encoding="utf-8") as lines:
                return tuple(map(str, json.loads(lines.readline())))
        return tuple(read_names(path, sheet))
    except (OSError, EOFError, ValueError, TypeError, csv.Error, zlib.error, zipfile.BadZipFile, pa.ArrowException):
        return ()
    except SourceError:
        return ()


def read_sheets(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook.

    Parameters
    ----------
    path : Path
        A source that may be opened.

    Returns
    -------
    tuple of str
        In their order; none where the source is no workbook or cannot be read: opening it says why.
    """
    from margin_core.study.readers.excel_table import read_sheet_names

    if not path.is_file() or path.suffix.lower() != WORKBOOK:
        return ()
    try:
        return read_sheet_names(path)
    except (OSError, SourceError):
        return ()
