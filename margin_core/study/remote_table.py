"""Tables in object storage (``s3://...``): copied into the workspace with the pictures that they list, opened there.

A copy keeps the place of the original, so that paths in the table mean the same there. At each opening the storage is
asked once, by listing, for what is below the roots; what has changed is copied again, and nothing else.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from margin_core.errors import MarginError, SourceError
from margin_core.storage.archive import atomic_write
from margin_core.storage.engine import Progress, silent
from margin_core.study.readers.table_suffixes import MANIFESTS, WORKBOOK
from margin_core.study.remote_address import FOLDER, VERSIONS, check_below, copy_of, is_address, normalize
from margin_core.study.samples import ReadRequest, counted

_AT_ONCE = 32
"""Files that are fetched together and held in memory."""


def fetch_remote_table(
    source: object,
    roots: Sequence[object],
    workspace: Path,
    *,
    file: str | None = None,
    sheet: str | None = None,
    progress: Progress = silent,
) -> Path:
    """Copy a table in object storage into a workspace, with the pictures that it lists; what is there already stays.

    Parameters
    ----------
    source : path or str
        Such as ``s3://bucket/pets.csv``.
    roots : sequence of path or str
        What may be read; those that are addresses.
    workspace : Path
        Folder of the workspace; nothing is written elsewhere.
    file : str, optional
        The column that lists pictures; default: found as in any table.
    sheet : str, optional
        Of a workbook; default: the first.
    progress : callable
        Told how far it is.

    Returns
    -------
    Path
        Of the copy of the table.

    Raises
    ------
    SourceError
        It is no table, or cannot be read; the package for its storage is not installed.
    AccessError
        It, or a picture that it lists, lies below no root.
    """
    address = normalize(source)
    if not address.lower().endswith(MANIFESTS):
        raise SourceError(
            f"'{address}' is no table. Of object storage, tables are read ({', '.join(MANIFESTS)}); download other "
            "sources, and open them."
        )
    allowed = [normalize(root) for root in roots if is_address(root)]
    check_below(address, allowed)
    base = workspace / FOLDER
    copies = _Copies(base, _storage(address))
    try:
        copies.update({address: copies.storage.info(address)}, progress)
        table = copy_of(base, address)
        wanted = _listed(table, address, allowed, file, sheet if table.suffix.lower() == WORKBOOK else None)
        if wanted:
            progress(0.0, "Listing what is there ...")
            there: dict[str, Any] = {}
            for root in {root for root in allowed if any(each.startswith(f"{root}/") for each in wanted)}:
                scheme = root.partition("://")[0]
                found = copies.storage.find(root, detail=True)
                there |= {f"{scheme}://{key}": facts for key, facts in found.items()}
            copies.update({each: there[each] for each in wanted if each in there}, progress)
    except MarginError:
        raise
    except FileNotFoundError:
        raise SourceError(f"There is nothing at '{address}'. Check the address.") from None
    except Exception as error:  # Each storage has errors of its own.
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SourceError(
            f"'{address}' cannot be read: {reason.rstrip('.')}. Check the address, the network and what you may read."
        ) from error
    return table


def _storage(address: str) -> Any:
    try:
        return importlib.import_module("fsspec.core").url_to_fs(address)[0]
    except ImportError:
        extra = "pip install 'margin-dashboard[s3]'" if address.startswith("s3:") else "pip install its fsspec package"
        raise SourceError(f"'{address}' needs a package for its storage. Run: {extra}.") from None
    except ValueError as error:
        raise SourceError(f"'{address}' is of no storage that is known ({error}). Give one like s3://.") from None


def _listed(table: Path, address: str, allowed: Sequence[str], file: str | None, sheet: str | None) -> list[str]:
    """Return the addresses of the pictures that a table lists; paths start from its folder."""
    from margin_core.study.readers.column_table import read_table
    from margin_core.study.readers.picture_column import find_picture_column
    from margin_core.study.readers.picture_paths import to_local_path

    rows = read_table(table, sheet=sheet)
    column = file if file in rows.columns else find_picture_column(ReadRequest(table), rows, list(rows.columns))
    if column is None:
        return []
    folder, wanted = address.rpartition("/")[0], []
    for text in dict.fromkeys(map(str.strip, rows.texts(column))):
        if is_address(text):
            if text.startswith(("http:", "https:")):
                return []  # Reading the table refuses them, in words that count them.
            picture = normalize(text)
            check_below(picture, allowed)
        elif text and ".." not in text.split("/") and not text.startswith(("/", "file:")):
            picture = normalize(f"{folder}/{to_local_path(text)}")
        else:
            continue
        wanted.append(picture)
    return wanted


class _Copies:
    """Copies of files, each with the version that it is of.

    Parameters
    ----------
    base : Path
        The folder of copies.
    storage : fsspec file system
    """

    def __init__(self, base: Path, storage: Any) -> None:
        self.storage = storage
        self._base = base
        self._file = base / VERSIONS
        try:
            self._versions: dict[str, str] = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._versions = {}

    def update(self, files: dict[str, Any], progress: Progress) -> None:
        """Copy those that have changed or are not there.

        Parameters
        ----------
        files : dict of str to dict
            What the storage says of each, by address.
        progress : callable
        """
        strip = importlib.import_module("fsspec.core").strip_protocol
        versions = {address: _version(facts) for address, facts in files.items()}
        stale = [
            address
            for address, version in versions.items()
            if self._versions.get(address) != version or not copy_of(self._base, address).is_file()
        ]
        for start in range(0, len(stale), _AT_ONCE):
            progress(start / len(stale), f"Copying {counted(len(stale), 'file')} from storage ...")
            some = stale[start : start + _AT_ONCE]
            paths = {strip(address): address for address in some}
            found = self.storage.cat(list(paths), on_error="return")
            for path, content in (found if isinstance(found, dict) else {next(iter(paths)): found}).items():
                if isinstance(content, Exception):
                    if isinstance(content, FileNotFoundError):
                        continue  # It has gone meanwhile: a picture that is missing.
                    raise content
                copy = copy_of(self._base, paths[path])
                copy.parent.mkdir(parents=True, exist_ok=True)
                with atomic_write(copy) as scratch:
                    scratch.write_bytes(content)
                self._versions[paths[path]] = versions[paths[path]]
            self._write()

    def _write(self) -> None:
        self._base.mkdir(parents=True, exist_ok=True)
        with atomic_write(self._file) as scratch:
            scratch.write_text(json.dumps(self._versions), encoding="utf-8")


def _version(facts: Any) -> str:
    return (
        f"{facts.get('ETag') or facts.get('etag') or facts.get('mtime') or facts.get('LastModified')} {facts['size']}"
    )
