"""The folder in which a study's computed parts, thumbnails and decisions are kept.

::

    pets.margin/
      workspace.json          format version, source, what was opened
      steps/<name>-<key>/     one heavy step: one .npy an array, memory-mapped when read
      thumbnails/             small pictures by row
      review.sqlite           decisions

A step's folder is written aside and renamed, so it is there whole or not at all; a killed process
leaves at most a scratch folder, which an opening an hour later removes.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from margin_core.archive import written_aside
from margin_core.engine.run import Arrays, Work
from margin_core.errors import NotRemembered, WorkspaceError

FORMAT = 1
"""Raised whenever an older program could misread the folder."""

SUFFIX = ".margin"
_SCRATCH = ".unfinished-"

_PATIENCE = 3600.0
"""A scratch folder untouched for so many seconds has no writer any more; a younger one may have."""


def workspace_folder(source: Path, named: str | Path | None = None) -> Path:
    """Say where the workspace of a source is: where the user says, else beside it (``pets/`` has ``pets.margin/``)."""
    if named is not None:
        return Path(named)
    whole = source.absolute()
    return whole if whole.suffix == SUFFIX else whole.with_name(whole.name + SUFFIX)


@dataclass(frozen=True)
class Workspace:
    """A workspace folder, opened; also the engine that remembers every heavy step.

    Attributes
    ----------
    folder : Path
    may_compute : bool
        Whether a step that is not remembered is run; if not, it raises `NotRemembered`. A server opens
        what is there at once and leaves the rest to another process.
    """

    folder: Path
    may_compute: bool = True

    @classmethod
    def at(cls, folder: Path, *, may_compute: bool = True) -> Workspace:
        """Open a workspace; its folder is made when there is something to remember.

        Raises
        ------
        WorkspaceError
            It was written by a newer version, or its description is damaged.
        """
        workspace = cls(folder, may_compute)
        facts = workspace.facts()
        if facts is not None and facts.get("format", 0) > FORMAT:
            raise WorkspaceError(
                f"The workspace '{folder}' was written by a newer version (format {facts['format']}; this one "
                f"reads up to {FORMAT}). Upgrade MARGIN, or name another folder with --workspace."
            )
        for leftover in (folder / "steps").glob(f"{_SCRATCH}*"):
            if _abandoned(leftover):
                shutil.rmtree(leftover, ignore_errors=True)
        return workspace

    def facts(self) -> dict[str, Any] | None:
        """Return the description, or None for a folder that has none yet."""
        try:
            facts = json.loads((self.folder / "workspace.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise WorkspaceError(
                f"The workspace description '{self.folder / 'workspace.json'}' cannot be read ({error}). "
                "Delete that one file to have it made again; decisions are kept elsewhere."
            ) from error
        if not isinstance(facts, dict) or not isinstance(facts.get("format", 0), int):
            raise WorkspaceError(f"'{self.folder / 'workspace.json'}' is not a workspace description. Delete it.")
        return facts

    def describe(self, facts: Mapping[str, Any]) -> None:
        """Replace the description."""
        with written_aside(self.folder / "workspace.json") as scratch:
            scratch.write_text(json.dumps({"format": FORMAT, **facts}, indent=2) + "\n", encoding="utf-8")

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return the remembered arrays of a step, memory-mapped, or run it and remember them."""
        folder = self.folder / "steps" / f"{name}-{key}"
        if not folder.is_dir():
            if not self.may_compute:
                raise NotRemembered(f"'{self.folder}' does not hold the step '{name}' yet. Run margin prepare first.")
            self._remember(folder, work())
        return {path.stem: np.load(path, mmap_mode="r", allow_pickle=False) for path in sorted(folder.glob("*.npy"))}

    def remembers(self, name: str, key: str) -> bool:
        """Say whether a step is there already."""
        return (self.folder / "steps" / f"{name}-{key}").is_dir()

    @property
    def thumbnails(self) -> Path:
        """Folder of small pictures."""
        return self.folder / "thumbnails"

    @property
    def review_database(self) -> Path:
        """Where decisions are kept unless the user names another database."""
        return self.folder / "review.sqlite"

    def _remember(self, folder: Path, arrays: Arrays) -> None:
        scratch: Path | None = None
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_SCRATCH))
            for name, array in arrays.items():
                np.save(scratch / f"{name}.npy", array, allow_pickle=False)
            os.replace(scratch, folder)
        except OSError as error:
            if not folder.is_dir():  # Another process may have finished the same step first: that is fine.
                raise WorkspaceError(
                    f"Cannot write to the workspace '{self.folder}': {error.strerror or error}. "
                    "Free some space, or name another folder with --workspace."
                ) from error
        finally:
            if scratch is not None:
                shutil.rmtree(scratch, ignore_errors=True)


def _abandoned(scratch: Path) -> bool:
    try:
        return time.time() - scratch.stat().st_mtime > _PATIENCE
    except FileNotFoundError:  # Its writer has just renamed it.
        return False
