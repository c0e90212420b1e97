"""Digests of the files of a source, without reading a file twice.

A digest is stored in the workspace together with the size and the time of change of its file; a file in
which neither has changed is not read again. One archive holds all of them, so that a hundred thousand
files cost one read.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import NotComputed, SourceError
from margin_core.storage.archive import read_archive, write_archive
from margin_core.storage.engine import Run
from margin_core.storage.file_digest import DIGEST_SIZE, compute_file_digest
from margin_core.storage.workspace import Workspace
from margin_core.values import Ints

Digests = NDArray[np.uint8]

ABSENT = -1
"""The size of a file that does not exist or cannot be read; its digest is all zeros."""

_MIN_AGE = 2_000_000_000
"""Nanoseconds. A file that changed more recently may change again within the same tick of the file system's clock."""

_REPORT_EVERY = 256

MAX_UNSTORED_BYTES = 50_000_000
"""Bytes that are read even where nothing heavy may be computed."""


@dataclass(frozen=True, eq=False)
class FileListing:
    """The files of a source.

    Attributes
    ----------
    root : Path
        The folder that `paths` start from.
    paths : tuple of str, length n
        Posix form; relative to `root`, or absolute.
    sizes : int array (n,)
        Bytes; `ABSENT` for a file that is not there.
    changed : int array (n,)
        Time of the last change in nanoseconds.
    """

    root: Path
    paths: tuple[str, ...]
    sizes: Ints
    changed: Ints

    @classmethod
    def of(cls, root: Path, names: list[str]) -> FileListing:
        """Return the listing of some files of a folder.

        Parameters
        ----------
        root : Path
            The folder.
        names : list of str
            Files in it.

        Returns
        -------
        FileListing
            In the order of the names.
        """
        facts = [(root / name).stat() for name in names]
        sizes = np.array([fact.st_size for fact in facts])
        return cls(root, tuple(names), sizes, np.array([fact.st_mtime_ns for fact in facts]))


def compute_digests(listing: FileListing, memory: Workspace | None, run: Run) -> Digests:
    """Compute the digest of each file's content, or recall it.

    Parameters
    ----------
    listing : FileListing
        n files.
    memory : Workspace or None
        Where digests are stored.
    run : Run
        Receives the progress.

    Returns
    -------
    uint8 array (n, 16)
        BLAKE2b, 128 bits; all zeros for a file that cannot be read.

    Raises
    ------
    NotComputed
        The workspace may not compute, and there is too much to read at once.

    Notes
    -----
    The first time about 1 GB a second; afterwards about a microsecond a file.
    """
    known = {} if memory is None else _read_stored(listing.root, memory.contents)
    sizes, changed = listing.sizes.tolist(), listing.changed.tolist()
    stored = list(map(known.get, zip(listing.paths, sizes, changed, strict=True)))
    unread = [row for row, digest in enumerate(stored) if digest is None and sizes[row] != ABSENT]
    blank = bytes(DIGEST_SIZE)
    found = np.frombuffer(bytearray(b"".join(digest or blank for digest in stored)), np.uint8)
    found = found.reshape(-1, DIGEST_SIZE)
    if memory is not None and not memory.may_compute and listing.sizes[unread].sum() > MAX_UNSTORED_BYTES:
        raise NotComputed(f"{len(unread):,} files of '{listing.root}' were not read before. Run margin prepare first.")
    started = time.time_ns()
    for done, row in enumerate(unread):
        if done % _REPORT_EVERY == 0:
            run.report(done / len(unread), f"Reading {done:,} of {len(unread):,} files ...")
        found[row] = np.frombuffer(compute_file_digest(listing.root / listing.paths[row]), np.uint8)
    if memory is not None and (unread or len(known) != len(listing.paths)):
        _store(memory.contents, listing, found, started)
    return found


def _store(file: Path, listing: FileListing, found: Digests, started: int) -> None:
    stored = found.any(axis=1) & (listing.changed < started - _MIN_AGE)
    paths = [listing.paths[row] for row in np.flatnonzero(stored).tolist()]
    write_archive(
        file,
        {"format": 1, "root": os.fspath(listing.root)},
        {
            "paths": np.frombuffer("\0".join(paths).encode(), np.uint8),
            "sizes": listing.sizes[stored],
            "changed": listing.changed[stored],
            "digests": found[stored],
        },
    )


def _read_stored(root: Path, file: Path) -> dict[tuple[str, int, int], bytes]:
    if not file.is_file():
        return {}
    try:
        about, arrays = read_archive(file)
    except SourceError:
        return {}  # It only saves time: a damaged one is computed again.
    if about.get("format") != 1 or about.get("root") != os.fspath(root) or not arrays["sizes"].size:
        return {}
    paths = arrays["paths"].tobytes().decode().split("\0")
    content: list[bytes] = np.ascontiguousarray(arrays["digests"]).view(f"V{DIGEST_SIZE}").reshape(-1).tolist()
    facts = zip(paths, arrays["sizes"].tolist(), arrays["changed"].tolist(), strict=True)
    return dict(zip(facts, content, strict=True))
