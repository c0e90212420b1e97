"""What the files of a source hold, as one digest a file, without reading a file twice.

A digest is remembered in the workspace together with the size and the time of change of its file; a
file in which neither has changed is not read again. One archive holds all of them, so that a hundred
thousand files cost one read.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from hashlib import blake2b
from hashlib import file_digest as hash_stream
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import NotComputed, SourceError
from margin_core.storage.archive import read_archive, write_archive
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.values import Ints

Digests = NDArray[np.uint8]

DIGEST_SIZE = 16
ABSENT = -1
"""The size of a file that is not there or cannot be looked at; its digest is all zeros."""

_SETTLED = 2_000_000_000
"""Nanoseconds. A file changed so shortly before it was read may change again within the same clock tick."""

_REPORT_EVERY = 256

_AT_ONCE = 50_000_000
"""Bytes that are read even where nothing heavy may be computed."""


@dataclass(frozen=True, eq=False)
class Listing:
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
    def of(cls, root: Path, names: list[str]) -> Listing:
        """List some files of a folder by name."""
        facts = [(root / name).stat() for name in names]
        sizes = np.array([fact.st_size for fact in facts])
        return cls(root, tuple(names), sizes, np.array([fact.st_mtime_ns for fact in facts]))


def digests(listing: Listing, memory: Workspace | None, run: Run) -> Digests:
    """Give the digest of each file's content, (n, 16).

    Parameters
    ----------
    listing : Listing
    memory : Workspace or None
        Where digests are remembered.
    run : Run
        Told how far the reading is.

    Raises
    ------
    NotComputed
        The workspace may not compute, and there is too much to read at once.

    Notes
    -----
    The first time about 1 GB a second; afterwards about a microsecond a file.
    """
    known = {} if memory is None else _remembered(listing.root, memory.contents)
    sizes, changed = listing.sizes.tolist(), listing.changed.tolist()
    remembered = list(map(known.get, zip(listing.paths, sizes, changed, strict=True)))
    unread = [row for row, digest in enumerate(remembered) if digest is None and sizes[row] != ABSENT]
    blank = bytes(DIGEST_SIZE)
    found = np.frombuffer(bytearray(b"".join(digest or blank for digest in remembered)), np.uint8)
    found = found.reshape(-1, DIGEST_SIZE)
    if memory is not None and not memory.may_compute and listing.sizes[unread].sum() > _AT_ONCE:
        raise NotComputed(f"{len(unread):,} files of '{listing.root}' were not read before. Run margin prepare first.")
    started = time.time_ns()
    for done, row in enumerate(unread):
        if done % _REPORT_EVERY == 0:
            run.report(done / len(unread), f"Reading {done:,} of {len(unread):,} files ...")
        found[row] = np.frombuffer(file_digest(listing.root / listing.paths[row]), np.uint8)
    if memory is not None and (unread or len(known) != len(listing.paths)):
        _remember(memory.contents, listing, found, started)
    return found


def file_digest(path: Path) -> bytes:
    """Hash what a file holds; all zeros for one that cannot be read."""
    try:
        with path.open("rb") as stream:
            return hash_stream(stream, lambda: blake2b(digest_size=DIGEST_SIZE)).digest()
    except OSError:
        # It cannot be read now; whoever wants its content will be told, and the zeros are not remembered.
        return bytes(DIGEST_SIZE)


def _remember(file: Path, listing: Listing, found: Digests, started: int) -> None:
    kept = found.any(axis=1) & (listing.changed < started - _SETTLED)
    paths = [listing.paths[row] for row in np.flatnonzero(kept).tolist()]
    write_archive(
        file,
        {"format": 1, "root": os.fspath(listing.root)},
        {
            "paths": np.frombuffer("\0".join(paths).encode(), np.uint8),
            "sizes": listing.sizes[kept],
            "changed": listing.changed[kept],
            "digests": found[kept],
        },
    )


def _remembered(root: Path, file: Path) -> dict[tuple[str, int, int], bytes]:
    if not file.is_file():
        return {}
    try:
        about, arrays = read_archive(file)
    except SourceError:
        return {}  # It only saves time: a damaged one is made again.
    if about.get("format") != 1 or about.get("root") != os.fspath(root) or not arrays["sizes"].size:
        return {}
    paths = arrays["paths"].tobytes().decode().split("\0")
    content: list[bytes] = np.ascontiguousarray(arrays["digests"]).view(f"V{DIGEST_SIZE}").reshape(-1).tolist()
    facts = zip(paths, arrays["sizes"].tolist(), arrays["changed"].tolist(), strict=True)
    return dict(zip(facts, content, strict=True))
