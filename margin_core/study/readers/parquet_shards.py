"""A folder of Parquet shards, as the Hub of Hugging Face has them, read as one table.

::

    pets/data/train-00000-of-00002.parquet      or  pets/train/0000.parquet     (the name of a file, or of its folder,
    pets/data/train-00001-of-00002.parquet          pets/test/0000.parquet       begins with that of a split)
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from margin_core.study.readers.shards import check_shards, list_shards, missing_notes, name_in, split_of
from margin_core.study.readers.table_suffixes import PARQUET
from margin_core.study.samples import ReadRequest, Samples


def is_parquet_folder(folder: Path) -> bool:
    """Return whether a folder holds Parquet files and no picture beside them.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    bool
    """
    return bool(list_shards(folder, PARQUET))


def read_parquet_shards(request: ReadRequest) -> Samples:
    """Read a folder of Parquet shards.

    Parameters
    ----------
    request : ReadRequest
        Its path is the folder; columns have the roles that they have in one file.

    Returns
    -------
    Samples
        The rows of all files, with a column ``split`` where their names say one.

    Raises
    ------
    SourceError
        A file is damaged, or they hold different columns; or as for a manifest.
    AccessError
        A file is a link that leads outside the folder and the roots.
    """
    from margin_core.study.readers.column_table import read_shards  # pyarrow is slow to import
    from margin_core.study.readers.manifest import read_rows

    folder = request.path
    shards = list_shards(folder, PARQUET)
    names = [name_in(folder, file) for file in check_shards(folder, shards, request.roots)]
    table = read_shards(folder, names, [split_of(folder, shard) for shard in shards])
    samples = read_rows(request, table)
    return replace(samples, name=folder.name, notes=(*missing_notes(folder, shards), *samples.notes))
