"""The picture files that a manifest lists, each checked to lie below an allowed folder."""

from __future__ import annotations

import os
import stat

import numpy as np

from margin_core.errors import AccessError, SourceError
from margin_core.study.contents import ABSENT, FileListing, compute_digests
from margin_core.study.inputs.pictures import PictureFiles
from margin_core.study.roots import is_inside, resolve_links
from margin_core.study.samples import ReadRequest, counted


def list_picture_files(request: ReadRequest, paths: list[str], column: str) -> PictureFiles:
    """Return the pictures that a column lists, with the digest of each file.

    Parameters
    ----------
    request : ReadRequest
        Its path is the manifest, from whose folder paths start.
    paths : list of str
        As listed.
    column : str
        Name of the column, for a message.

    Returns
    -------
    PictureFiles
        In the order listed; some files may not exist.

    Raises
    ------
    SourceError
        No file exists.
    AccessError
        A path leads outside the folder of the manifest and the roots.
    """
    root = request.path.parent
    allowed = (root, *request.roots)
    folders: dict[str, bool] = {}
    sizes, changed = np.full(len(paths), ABSENT), np.zeros(len(paths), np.int64)
    for row, path in enumerate(paths):
        try:
            facts = os.lstat(root / path)
            folder = os.path.dirname(root / path)
            if folder not in folders:
                folders[folder] = is_inside(resolve_links(folder), allowed)
            inside = folders[folder]
            if stat.S_ISLNK(facts.st_mode):
                inside = is_inside(resolve_links(root / path), allowed)
                facts = os.stat(root / path)
        except (OSError, ValueError):
            # It does not exist (a picture that cannot be read); a path outside is refused all the same.
            inside = "\0" in path or is_inside(resolve_links(root / path), allowed)
        else:
            if inside and stat.S_ISREG(facts.st_mode):
                sizes[row], changed[row] = facts.st_size, facts.st_mtime_ns
        if not inside:
            raise AccessError(
                f"'{request.path}', row {row + 1}: '{path}' leads outside '{root}'. "
                "Move the file below the folder of the manifest, or declare its folder as a root."
            )
    if (sizes == ABSENT).all():
        raise SourceError(
            f"'{request.path}': none of the {counted(len(paths), 'file')} in column '{column}' is there; the first is "
            f"'{paths[0]}'. Paths start from the folder of the manifest, '{root}'."
        )
    listing = FileListing(root, tuple(paths), sizes, changed)
    return PictureFiles(root, tuple(paths), compute_digests(listing, request.memory, request.run), allowed)
