"""Addresses in object storage, such as ``s3://bucket/pets.csv``, and where a workspace has the copy of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from margin_core.errors import AccessError, SourceError

FOLDER = "remote"
"""Folder of a workspace that holds copies."""

VERSIONS = "versions.json"
"""File in it that says which version of each there is."""

_ADDRESS = re.compile(r"([a-z][a-z0-9+]+):/{1,2}([^/].*)", re.DOTALL)
"""With one slash, too: so `Path` writes an address."""

_NOT_READ = ("http", "https", "ftp", "ftps", "sftp", "ssh", "file", "local", "memory")


def is_address(source: object) -> bool:
    """Return whether a source is an address on another machine.

    Parameters
    ----------
    source : path or str

    Returns
    -------
    bool
        False for ``file://``, a drive and a name of the Hub.
    """
    found = _ADDRESS.fullmatch(str(source))
    return found is not None and found[1] not in ("file", "hf")


def normalize(source: object) -> str:
    """Return an address as ``scheme://bucket/key``.

    Parameters
    ----------
    source : path or str
        For which `is_address` holds.

    Returns
    -------
    str

    Raises
    ------
    SourceError
        It is of a kind that is not read, or has ``..`` in it.
    """
    found = _ADDRESS.fullmatch(str(source))
    parts = [] if found is None else [part for part in found[2].split("/") if part not in ("", ".")]
    if found is None or not parts or ".." in parts or "\0" in found[2]:
        raise SourceError(f"'{source}' is no address of a file in object storage. Give one like s3://bucket/pets.csv.")
    if found[1] in _NOT_READ:
        raise SourceError(f"'{found[1]}://{'/'.join(parts)}' is not fetched. Download the file, and open that.")
    return f"{found[1]}://{'/'.join(parts)}"


def check_below(address: str, roots: Iterable[str]) -> None:
    """Check that an address lies below a root.

    Parameters
    ----------
    address : str
        Normalized.
    roots : iterable of str
        Normalized.

    Raises
    ------
    AccessError
        It lies below none.
    """
    if not any(address == root or address.startswith(f"{root}/") for root in roots):
        raise AccessError(
            f"'{address}' lies outside the places that may be read. Allow its folder with "
            f"--root {address.rpartition('/')[0]}."
        )


def copy_of(base: Path, address: str) -> Path:
    """Return where the copy of an address lies.

    Parameters
    ----------
    base : Path
        The folder of copies.
    address : str
        Normalized.

    Returns
    -------
    Path
        Below the base.
    """
    scheme, _, key = address.partition("://")
    return base.joinpath(scheme, *key.split("/"))


def to_copied_path(text: str, table: Path) -> str:
    """Return the path of the copy of an address that a copied table lists; any other text as it is.

    Parameters
    ----------
    text : str
        As listed.
    table : Path
        Of the table.

    Returns
    -------
    str
    """
    if not is_address(text.strip()):
        return text
    base = next((folder for folder in table.parents if (folder / VERSIONS).is_file()), None)
    if base is None or base.name != FOLDER:
        return text
    try:
        return str(copy_of(base, normalize(text.strip())))
    except SourceError:
        return text
