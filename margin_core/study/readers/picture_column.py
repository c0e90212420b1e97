"""The column of a table that lists pictures, when the user does not name it."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pyarrow as pa

from margin_core.study.readers.column_table import ColumnTable
from margin_core.study.readers.picture_paths import find_files, has_picture_name, is_remote, to_local_path
from margin_core.study.samples import ReadRequest

PICTURES = frozenset(
    {"file", "filename", "file_name", "filepath", "file_path", "path", "image", "image_id", "image_name", "image_file",
     "image_path", "image_url", "img", "img_id", "img_name", "img_path", "picture", "photo"}
)  # fmt: skip
"""Columns, in lower case, whose values may name pictures without a suffix."""

_MAX_VALUES_READ = 100
"""Values by which a column of pictures is recognized."""


def find_picture_column(request: ReadRequest, table: ColumnTable, names: Sequence[str]) -> str | None:
    """Return the first column that lists pictures: by their suffix, or by a usual name and files that are there.

    Parameters
    ----------
    request : ReadRequest
        Of the table.
    table : ColumnTable
    names : sequence of str
        Columns that come into question.

    Returns
    -------
    str or None
        None where no column lists pictures.
    """
    by_suffix = (name for name in names if _have_suffixes(table, name))
    by_name = (name for name in names if name.strip().lower() in PICTURES and name_pictures(request, table, name))
    return next(by_suffix, None) or next(by_name, None)


def name_pictures(request: ReadRequest, table: ColumnTable, name: str) -> bool:
    """Return whether most values of a column name pictures that lie below the folder of the table.

    Parameters
    ----------
    request : ReadRequest
        Of the table.
    table : ColumnTable
    name : str
        Of the column.

    Returns
    -------
    bool
        True for addresses of pictures on other servers, too.
    """
    if pa.types.is_floating(table.columns[name].type):
        return False
    values = [to_local_path(value) for value in _first_values(table, name)]
    if not values:
        return False
    if sum(map(is_remote, values)) * 2 > len(values):
        return True
    root = request.path.parent
    found = find_files(values, root, request.roots)
    there = len(found.moved) + len(found.several)
    there += sum(map(os.path.isfile, (os.path.join(root, path) for path in values)))
    return there * 2 > len(values)


def _have_suffixes(table: ColumnTable, name: str) -> bool:
    if not pa.types.is_string(table.columns[name].type):
        return False
    values = _first_values(table, name)
    return sum(map(has_picture_name, values)) * 2 > len(values)


def _first_values(table: ColumnTable, name: str) -> list[str]:
    values = table.columns[name].slice(0, _MAX_VALUES_READ).cast(pa.string()).to_pylist()
    return [value for value in values if value and value.strip()]
