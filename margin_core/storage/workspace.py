"""The folder in which a study's computed parts, thumbnails and decisions are kept.

::

    pets.margin/
      workspace.json          format version, source, what was opened
      steps/<name>-<key>/     one heavy step: one .npy an array, memory-mapped when read
      thumbnails/             small pictures by row
      review.sqlite           decisions

A step's folder is written aside and renamed, so it is there whole or not at all; a killed process
leaves at most a scratch folder, which an opening an hour later removes. Everything but the decisions is
only remembered, and can be computed again.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np

from margin_core.errors import NotComputed, WorkspaceError
from margin_core.storage.archive import DAMAGED, written_aside
from margin_core.storage.engine import Arrays, Work

FORMAT = 1
"""Raised whenever an older program could misread the folder."""

SUFFIX = ".margin"
_FACTS = "workspace.json"
_STEPS, _THUMBNAILS, _CONTENTS = _CACHES = ("steps", "thumbnails", "contents.npz")
"""What can be computed again, and nothing else."""

_SCRATCH = ".unfinished-"
_LOG = logging.getLogger(__name__)

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
        Whether a step that is not remembered is run; if not, it raises `NotComputed`. A server opens
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
        for leftover in (folder / _STEPS).glob(f"{_SCRATCH}*"):
            if _abandoned(leftover):
                shutil.rmtree(leftover, ignore_errors=True)
        return workspace

    def facts(self) -> dict[str, Any] | None:
        """Return the description, or None for a folder that has none yet."""
        try:
            facts = json.loads((self.folder / _FACTS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise WorkspaceError(
                f"The workspace description '{self.folder / _FACTS}' cannot be read ({error}). "
                "Delete that one file to have it made again; decisions are kept elsewhere."
            ) from error
        if not isinstance(facts, dict) or not isinstance(facts.get("format", 0), int):
            raise WorkspaceError(f"'{self.folder / _FACTS}' is not a workspace description. Delete it.")
        return facts

    def describe(self, facts: Mapping[str, Any]) -> None:
        """Replace the description."""
        with written_aside(self.folder / _FACTS) as scratch:
            scratch.write_text(json.dumps({"format": FORMAT, **facts}, indent=2) + "\n", encoding="utf-8")

    def note_opening(self) -> None:
        """Write down that it is opened now, as the time of its description; where nothing may be written, do not."""
        with suppress(OSError):
            os.utime(self.folder / _FACTS)

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return the remembered arrays of a step, memory-mapped, or run it and remember them.

        A step whose files are damaged is run again, which is said in the log (on standard error, unless the
        program that imports this one sets up another place).
        """
        folder = self.folder / _STEPS / f"{name}-{key}"
        if (found := self._recalled(folder)) is not None:
            return found
        if not self.may_compute:
            raise NotComputed(f"'{self.folder}' does not hold the step '{name}' yet. Run margin prepare first.")
        if folder.is_dir():
            _LOG.warning("The remembered step '%s' in '%s' is damaged; it is computed again.", name, self.folder)
            self._forget(folder)
        self._remember(folder, work())
        made = self._recalled(folder)
        if made is None:
            raise WorkspaceError(
                f"What was just written to '{folder}' cannot be read again. Check the disk, or name another folder "
                "with --workspace."
            )
        return made

    def remembers(self, name: str, key: str) -> bool:
        """Say whether a step is there already."""
        return (self.folder / _STEPS / f"{name}-{key}").is_dir()

    def keep_newest(self, name: str, most: int) -> None:
        """Forget all but the newest of the remembered steps of one name."""
        kept = [(_made(folder), folder) for folder in (self.folder / _STEPS).glob(f"{name}-*")]
        for _, folder in sorted(kept, reverse=True)[most:]:
            self._forget(folder)

    @property
    def thumbnails(self) -> Path:
        """Folder of small pictures."""
        return self.folder / _THUMBNAILS

    @property
    def contents(self) -> Path:
        """What the files of the source hold, one digest a file."""
        return self.folder / _CONTENTS

    @property
    def review_database(self) -> Path:
        """Where decisions are kept unless the user names another database."""
        return self.folder / "review.sqlite"

    def _recalled(self, folder: Path) -> Arrays | None:
        """Map the arrays of a step; None when it is not there or one of them is damaged."""
        files = sorted(folder.glob("*.npy"))
        try:
            return {path.stem: np.load(path, mmap_mode="r", allow_pickle=False) for path in files} or None
        except (FileNotFoundError, *DAMAGED):
            return None
        except OSError as error:
            raise WorkspaceError(
                f"Cannot read the workspace '{self.folder}': {error.strerror or error}. "
                "Allow reading it, or name another folder with --workspace."
            ) from error

    def _forget(self, folder: Path) -> None:
        """Take a step away at once; another process may do the same."""
        aside = folder.with_name(f"{_SCRATCH}{uuid4().hex}")
        with suppress(FileNotFoundError):
            os.replace(folder, aside)
            shutil.rmtree(aside)

    def _remember(self, folder: Path, arrays: Arrays) -> None:
        scratch: Path | None = None
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_SCRATCH))
            for name, array in arrays.items():
                with (scratch / f"{name}.npy").open("wb") as stream:
                    np.save(_Checked(stream), array, allow_pickle=False)
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


@dataclass(frozen=True)
class _Checked:
    """A stream that NumPy cannot write to past Python: its own writing does not notice that the disk is full."""

    stream: BinaryIO

    def write(self, part: bytes) -> int:
        return self.stream.write(part)


@dataclass(frozen=True)
class Kept:
    """A workspace on disk, as a list of them shows it.

    Attributes
    ----------
    folder : Path
    source : Path or None
        What it was made from; None when it does not say.
    size : int
        Bytes that can be computed again.
    opened : float
        When it was last opened, in seconds since 1970.
    """

    folder: Path
    source: Path | None
    size: int
    opened: float

    @property
    def is_orphan(self) -> bool:
        """Whether its source is gone."""
        return self.source is not None and not self.source.exists()

    @property
    def has_decisions(self) -> bool:
        """Whether decisions are kept in it."""
        return Workspace(self.folder).review_database.exists()


def kept_below(folder: Path) -> Iterator[Kept]:
    """List the workspaces in a folder and in all folders below it, links not followed.

    One of a newer version, or whose description is damaged, is passed over: nothing is known about it.
    """
    for place, folders, _ in os.walk(folder):
        folders.sort()
        if place.endswith(SUFFIX):
            folders.clear()
            if (kept := _kept(Path(place))) is not None:
                yield kept


def clean(kept: Kept) -> int:
    """Remove what a workspace can compute again, and the folder when nothing else is in it; return the bytes.

    Decisions, and files that MARGIN did not write, are never touched.

    Raises
    ------
    WorkspaceError
        A file cannot be removed.
    """
    try:
        for name in _CACHES:
            path = kept.folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if [path.name for path in kept.folder.iterdir()] == [_FACTS]:
            (kept.folder / _FACTS).unlink()
            kept.folder.rmdir()
    except OSError as error:
        raise WorkspaceError(
            f"Cannot clean the workspace '{kept.folder}': {error.strerror or error}. Close what uses it, or allow "
            "changing the folder; its decisions are untouched."
        ) from error
    return kept.size


def _kept(folder: Path) -> Kept | None:
    try:
        facts = Workspace.at(folder).facts()
        opened = (folder / _FACTS).stat().st_mtime
    except (WorkspaceError, OSError):
        return None
    source = None if facts is None else facts.get("source")
    known = folder.parent / source if isinstance(source, str) else None
    return Kept(folder, known, sum(map(_size, (folder / name for name in _CACHES))), opened)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if file.is_file())


def _made(folder: Path) -> float:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:  # Another process has just forgotten it.
        return 0


def _abandoned(scratch: Path) -> bool:
    try:
        return time.time() - scratch.stat().st_mtime > _PATIENCE
    except FileNotFoundError:  # Its writer has just renamed it.
        return False
