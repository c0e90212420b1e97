r"""A text file as a table of columns, however it was saved: its encoding, delimiter and header are found.

Read are UTF-8, UTF-16, UTF-32 and Windows-1252; commas, semicolons, tabs and bars; gzip; ``\n``, ``\r\n`` and
``\r``; blank and ``#`` lines and Excel's ``sep=;`` above the header; blanks around names and values; trailing columns
without a name; texts with the mark that exports put before formulas, ``'-1``.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from margin_core.errors import SourceError
from margin_core.storage.csv_text import MARKED, UNMARKED
from margin_core.storage.file_content import FALLBACK_ENCODING, describe_begin
from margin_core.study.notes import Note, assumption
from margin_core.study.readers.doubtful_decimals import find_doubtful_decimal
from margin_core.study.readers.excel_table import read_excel_names
from margin_core.study.readers.line_errors import find_uneven_line
from margin_core.study.readers.table_suffixes import WORKBOOK
from margin_core.study.samples import counted, listed_columns

DELIMITERS = (",", ";", "\t", "|")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZEROS = {"utf-32-le": (1, 2, 3), "utf-32-be": (0, 1, 2), "utf-16-le": (1, 3), "utf-16-be": (0, 2)}
"""Places of four bytes that are zero in a text of Latin letters and digits."""
_MANY_ZEROS = 0.6
_NO_BLANK = re.compile(rb"\S")
_GZIP = b"\x1f\x8b"
_LINES_LOOKED_AT = 50
_HEAD = 1 << 16
"""Bytes in which the header and the delimiter are looked for."""
_MAX_UNPACKED = 4 << 30
"""Bytes that a ``.gz`` may unpack to."""


@dataclass(frozen=True, eq=False)
class TextTable:
    """Columns of texts, and how they were found.

    Attributes
    ----------
    columns : dict of str to array
        By name, in the order of the file.
    delimiter : str
    notes : tuple of Note
    """

    columns: dict[str, pa.ChunkedArray]
    delimiter: str
    notes: tuple[Note, ...]


def read_text_table(path: Path, as_text: Collection[str] = (), missing: Collection[str] = ("",)) -> TextTable:
    """Read a text file as columns of numbers, booleans, dates and texts.

    Parameters
    ----------
    path : Path
    as_text : collection of str
        Columns, in lower case, that stay texts whatever they hold, so that an id ``007`` keeps its zeros.
    missing : collection of str
        Texts that mean a missing number.

    Returns
    -------
    TextTable
        No column where there is no line below the header.

    Raises
    ------
    SourceError
        A column is repeated.
    OSError, UnicodeDecodeError, csv.Error, pyarrow.ArrowException
        The file cannot be read.

    Notes
    -----
    Columns are typed while they are parsed; only where a later value does not fit the first ones is everything read
    again as text.
    """
    content, notes = _as_utf8(path, _unpacked(path))
    table = parse_text_table(path, content, as_text, missing, notes)
    marked = [name for name, column in table.columns.items() if _is_marked(column)]
    if not marked:
        return table
    plain = {name: pc.replace_substring_regex(table.columns[name], MARKED, r"\1") for name in marked}
    names = listed_columns(marked)
    note = assumption(f"The apostrophe that marks '=', '+', '-' or '@' as text is left out in {names}.")
    return replace(table, columns=table.columns | plain, notes=(*table.notes, note))


def _is_marked(column: pa.ChunkedArray) -> bool:
    """Return whether a column holds texts with the mark of `to_csv_text`, and none that should have it and has not."""
    if not pa.types.is_string(column.type) or not pc.any(pc.match_substring_regex(column, MARKED)).as_py():
        return False
    return not pc.any(pc.match_substring_regex(column, UNMARKED)).as_py()


def parse_text_table(
    path: Path,
    content: bytes,
    as_text: Collection[str],
    missing: Collection[str],
    notes: Iterable[Note] = (),
    delimiter: str = "",
) -> TextTable:
    r"""Return the columns of the text of a table.

    Parameters
    ----------
    path : Path
        Where it comes from, for messages.
    content : bytes
        UTF-8, with ``\n`` at the end of lines.
    as_text, missing
        As for `read_text_table`.
    notes : iterable of Note
        Of what was done before.
    delimiter : str
        Empty: it is looked for.

    Returns
    -------
    TextTable

    Raises
    ------
    SourceError, UnicodeDecodeError, csv.Error, pyarrow.ArrowException
        As for `read_text_table`.
    """
    notes = list(notes)
    head = content[:_HEAD].decode(errors="ignore")
    lines = head.split("\n", _LINES_LOOKED_AT)
    start, named = _preamble(lines)
    delimiter = delimiter or named
    if start:
        notes.append(assumption(f"{counted(start, 'line')} above the names of the columns left out."))
        content = content[len("\n".join(lines[:start]).encode()) + 1 :]
    below = content.find(b"\n")
    if below < 0 or _NO_BLANK.search(content, below) is None:
        return TextTable({}, delimiter or ",", tuple(notes))
    head = content[:_HEAD].decode(errors="ignore")
    delimiter, header = _header(head, delimiter, path)
    names = _names(path, header)
    texts = [name for name in names if name.lower() in as_text]
    try:
        columns = _parsed(content, names, delimiter, texts, missing)
    except pa.ArrowInvalid:
        try:
            columns = _parsed(content, names, delimiter, names, missing)
        except pa.ArrowInvalid as error:
            raise find_uneven_line(path, content, delimiter, len(names), start) or error from None
    for name, given in zip(names, header, strict=True):
        if not given and columns[name].null_count == len(columns[name]):
            del columns[name]  # Excel writes columns without a name that hold nothing.
    notes += _notes_of_dots(content, columns, delimiter, names, missing)
    return TextTable(columns, delimiter, tuple(notes))


def _notes_of_dots(
    content: bytes, columns: dict[str, pa.ChunkedArray], delimiter: str, names: list[str], missing: Collection[str]
) -> Iterable[Note]:
    """Yield which columns of numbers have dots that could as well divide thousands: all have three digits behind."""
    doubtful = [name for name, column in columns.items() if _has_thousandths(column)]
    head = content[:_HEAD]
    head = head[: head.rfind(b"\n") + 1] if len(content) > _HEAD else head
    if not doubtful or not head:
        return
    try:
        texts = _parsed(head, names, delimiter, names, missing)
    except pa.ArrowInvalid:  # a value goes over the end of the head
        return
    found = {
        name: find_doubtful_decimal(pa.array(texts[name].drop_null().to_pylist(), pa.string())) for name in doubtful
    }
    found = {name: text for name, text in found.items() if text}
    if found:
        first, where = next(iter(found.values())), listed_columns(list(found))
        yield assumption(
            f"The dot is read as a decimal point ('{first}' is {float(first):g}) in {where}. If it divides thousands "
            "there, write the numbers without it."
        )


def _has_thousandths(column: pa.ChunkedArray) -> bool:
    """Return whether numbers are all below 1,000, have three digits behind the point at most, and some have any."""
    if not pa.types.is_floating(column.type):
        return False
    for some in (column.slice(0, _LINES_LOOKED_AT), column):
        values = np.abs(some.drop_null().to_numpy())
        if (
            not len(values)
            or not (values < 1000).all()
            or (np.abs(values * 1000 - np.rint(values * 1000)) > 1e-6).any()
        ):
            return False
    return True


def _parsed(
    content: bytes, names: list[str], delimiter: str, texts: list[str], missing: Collection[str]
) -> dict[str, pa.ChunkedArray]:
    table = pa_csv.read_csv(
        pa.BufferReader(content),
        read_options=pa_csv.ReadOptions(column_names=names, skip_rows_after_names=1),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(texts, pa.string()), strings_can_be_null=False, null_values=list(missing)
        ),
    )
    # In one piece, so that columns of numbers need not be copied where they are looked at.
    return dict(zip(names, table.combine_chunks().columns, strict=True))


def read_names(path: Path, sheet: str | None = None) -> list[str]:
    """Return the names of the columns of a text file; only its beginning is read.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        Of a workbook; default: the first.

    Returns
    -------
    list of str

    Raises
    ------
    SourceError
        A column is repeated.
    OSError, EOFError, UnicodeDecodeError, csv.Error
        The file cannot be read.
    """
    if path.suffix.lower() == WORKBOOK:
        lines = read_excel_names(path, sheet).decode().split("\n")
        return _names(path, _header("\n".join(lines[_preamble(lines)[0] :]), ",", path)[1])
    with path.open("rb") as stream:
        begin = stream.read(_HEAD)
    if begin[:2] == _GZIP:
        with gzip.open(path) as unpacked:
            begin = unpacked.read(_HEAD)
    if len(begin) == _HEAD and b"\n" in begin:
        begin = begin[: begin.rindex(b"\n")]  # The last line may end within a letter.
    lines = _as_utf8(path, begin)[0].decode(errors="ignore").split("\n")
    start, delimiter = _preamble(lines[:_LINES_LOOKED_AT])
    return _names(path, _header("\n".join(lines[start:]), delimiter, path)[1])


def _header(head: str, delimiter: str, path: Path) -> tuple[str, list[str]]:
    """Return the delimiter, which is looked for unless it is named already, and what stands in the first line."""
    delimiter = delimiter or _delimiter(head.split("\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT], path)
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True)
    return delimiter, [name.strip() for name in next(rows, [])]


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if content[:2] == _GZIP:
        with gzip.open(io.BytesIO(content)) as stream:
            content = stream.read(_MAX_UNPACKED + 1)
        if len(content) > _MAX_UNPACKED:
            raise SourceError(f"'{path}' unpacks to more than 4 GB. Unpack it, and open the table.")
    if found := describe_begin(path, content, is_text=True):
        raise SourceError(found)
    return content


def _as_utf8(path: Path, content: bytes) -> tuple[bytes, list[Note]]:
    r"""Return what a file holds in UTF-8 with ``\n`` at the end of lines, and what was assumed."""
    notes: list[Note] = []
    mark, encoding = next((pair for pair in _BYTE_ORDER_MARKS if content.startswith(pair[0])), (b"", "utf-8"))
    if not mark and b"\0" in content[:_HEAD]:
        encoding = _wide_encoding(content[:_HEAD])
        if not encoding:
            raise SourceError(f"'{path}' has bytes of zero in it, so it is no text. Save the table as UTF-8 text.")
        notes.append(assumption(f"The file has no byte order mark; it was read as {encoding.upper()}."))
    if encoding.startswith(("utf-16", "utf-32")):
        content = content.decode(encoding).encode()
    else:
        content = content[len(mark) :]
        try:
            content.decode()
        except UnicodeDecodeError:
            if b"\0" in content:
                raise
            content = content.decode(FALLBACK_ENCODING).encode()
            notes.append(assumption("The file is not UTF-8; it was read as Windows-1252."))
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    return content, notes


def _wide_encoding(head: bytes) -> str:
    """Return the encoding of a text with two or four bytes a letter, by where bytes of zero stand; empty if it is none.

    Names of columns, delimiters and digits have one byte that is not zero.
    """
    are_zero = np.frombuffer(head, np.uint8) == 0
    if len(are_zero) < 4:
        return ""
    share = [float(are_zero[place::4].mean()) for place in range(4)]
    for encoding, zeros in _ZEROS.items():
        usual = [share[place] for place in zeros]
        others = [share[place] for place in range(4) if place not in zeros]
        if min(usual) > _MANY_ZEROS and max(others) < 1 - _MANY_ZEROS:
            return encoding
    return ""


def _preamble(lines: list[str]) -> tuple[int, str]:
    """Return how many lines stand above the header, and the delimiter that one of them names."""
    delimiter = ""
    for start, line in enumerate(lines):
        bare = line.strip().strip('"')
        if bare.lower().startswith("sep=") and len(bare) == 5:
            delimiter = bare[4]
        elif bare.strip(",;|") and not bare.startswith("#"):
            return start, delimiter
    return 0, delimiter


def _delimiter(lines: list[str], path: Path) -> str:
    """Return the delimiter that splits the lines most evenly: into as many values as the header has names."""
    if path.suffix.lower() == ".tsv":
        return "\t"

    def score(delimiter: str) -> tuple[float, int]:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        widths = Counter(map(len, rows))
        wide = len(rows[0]) if rows else 1
        return (widths[wide] / len(rows) if wide > 1 else 0.0, wide)

    return max(DELIMITERS, key=score)


def _names(path: Path, header: list[str]) -> list[str]:
    """Return a name for every column; one without gets that which pandas gives it."""
    names = [name or f"Unnamed: {place}" for place, name in enumerate(header)]
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise SourceError(
            f"'{path}' has {names.count(repeated[0])} columns '{repeated[0]}'. Give each a name of its own."
        )
    return names
