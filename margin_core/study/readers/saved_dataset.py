"""A folder that the library Datasets of Hugging Face wrote by ``save_to_disk``: streams of Arrow, and what they hold.

::

    pets/dataset_info.json, state.json, data-00000-of-00001.arrow           or, of several splits,
    pets/dataset_dict.json, train/dataset_info.json, train/state.json, train/data-00000-of-00001.arrow, test/...
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from margin_core.errors import SourceError
from margin_core.study.readers.class_folders import SPLITS
from margin_core.study.readers.json_document import entries_of, read_json
from margin_core.study.readers.shards import check_shards, name_in
from margin_core.study.samples import ReadRequest, Samples

STATE, INFO, SEVERAL = "state.json", "dataset_info.json", "dataset_dict.json"


def is_saved_dataset(folder: Path) -> bool:
    """Return whether a folder was written by ``save_to_disk``.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    bool
    """
    return (folder / SEVERAL).is_file() or ((folder / STATE).is_file() and (folder / INFO).is_file())


def read_saved_dataset(request: ReadRequest) -> Samples:
    """Read a folder that ``save_to_disk`` wrote.

    Parameters
    ----------
    request : ReadRequest
        Its path is the folder; columns have the roles that they have in a Parquet file.

    Returns
    -------
    Samples
        The rows of all splits, with a column ``split`` where there are several. Pictures stay in the files.

    Raises
    ------
    SourceError
        A file is damaged or not there, splits have different columns; or as for a manifest.
    AccessError
        A file is a link that leads outside the folder and the roots.
    """
    from margin_core.study.readers.column_table import read_shards  # pyarrow is slow to import
    from margin_core.study.readers.manifest import read_rows

    folder = request.path
    shards = [(split, file) for split in _splits(folder) for file in _files(folder / split, folder)]
    names = [name_in(folder, file) for file in check_shards(folder, [file for _, file in shards], request.roots)]
    table = read_shards(folder, names, [SPLITS.get(split.lower(), split) for split, _ in shards])
    return replace(read_rows(request, table), name=folder.name)


def _splits(folder: Path) -> list[str]:
    """Return the folders of the splits; the one without a name where the folder is that of a single data set."""
    if not (folder / SEVERAL).is_file():
        return [""]
    document = read_json(folder / SEVERAL)
    names = document.get("splits") if isinstance(document, dict) else None
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and _is_inner(name) for name in names):
        raise SourceError(f"'{folder / SEVERAL}' does not list the folders of its splits. Save the data set again.")
    return names


def _files(folder: Path, whole: Path) -> list[Path]:
    state = read_json(folder / STATE)
    names = [entry.get("filename") for entry in entries_of(folder / STATE, state, "_data_files")]
    if not names or not all(isinstance(name, str) and _is_inner(name) for name in names):
        raise SourceError(f"'{folder / STATE}' does not list the files of its rows. Save the data set again.")
    if state.get("_indices_data_files"):
        raise SourceError(f"'{whole}' was saved by an old version of Datasets, as a selection. Save it again.")
    return [folder / str(name) for name in names]


def _is_inner(name: str) -> bool:
    return bool(name) and name not in (".", "..") and not set("/\\\0") & set(name)
