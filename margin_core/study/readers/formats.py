"""The formats of data sets, each recognized by what a path is and read by a module of its own.

A new format is a module beside this one and a line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from margin_core.study.readers.arrays import SUFFIXES as ARRAYS
from margin_core.study.readers.arrays import is_array_folder, read_array_folder, read_arrays
from margin_core.study.readers.exports import SUFFIXES as EXPORTS
from margin_core.study.readers.exports import is_export_folder, read_export
from margin_core.study.readers.graph_files import SUFFIXES as GRAPHS
from margin_core.study.readers.image_folder import read_image_folder
from margin_core.study.readers.parquet_shards import is_parquet_folder, read_parquet_shards
from margin_core.study.readers.saved_dataset import is_saved_dataset, read_saved_dataset
from margin_core.study.readers.table_suffixes import MANIFESTS
from margin_core.study.readers.webdataset import SUFFIXES as SHARDS
from margin_core.study.readers.webdataset import is_webdataset, read_webdataset
from margin_core.study.readers.zip_archive import SUFFIXES as ARCHIVES
from margin_core.study.readers.zip_archive import read_zip
from margin_core.study.samples import ReadRequest, Samples


@dataclass(frozen=True)
class Format:
    """A format of data sets.

    Attributes
    ----------
    name : str
        For a message.
    read : callable
        Returns the samples of a source.
    suffixes : tuple of str
        Of its files, in lower case; none for a format of folders.
    is_folder : callable or None
        Whether a folder is of this format; None for a format of files alone.
    """

    name: str
    read: Callable[[ReadRequest], Samples]
    suffixes: tuple[str, ...] = ()
    is_folder: Callable[[Path], bool] | None = None

    def recognizes(self, path: Path) -> bool:
        """Return whether a source is of this format.

        Parameters
        ----------
        path : Path
            It exists.

        Returns
        -------
        bool
        """
        if path.is_dir():
            return self.is_folder is not None and self.is_folder(path)
        return path.name.lower().endswith(self.suffixes) if self.suffixes else False


def _read_manifest(request: ReadRequest) -> Samples:
    from margin_core.study.readers.manifest import read_manifest  # pyarrow is slow to import, and few sources need it

    return read_manifest(request)


def _read_graph_file(request: ReadRequest) -> Samples:
    from margin_core.study.readers.graph_files import read_graph_file  # networkx and pyarrow are slow to import

    return read_graph_file(request)


FORMATS = (
    Format("a manifest", _read_manifest, suffixes=MANIFESTS),
    Format("arrays", read_arrays, suffixes=ARRAYS),
    Format("arrays", read_array_folder, is_folder=is_array_folder),
    Format("a graph", _read_graph_file, suffixes=GRAPHS),
    Format("a zip archive", read_zip, suffixes=ARCHIVES),
    Format("a data set saved by Datasets", read_saved_dataset, is_folder=is_saved_dataset),
    Format("Parquet shards", read_parquet_shards, is_folder=is_parquet_folder),
    Format("WebDataset shards", read_webdataset, suffixes=SHARDS, is_folder=is_webdataset),
    Format("an export", read_export, suffixes=EXPORTS, is_folder=is_export_folder),
    Format("a folder of pictures", read_image_folder, is_folder=Path.is_dir),
)
"""The first that recognizes a source reads it."""

SUFFIXES = tuple(suffix for known in FORMATS for suffix in known.suffixes)
"""Of the files that can be opened."""
