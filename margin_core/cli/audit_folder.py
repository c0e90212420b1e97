"""The folder that ``margin audit`` writes: its tables, and a summary by which it knows them again.

``summary.json`` holds the SHA-256 of each file of the folder, so a later run replaces what an earlier one wrote, and
nothing that somebody changed or put there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from margin_core.errors import WorkspaceError
from margin_core.review.export.tables import write_csv, write_parquet
from margin_core.storage.archive import atomic_write

if TYPE_CHECKING:
    import pandas as pd

TABLES = {"findings.csv": write_csv, "findings.parquet": write_parquet}
SUMMARY = "summary.json"


def check_folder(folder: Path, *, force: bool) -> None:
    """Check that the files of an audit may be written to a folder, before the work for them begins.

    Parameters
    ----------
    folder : Path
    force : bool
        Whether files may be replaced that are not as an audit wrote them.

    Raises
    ------
    WorkspaceError
        There is such a file, or a file in place of the folder.
    """
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError(f"'{folder}' is a file. Name a folder for the results with --out.")
    if force:
        return
    written = _read_hashes(folder / SUMMARY)
    for name in (*TABLES, SUMMARY):
        path = folder / name
        if path.exists() and (name not in written or _hash_file(path) != written[name]):
            raise WorkspaceError(
                f"'{path}' is not as margin audit wrote it. Name another folder, or replace it with --force."
            )


def write_folder(folder: Path, frame: pd.DataFrame, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Write the findings of a task, and their summary.

    Parameters
    ----------
    folder : Path
    frame : pandas.DataFrame
        A row for each finding.
    summary : mapping
        What ``summary.json`` shall hold.

    Returns
    -------
    dict
        What it holds: the summary, and ``files``, the SHA-256 of each by name; its own is that of the text without it.
    """
    for name, write in TABLES.items():
        write(frame, folder / name)
    complete = {**summary, "files": {name: _hash_file(folder / name) for name in TABLES}}
    complete["files"][SUMMARY] = _hash(_text(complete))
    with atomic_write(folder / SUMMARY) as scratch:
        scratch.write_text(_text(complete), encoding="utf-8")
    return complete


def _read_hashes(path: Path) -> dict[str, str]:
    """Return the SHA-256 that each file of the folder had, by name; nothing where the summary is not ours."""
    try:
        text = path.read_text(encoding="utf-8")
        summary = json.loads(text)
        files = dict(summary["files"])
        own = summary["files"].pop(SUMMARY)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    is_unchanged = _text({**summary, "files": files}) == text and _hash(_text(summary)) == own
    return files | {SUMMARY: _hash(text)} if is_unchanged else files | {SUMMARY: ""}


def _text(summary: Mapping[str, Any]) -> str:
    text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
    return text.encode(errors="backslashreplace").decode()  # Names of files need not be Unicode text.


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _hash_file(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
