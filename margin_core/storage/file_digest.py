"""The digest of a file's content."""

from __future__ import annotations

from hashlib import blake2b, file_digest
from pathlib import Path

DIGEST_SIZE = 16
"""Bytes of a digest."""


def compute_file_digest(path: Path) -> bytes:
    """Compute the digest of a file's content.

    Parameters
    ----------
    path : Path
        Of the file.

    Returns
    -------
    bytes
        16 of them (BLAKE2b); all zeros for a file that cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return file_digest(stream, lambda: blake2b(digest_size=DIGEST_SIZE)).digest()
    except OSError:
        # Reading its content raises the error where it is needed; the zeros are not stored.
        return bytes(DIGEST_SIZE)
