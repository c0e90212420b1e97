"""A zip archive of class folders of pictures, of pictures and the table of their labels, or of one table.

::

    pets.zip: cat/1.jpg, cat/2.jpg, dog/1.jpg            houses.csv.zip: houses.csv
    pets.zip: images/1.jpg, images/2.jpg, labels.csv
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from margin_core.errors import MarginError, SourceError
from margin_core.study.inputs.pictures import EncodedPictures, is_picture, starts_as_picture
from margin_core.study.readers.archive_members import ZIP, Members, list_members
from margin_core.study.readers.class_folders import find_class_folders
from margin_core.study.readers.exports import SUFFIXES as EXPORTS
from margin_core.study.readers.exports import is_export_document
from margin_core.study.readers.label_tables import is_table_of_labels
from margin_core.study.readers.labels_file import join_labels
from margin_core.study.readers.table_suffixes import MANIFESTS
from margin_core.study.samples import ReadRequest, Samples, check_no_columns, counted, listed

SUFFIXES = (ZIP,)

_MAX_EXPORTS = 10
"""Files that may be exports are looked into until so many are none."""


def read_zip(request: ReadRequest) -> Samples:
    """Read a zip archive.

    Parameters
    ----------
    request : ReadRequest
        Its path is the archive.

    Returns
    -------
    Samples
        Pictures are named by their paths in the archive, and labeled by their folders as those of a folder are;
        they stay in the archive, and each is read when it is needed. Where they lie in no two class folders, and a
        table beside them holds labels, it names them. Without a picture, those of the one table.

    Raises
    ------
    SourceError
        The archive is damaged, holds neither pictures nor one table, or several tables of labels.
    """
    path = request.path
    members = list_members(request, [path])
    rows = [row for row, name in enumerate(members.names) if _is_picture(members, row, name)]
    tables = [row for row, name in enumerate(members.names) if name.lower().endswith(MANIFESTS)]
    if not rows and len(tables) == 1:
        return _read_table(request, members, tables[0])
    if not rows:
        found = counted(len(members.names), "file") + (f", {len(tables):,} of them tables" if tables else "")
        refused = [f"{count:,} that cannot be read: {reason}" for reason, count in members.refused.items()]
        raise SourceError(
            f"'{path}' holds no pictures and not one table, but {', '.join([found, *refused])}. Pack pictures in one "
            "folder for each class, or unpack the archive and open what is in it."
        )
    rows.sort(key=lambda row: members.names[row])
    folders = find_class_folders([members.names[row] for row in rows])
    has_classes = folders.class_names is not None and len(folders.class_names) > 1
    labels = [] if has_classes or request.apart else [row for row in tables if _holds_labels(members, row)]
    if not labels:
        check_no_columns(request, "is an archive of pictures, whose labels are their folders")
    if not (has_classes or labels or request.apart):
        _check_no_export(members, path)
    others = len(members.names) - len(rows) - len(labels)
    samples = Samples(
        name=path.stem,
        ids=np.array(folders.paths),
        labels=None if labels else folders.labels,
        class_names=None if labels else folders.class_names,
        inputs=members.pictures(rows, request),
        columns=folders.columns,
        notes=(*members.notes(path, others, "not a picture"), *(() if labels else folders.notes(""))),
    )
    if not labels:
        return samples
    if len(labels) > 1:
        names = listed([members.names[row] for row in labels])
        raise SourceError(
            f"'{path}': its pictures lie in no two class folders, and {len(labels):,} tables in it hold labels "
            f"({names}). Unpack the one that is meant, and name it with --labels FILE."
        )
    return _with_table(members, labels[0], request, lambda table: join_labels(samples, request, table))


def _check_no_export(members: Members, path: Path) -> None:
    """Refuse pictures without classes beside an export of another program that has their labels."""
    exports = [row for row, name in enumerate(members.names) if name.lower().endswith(EXPORTS)]
    for row in exports[:_MAX_EXPORTS]:
        try:
            document = json.loads(members.read(row))
        except (SourceError, ValueError, RecursionError):
            continue
        if is_export_document(document):
            raise SourceError(
                f"'{path}': its pictures lie in no two class folders, and '{members.names[row]}' in it holds labels. "
                "Unpack the archive, and open that file."
            )


def _is_picture(members: Members, row: int, name: str) -> bool:
    if "." in PurePosixPath(name).name:
        return is_picture(name)
    try:
        return starts_as_picture(members.read(row)[:12])
    except SourceError:
        return False


def _holds_labels(members: Members, row: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="margin-") as folder:
        return is_table_of_labels(_unpack(members, row, folder))


def _unpack(members: Members, row: int, folder: str) -> Path:
    """Write a table to a folder, under its own name: so nothing of the archive leads elsewhere."""
    table = Path(folder).resolve() / PurePosixPath(members.names[row]).name
    table.write_bytes(members.read(row))
    return table


def _with_table(members: Members, row: int, request: ReadRequest, read: Callable[[Path], Samples]) -> Samples:
    """Read a table through a file that is gone afterwards: tables are read at once."""
    with tempfile.TemporaryDirectory(prefix="margin-") as folder:
        table = _unpack(members, row, folder)
        try:
            return read(table)
        except MarginError as error:
            named = str(error).replace(str(table), f"{request.path}/{members.names[row]}")
            raise SourceError(named.replace(str(table.parent), str(request.path))) from error


def _read_table(request: ReadRequest, members: Members, row: int) -> Samples:
    from margin_core.study.readers.manifest import read_manifest  # pyarrow is slow to import

    def read(table: Path) -> Samples:
        return read_manifest(replace(request, path=table, roots=(), memory=None))

    samples, inside = _with_table(members, row, request, read), members.names[row]
    if isinstance(samples.inputs, EncodedPictures):
        raise SourceError(
            f"'{request.path}/{inside}' lists or holds pictures, and stays in its archive. Unpack the archive."
        )
    others = len(members.names) - 1
    return replace(samples, notes=(*samples.notes, *members.notes(request.path, others, "beside the table")))
