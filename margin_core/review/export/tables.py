"""Tables as files: CSV that is safe to open in a spreadsheet, Parquet, JSON lines.

In CSV, texts that a spreadsheet would run are marked (`margin_core.storage.csv_text`). Control characters inside a text
stay: every text is quoted, and read back as it was written. Numbers are left alone, and so are Parquet and JSON lines,
which nothing runs.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from margin_core.errors import ReviewError
from margin_core.storage.archive import atomic_write
from margin_core.storage.csv_text import from_csv_text, to_csv_text

if TYPE_CHECKING:
    import pandas as pd


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV with formulas neutralized; missing values are empty, times ISO 8601 in UTC.

    Parameters
    ----------
    frame : DataFrame
    path : Path
    """
    import pandas as pd  # slow to import, and only tables need it

    safe = frame.copy()
    for name in safe.columns:
        if isinstance(safe[name].dtype, pd.DatetimeTZDtype):
            safe[name] = safe[name].map(pd.Timestamp.isoformat, na_action="ignore")
        elif not pd.api.types.is_numeric_dtype(safe[name].dtype):
            safe[name] = safe[name].map(lambda text: to_csv_text(str(text)), na_action="ignore")
    with atomic_write(path) as scratch:
        # Every text in quotes: one that holds a carriage return would otherwise end its row for some readers.
        safe.to_csv(
            scratch, index=False, encoding="utf-8", errors="surrogateescape", lineterminator="\n",
            quoting=csv.QUOTE_NONNUMERIC,
        )  # fmt: skip


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet, with its types and its texts as they are.

    Parameters
    ----------
    frame : DataFrame
    path : Path
    """
    with atomic_write(path) as scratch:
        frame.to_parquet(scratch, index=False)


def write_json_lines(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as one JSON object a line; missing values are null, times ISO 8601 in UTC.

    Parameters
    ----------
    frame : DataFrame
    path : Path
    """
    plain = frame.astype(object).where(frame.notna(), None)
    with atomic_write(path) as scratch, scratch.open("w", encoding="utf-8", newline="\n") as stream:
        for row in plain.to_dict("records"):
            stream.write(json.dumps(row, ensure_ascii=False, default=datetime.isoformat) + "\n")


def read_table(path: Path) -> pd.DataFrame:
    """Read a table as text, by the suffix of its name.

    Parameters
    ----------
    path : Path

    Returns
    -------
    DataFrame
        All columns text; missing values are empty.

    Raises
    ------
    ReviewError
        No such file, another suffix than .csv, .parquet or .jsonl, or not readable as that.
    """
    import pandas as pd  # slow to import, and only tables need it

    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": _read_csv,
        ".parquet": pd.read_parquet,
        ".jsonl": _read_json_lines,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ReviewError(f"'{path.name}': decisions are read from .csv, .parquet or .jsonl. Save the table as one.")
    try:
        frame = reader(path)
    except FileNotFoundError:
        raise ReviewError(f"There is no file '{path}'. Check the path.") from None
    except (OSError, ValueError) as error:  # pandas, pyarrow and json all raise kinds of ValueError.
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ReviewError(f"'{path}' cannot be read as {path.suffix}: {reason}. Save it again.") from error
    return as_texts(frame)


def as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with every value as the text that it had in a file.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    DataFrame
        All columns text; missing values are empty.
    """
    texts: pd.DataFrame = frame.astype(object).where(frame.notna(), "").map(as_text)
    return texts


def as_text(value: object) -> str:
    """Return a value of a table as the text that it had in a file.

    Parameters
    ----------
    value : object
        Not missing.

    Returns
    -------
    str
        Times ISO 8601; a float that is a whole number without its point.
    """
    if isinstance(value, datetime):
        return value.isoformat()
    # A column of whole numbers with a gap comes as floats; class 3 is still "3".
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _read_csv(path: Path) -> pd.DataFrame:
    import pandas as pd  # slow to import, and only tables need it

    # dtype and na_filter: the ids "007" and "NA" are what they look like.
    as_written: Any = {"dtype": str, "na_filter": False, "encoding": "utf-8-sig", "encoding_errors": "surrogateescape"}
    header = pd.read_csv(path, header=None, nrows=1, **as_written)
    frame = pd.read_csv(path, **as_written)
    # pandas renames the second of two columns of one name, so that nobody would see that there are two.
    if header.shape[1] == frame.shape[1]:
        frame.columns = header.iloc[0].tolist()
    texts: pd.DataFrame = frame.map(from_csv_text)
    return texts


def _read_json_lines(path: Path) -> pd.DataFrame:
    import pandas as pd  # slow to import, and only tables need it

    with path.open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream if line.strip()]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("every line must be one JSON object")
    return pd.DataFrame(rows, dtype=object)
