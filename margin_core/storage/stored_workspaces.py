"""The workspaces below a folder: what each takes on disk, and removing what can be computed again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from margin_core.errors import WorkspaceError
from margin_core.storage.workspace import CACHES, DESCRIPTION, SUFFIX, Workspace


@dataclass(frozen=True)
class StoredWorkspace:
    """A workspace on disk, without its content.

    Attributes
    ----------
    folder : Path
        Of the workspace.
    source : Path or None
        The source it was made from; None when it does not say.
    size : int
        Bytes on disk that can be computed again.
    opened : float
        When it was last opened, in seconds since 1970.
    """

    folder: Path
    source: Path | None
    size: int
    opened: float

    @property
    def is_orphan(self) -> bool:
        """Whether its source does not exist any more."""
        return self.source is not None and not self.source.exists()

    @property
    def has_decisions(self) -> bool:
        """Whether it holds a review database."""
        return Workspace(self.folder).review_database.exists()


def find_workspaces(folder: Path) -> Iterator[StoredWorkspace]:
    """Yield the workspaces in a folder and in all folders below it, links not followed.

    One of a newer version, or whose description is damaged, is left out: nothing is known about it.

    Parameters
    ----------
    folder : Path
        Where to look.

    Yields
    ------
    StoredWorkspace
        In order of their paths.
    """
    for place, folders, _ in os.walk(folder):
        folders.sort()
        if place.endswith(SUFFIX):
            folders.clear()
            if (found := _read_workspace(Path(place))) is not None:
                yield found


def clean_workspace(workspace: StoredWorkspace) -> int:
    """Remove what a workspace can compute again, and its folder when nothing else is in it.

    Decisions, and files that MARGIN did not write, are never touched.

    Parameters
    ----------
    workspace : StoredWorkspace
        As by `find_workspaces`.

    Returns
    -------
    int
        Bytes freed.

    Raises
    ------
    WorkspaceError
        A file cannot be removed.
    """
    try:
        for name in CACHES:
            path = workspace.folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if [path.name for path in workspace.folder.iterdir()] == [DESCRIPTION]:
            (workspace.folder / DESCRIPTION).unlink()
            workspace.folder.rmdir()
    except OSError as error:
        raise WorkspaceError(
            f"Cannot clean the workspace '{workspace.folder}': {error.strerror or error}. Close what uses it, or allow "
            "changing the folder; its decisions are untouched."
        ) from error
    return workspace.size


def _read_workspace(folder: Path) -> StoredWorkspace | None:
    try:
        facts = Workspace.at(folder).facts()
        opened = (folder / DESCRIPTION).stat().st_mtime
    except (WorkspaceError, OSError):
        return None
    source = None if facts is None else facts.get("source")
    path = folder.parent / source if isinstance(source, str) else None
    return StoredWorkspace(folder, path, sum(map(_size, (folder / name for name in CACHES))), opened)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if file.is_file())
