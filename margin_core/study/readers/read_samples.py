"""The choice of a reader by what a path is."""

from __future__ import annotations

from margin_core.errors import SourceError
from margin_core.storage.workspace import SUFFIX
from margin_core.study.readers import arrays
from margin_core.study.readers.arrays import is_array_folder, read_array_folder, read_arrays
from margin_core.study.readers.image_folder import read_image_folder
from margin_core.study.samples import ReadRequest, Samples

MANIFESTS = (".csv", ".tsv", ".txt", ".csv.gz", ".jsonl", ".xlsx", ".parquet", ".pq")
"""Suffixes of the tables that `margin_core.study.readers.manifest` reads."""


def read_samples(request: ReadRequest) -> Samples:
    """Read the samples of a source by the reader for its format.

    Parameters
    ----------
    request : ReadRequest
        Its path is a folder of pictures or of ``.npy``, a manifest, or an ``.npz`` or ``.npy``.

    Returns
    -------
    Samples
        As the source has them, without a model.

    Raises
    ------
    SourceError
        No reader is for this path, or the source cannot be read.
    AccessError
        A file leads outside the folder of the source and the roots.
    """
    path, suffix = request.path, request.path.suffix.lower()
    if suffix == ".gz":
        suffix = "".join(request.path.suffixes[-2:]).lower()
    if path.is_dir():
        return read_array_folder(request) if is_array_folder(path) else read_image_folder(request)
    if suffix in MANIFESTS:
        # pyarrow is slow to import, and few sources need it
        from margin_core.study.readers.manifest import read_manifest

        return read_manifest(request)
    if suffix in arrays.SUFFIXES:
        return read_arrays(request)
    raise SourceError(
        f"'{path}' is not a source that can be opened. Give a folder of pictures, a manifest "
        f"({', '.join(MANIFESTS)}), arrays ({', '.join(arrays.SUFFIXES)}) or a workspace ({SUFFIX})."
    )
