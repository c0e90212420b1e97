"""The first sheet of an Excel workbook as the lines of a text table, which is then read like any other."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

from margin_core.errors import SourceError
from margin_core.study.notes import Note, loss
from margin_core.study.samples import counted, listed

SUFFIX = ".xlsx"

MAX_UNPACKED = 1 << 30
"""Bytes that a workbook, which is a zip archive, may unpack to."""

_NAMES_AFTER = 50
"""Rows in which the names of the columns are looked for."""


def read_excel_lines(path: Path, rows: int | None = None) -> tuple[bytes, tuple[Note, ...]]:
    """Return the first sheet of a workbook as comma-separated text.

    Parameters
    ----------
    path : Path
    rows : int, optional
        So many from above; default: all.

    Returns
    -------
    content : bytes
        UTF-8. Formulas are the values that Excel saved for them.
    notes : tuple of Note
        Of the other sheets that hold something.

    Raises
    ------
    SourceError
        The package openpyxl is not installed, or the file is no workbook or a damaged or protected one.
    """
    import pandas as pd  # slow to import, and few sources need it

    _check_size(path)
    try:
        # Of styles and validations that openpyxl does not know.
        with warnings.catch_warnings(action="ignore"), pd.ExcelFile(path, engine="openpyxl") as book:
            sheets = [str(name) for name in book.sheet_names]
            cells = book.parse(0, header=None, dtype=object, nrows=rows, keep_default_na=False, na_values=[])
            # Excel used to add empty ones to a new workbook.
            left = [name for name in sheets[1:] if not book.parse(name, header=None, nrows=1).empty]
    except ImportError:
        raise SourceError(
            f"'{path}' needs the package openpyxl. Run: pip install 'margin-dashboard[xlsx]', or save the sheet as CSV."
        ) from None
    except Exception as error:  # openpyxl meets damaged workbooks with almost any exception there is.
        raise _unreadable(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(_texts(cells.itertuples(index=False, name=None)))
    return stream.getvalue().encode(), tuple(_notes(sheets[0], left))


def read_excel_names(path: Path) -> bytes:
    """Return the first rows of the first sheet of a workbook as comma-separated text.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bytes

    Raises
    ------
    SourceError
        As for `read_excel_lines`.
    """
    return read_excel_lines(path, _NAMES_AFTER)[0]


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        raise _unreadable(path, "it is no workbook, or one with a password") from None
    if unpacked > MAX_UNPACKED:
        raise SourceError(f"'{path}' unpacks to more than 1 GB. Save the sheet as CSV or Parquet.")


def _unreadable(path: Path, reason: str) -> SourceError:
    return SourceError(f"'{path}' cannot be read: {reason.rstrip('.')}. Save the sheet again, or as CSV.")


def _notes(first: str, others: list[str]) -> Iterator[Note]:
    if others:
        sheets = f"{counted(len(others), 'other sheet')} left out ({listed(others)})"
        yield loss(
            f"Read is the first sheet, '{first}'; {sheets}. To read another, move it to the front, or save it as CSV."
        )


def _texts(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[str]]:
    """Yield rows of cells as they would be written to a text table, but for empty ones."""
    written = ([_text(cell) for cell in row] for row in rows)
    return (row for row in written if any(row))


def _text(cell: Any) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # Excel knows no whole numbers
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return str(cell)
