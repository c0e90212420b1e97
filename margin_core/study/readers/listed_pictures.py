"""The picture files that a manifest lists, each checked to lie below an allowed folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from margin_core.errors import AccessError, SourceError
from margin_core.study.contents import ABSENT, FileListing, compute_digests
from margin_core.study.inputs.pictures import PictureFiles
from margin_core.study.notes import MAX_FEW_LOST, MAX_LOST, Note, assumption, loss
from margin_core.study.readers.picture_paths import FoundPaths, find_files, is_remote, to_local_path
from margin_core.study.remote_address import to_copied_path
from margin_core.study.roots import is_inside, resolve_links
from margin_core.study.samples import ReadRequest, counted, listed, worded

FETCH_A_COLUMN = (
    "Download them, and name the column of their files with --file, or leave this column out with "
    "--feature {column}:ignore."
)
FETCH_FOR_AN_EXPORT = "Download them, and write their paths into the export."
"""What to do about pictures on other servers."""


def list_picture_files(
    request: ReadRequest, texts: Sequence[str], column: str, remedy: str = FETCH_A_COLUMN
) -> tuple[PictureFiles, tuple[Note, ...]]:
    """Return the pictures that a column lists, with the digest of each file, and what was assumed of their paths.

    Parameters
    ----------
    request : ReadRequest
        Its path is the manifest, from whose folder paths start.
    texts : sequence of str
        As listed.
    column : str
        Name of the column, for a message.
    remedy : str
        What to do about pictures on other servers; ``{column}`` in it is the name.

    Returns
    -------
    pictures : PictureFiles
        In the order listed; some files may not exist.
    notes : tuple of Note

    Raises
    ------
    SourceError
        No file exists, or more than a few are on other servers.
    AccessError
        A path leads outside the folder of the manifest and the roots.
    """
    root = request.path.parent
    texts = [to_copied_path(text, request.path) for text in texts]
    remote = {row: text.strip() for row, text in enumerate(texts) if is_remote(text)}
    _check_few_remote(request, remote, len(texts), column, remedy)
    # Nothing is looked for in place of what is elsewhere: another file may have its name.
    found = find_files(["" if row in remote else to_local_path(text) for row, text in enumerate(texts)],
                       root, request.roots)  # fmt: skip
    paths = found.paths
    for row, text in remote.items():
        paths[row] = text
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
        several = f" It may be any of {listed(found.several[0], 2)}." if 0 in found.several else ""
        absent = worded(
            len(paths),
            f"the only file in column '{column}' is not there: '{paths[0]}'",
            f"none of the {len(paths):,} files in column '{column}' is there; the first is '{paths[0]}'",
        )
        raise SourceError(
            f"'{request.path}': {absent}.{several} Paths start from the folder of the manifest, '{root}'. "
            "If the pictures lie elsewhere, name their folder with --root."
        )
    listing = FileListing(root, tuple(paths), sizes, changed)
    digests = compute_digests(listing, request.memory, request.run)
    reported = frozenset((*remote, *found.several))
    return PictureFiles(root, tuple(paths), digests, allowed, reported), tuple(_notes(found, texts, remote))


def _check_few_remote(request: ReadRequest, remote: Mapping[int, str], n: int, column: str, remedy: str) -> None:
    if not remote:
        return
    few = 0 if len(remote) == n else max(MAX_LOST * n, MAX_FEW_LOST)
    if len(remote) > few:
        raise SourceError(
            f"'{request.path}': {len(remote):,} of the {n:,} pictures in column '{column}' are on other servers "
            f"('{next(iter(remote.values()))}') and are not fetched. {remedy.format(column=column)}"
        )


def _notes(found: FoundPaths, texts: Sequence[str], remote: Mapping[int, str]) -> Iterator[Note]:
    if remote:
        servers = worded(len(remote), "another server", "other servers")
        yield loss(
            f"{counted(len(remote), 'picture')} on {servers} not fetched ('{next(iter(remote.values()))}'). Download "
            "what is to be compared."
        )
    if found.moved:
        row, others = found.moved[0], counted(len(found.moved), "picture")
        yield assumption(
            f"{others} found by name, not where the list says: '{texts[row].strip()}' is read from "
            f"'{found.paths[row]}'."
        )
    if found.several:
        row, files = next(iter(found.several.items()))
        several = len(found.several)
        remedy = worded(several, "List it with its folder.", "List them with their folders.")
        yield loss(
            f"{counted(several, 'picture')} not read: {worded(several, 'it', 'each')} could be several files "
            f"('{texts[row].strip()}': {listed(files, 2)}). {remedy}"
        )
