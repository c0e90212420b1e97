"""A zip archive of class folders of pictures, or of one table.

::

    pets.zip: cat/1.jpg, cat/2.jpg, dog/1.jpg            houses.csv.zip: houses.csv
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from margin_core.errors import MarginError, SourceError
from margin_core.study.inputs.pictures import EncodedPictures, is_picture, starts_as_picture
from margin_core.study.readers.archive_members import ZIP, Members, list_members
from margin_core.study.readers.class_folders import find_class_folders
from margin_core.study.readers.table_suffixes import MANIFESTS
from margin_core.study.readers.tables_beside import is_table_of_labels, name_table
from margin_core.study.samples import ReadRequest, Samples, check_no_columns, counted

SUFFIXES = (ZIP,)


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
        they stay in the archive, and each is read when it is needed. Without a picture, those of the one table.

    Raises
    ------
    SourceError
        The archive is damaged, holds neither pictures nor one table, or pictures of one class and a table of labels.
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
    check_no_columns(request, "is an archive of pictures, whose labels are their folders")
    rows.sort(key=lambda row: members.names[row])
    folders = find_class_folders([members.names[row] for row in rows])
    if folders.class_names is not None and len(folders.class_names) == 1 and request.apart is None:
        _check_tables(path, members, tables, folders.class_names[0])
    return Samples(
        name=path.stem,
        ids=np.array(folders.paths),
        labels=folders.labels,
        class_names=folders.class_names,
        inputs=members.pictures(rows, request),
        columns=folders.columns,
        notes=(*members.notes(path, len(members.names) - len(rows), "not a picture"), *folders.notes("")),
    )


def _is_picture(members: Members, row: int, name: str) -> bool:
    if "." in PurePosixPath(name).name:
        return is_picture(name)
    try:
        return starts_as_picture(members.read(row)[:12])
    except SourceError:
        return False


def _check_tables(path: Path, members: Members, tables: list[int], folder: str) -> None:
    for row in tables:
        name = members.names[row]
        with tempfile.TemporaryDirectory(prefix="margin-") as scratch:
            table = Path(scratch) / PurePosixPath(name).name
            table.write_bytes(members.read(row))
            if is_table_of_labels(table):
                remedy = f"Unpack '{name}', and read the labels from it with --labels FILE."
                raise SourceError(name_table(path, folder, name, remedy))


def _read_table(request: ReadRequest, members: Members, row: int) -> Samples:
    """Read a table through a file that is gone afterwards: tables are read at once."""
    from margin_core.study.readers.manifest import read_manifest  # pyarrow is slow to import

    inside = PurePosixPath(members.names[row])
    with tempfile.TemporaryDirectory(prefix="margin-") as folder:
        table = Path(folder).resolve() / inside.name
        table.write_bytes(members.read(row))
        try:
            samples = read_manifest(replace(request, path=table, roots=(), memory=None))
        except MarginError as error:
            named = str(error).replace(str(table), f"{request.path}/{inside}")
            raise SourceError(named.replace(str(table.parent), str(request.path))) from error
    if isinstance(samples.inputs, EncodedPictures):
        raise SourceError(
            f"'{request.path}/{inside}' lists or holds pictures, and stays in its archive. Unpack the archive."
        )
    others = len(members.names) - 1
    return replace(samples, notes=(*samples.notes, *members.notes(request.path, others, "beside the table")))
