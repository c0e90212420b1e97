"""The choice of a reader by what a path is."""

from __future__ import annotations

from pathlib import Path

from margin_core.errors import SourceError
from margin_core.storage.workspace import SUFFIX
from margin_core.study.features.graph_features import with_graph_features
from margin_core.study.readers.archive_members import ZIP
from margin_core.study.readers.edge_list import read_with_edges
from margin_core.study.readers.excel_table import has_no_sheets
from margin_core.study.readers.formats import FORMATS
from margin_core.study.readers.labels_file import read_with_labels
from margin_core.study.readers.table_suffixes import WORKBOOK
from margin_core.study.samples import ReadRequest, Samples

_COMPRESSED = (
    ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst",
)  # fmt: skip
"""Archives and files that are compressed as a whole: nothing in one can be read without unpacking all before it."""

FILES = ", ".join(f"{known.name} ({', '.join(known.suffixes)})" for known in FORMATS if known.suffixes)
"""The files that can be opened, with their suffixes, for a message."""


def read_samples(request: ReadRequest) -> Samples:
    """Read the samples of a source by the reader for its format.

    Parameters
    ----------
    request : ReadRequest
        Its path is a source of one of `FORMATS`.

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
    _check_sheet(request)
    return with_graph_features(read_with_edges(request, _read_rows), request)


def _read_rows(request: ReadRequest) -> Samples:
    for known in FORMATS:
        if known.recognizes(request.path):
            return read_with_labels(request, known.read)
    _check_unpacked(request.path)
    raise SourceError(
        f"'{request.path}' is not a source that can be opened. Give a folder of pictures, {FILES} or a workspace "
        f"({SUFFIX})."
    )


def _check_sheet(request: ReadRequest) -> None:
    """Refuse a sheet that is named where nothing is a workbook; what is in an archive, its reader knows."""
    named = [request.path, *([] if request.columns.labels is None else [Path(request.columns.labels)])]
    if request.columns.sheet is not None and not any(path.suffix.lower() in (WORKBOOK, ZIP) for path in named):
        raise has_no_sheets(named[-1])


def _check_unpacked(path: Path) -> None:
    suffix = next((suffix for suffix in _COMPRESSED if path.name.lower().endswith(suffix)), None)
    if suffix is not None and path.is_file():
        raise SourceError(f"'{path}' is compressed as a whole ({suffix}). Unpack it first, and open what was in it.")
