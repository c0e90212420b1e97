"""A sheet of an Excel workbook as the lines of a text table, which is then read like any other."""

from __future__ import annotations

import csv
import io
import shlex
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from margin_core.errors import SourceError
from margin_core.study.notes import Note, assumption, loss, read
from margin_core.study.readers.table_suffixes import WORKBOOK
from margin_core.study.samples import counted, listed_columns

MAX_UNPACKED = 1 << 30
"""Bytes that a workbook, which is a zip archive, may unpack to."""

_NAMES_AFTER = 50
"""Rows in which the names of the columns are looked for."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    content : bytes
        Comma-separated, in UTF-8. Formulas are the values that Excel saved for them.
    name : str
    others : tuple of str
        The other sheets that hold something, in the order of the workbook.
    notes : tuple of Note
        Which sheet this is, where it is one of several or was named.
    """

    content: bytes
    name: str
    others: tuple[str, ...]
    notes: tuple[Note, ...]


def read_excel_sheet(path: Path, name: str | None = None, rows: int | None = None) -> Sheet:
    """Read a sheet of a workbook.

    Parameters
    ----------
    path : Path
    name : str, optional
        Of the sheet; default: the first.
    rows : int, optional
        So many from above; default: all.

    Returns
    -------
    Sheet

    Raises
    ------
    SourceError
        There is no such sheet, the first one has no rows and others hold something, the package openpyxl is not
        installed, or the file is no workbook or a damaged or protected one.
    """
    with _opened(path) as book:
        sheets = [str(sheet) for sheet in book.sheet_names]
        if name is not None and name not in sheets:
            raise SourceError(
                f"'{path}' has no sheet '{name}'. Name one of these with --sheet: {listed_sheets(sheets)}."
            )
        chosen = sheets[0] if name is None else name
        cells = book.parse(chosen, header=None, dtype=object, nrows=rows, keep_default_na=False, na_values=[])
        # Excel used to add empty ones to a new workbook.
        others = [sheet for sheet in sheets if sheet != chosen and not book.parse(sheet, header=None, nrows=1).empty]
        if name is None and cells.empty and others:
            raise SourceError(
                f"'{path}': its first sheet, '{chosen}', is empty. Name another with --sheet: {listed_sheets(others)}."
            )
    lines = list(_texts(cells.itertuples(index=False, name=None)))
    titles = _count_titles(lines)
    if name is None and others and len(lines) - titles < 2:
        raise SourceError(
            f"'{path}': its first sheet, '{chosen}', has no rows below the names of columns. Name another with "
            f"--sheet: {listed_sheets(others)}."
        )
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(lines[titles:])
    notes = list(_notes(chosen, others, name is not None))
    if titles:
        notes.append(assumption(f"{counted(titles, 'line')} above the names of the columns left out."))
    return Sheet(stream.getvalue().encode(), chosen, tuple(others), tuple(notes))


def listed_sheets(names: Sequence[str]) -> str:
    """Return the names of sheets as they are written behind ``--sheet``.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    str
        Separated by commas; in quotes where a shell needs them.
    """
    return ", ".join(map(shlex.quote, names))


def _count_titles(lines: Sequence[Sequence[str]]) -> int:
    """Return how many lines at the top are titles: of one cell, above a table of several columns."""
    filled = [[column for column, cell in enumerate(line) if cell] for line in lines]
    left = min((columns[0] for columns in filled), default=0)
    # A single name elsewhere is a header: that of the first column is left empty, as pandas does for an index.
    table = (number for number, columns in enumerate(filled) if len(columns) > 1 or columns[0] != left)
    return next(table, 0)


def has_no_sheets(path: Path) -> SourceError:
    """Return the error for a sheet that is named of what is no workbook.

    Parameters
    ----------
    path : Path

    Returns
    -------
    SourceError
        To be raised.
    """
    return SourceError(f"'{path}' is no workbook ({WORKBOOK}), so --sheet has nothing to name. Leave it out.")


def read_sheet_names(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook.

    Parameters
    ----------
    path : Path

    Returns
    -------
    tuple of str
        In their order.

    Raises
    ------
    SourceError
        The package openpyxl is not installed, or the file is no workbook or a damaged or protected one.
    """
    with _opened(path) as book:
        return tuple(str(sheet) for sheet in book.sheet_names)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a workbook; what cannot be read of it is an error in one sentence."""
    import pandas as pd  # slow to import, and few sources need it

    _check_size(path)
    try:
        # Of styles and validations that openpyxl does not know.
        with warnings.catch_warnings(action="ignore"), pd.ExcelFile(path, engine="openpyxl") as book:
            yield book
    except SourceError:
        raise
    except ImportError:
        raise SourceError(
            f"'{path}' needs the package openpyxl. Run: pip install 'margin-dashboard[xlsx]', or save the sheet as CSV."
        ) from None
    except Exception as error:  # openpyxl meets damaged workbooks with almost any exception there is.
        raise _unreadable(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def read_excel_names(path: Path, sheet: str | None = None) -> bytes:
    """Return the first rows of a sheet of a workbook as comma-separated text.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        Default: the first.

    Returns
    -------
    bytes

    Raises
    ------
    SourceError
        As for `read_excel_sheet`.
    """
    return read_excel_sheet(path, sheet, _NAMES_AFTER).content


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


def _notes(name: str, others: list[str], is_chosen: bool) -> Iterator[Note]:
    left = f"{counted(len(others), 'other sheet')} left out ({listed_columns(others)})"
    if is_chosen:
        yield read(f"Read is the sheet '{name}', as chosen" + (f"; {left}." if others else "."))
    elif others:
        yield loss(
            f"Read is the first sheet, '{name}'; {left}. To read another, choose --sheet {shlex.quote(others[0])}."
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
