"""The folder in which a study's computed parts, thumbnails and decisions are stored.

::

    pets.margin/
      workspace.json          format version, source, what was opened
      steps/<name>-<key>/     one heavy step: one .npy an array, memory-mapped when read; revision, if it has one
      thumbnails/             small pictures by row
      reference/              the same of the data that the samples are compared with, if there are any
      review.sqlite           decisions

A step's folder is written under another name and renamed, so it exists whole or not at all; a killed process
leaves at most a scratch folder, which is removed at an opening an hour later. Everything but the decisions is
a cache, and can be computed again.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np

from margin_core.errors import NotComputed, WorkspaceError
from margin_core.storage.archive import DAMAGED, atomic_write
from margin_core.storage.bundled import is_installed, user_folder
from margin_core.storage.engine import Arrays, Work

FORMAT = 1
"""Raised whenever an older program could misread the folder."""

SUFFIX = ".margin"
DESCRIPTION = "workspace.json"
_STEPS, _THUMBNAILS, _CONTENTS, _REFERENCE = CACHES = ("steps", "thumbnails", "contents.npz", "reference")
"""What can be computed again, and nothing else."""

_REVISION = "revision"

_SCRATCH = ".unfinished-"
_LOG = logging.getLogger(__name__)

ABANDONED_AFTER = 3600.0
"""Seconds. A scratch folder that was not changed for so long has no writer any more; a younger one may have."""


def workspace_folder(source: Path, named: str | Path | None = None) -> Path:
    """Return the folder of the workspace of a source.

    Parameters
    ----------
    source : Path
        The data set, or a workspace itself.
    named : path, optional
        Where the user wants it. Default: beside the source, ``pets/`` has ``pets.margin/``; for a bundled study of
        an installed wheel in the user's own folder, since an upgrade replaces what lies beside it.

    Returns
    -------
    Path
        It need not exist.
    """
    if named is not None:
        return Path(named)
    whole = source.absolute()
    if whole.suffix == SUFFIX:
        return whole
    return (user_folder() if is_installed(whole) else whole.parent) / (whole.name + SUFFIX)


@dataclass(frozen=True)
class Workspace:
    """An open workspace folder; also the engine that stores the result of every heavy step.

    Attributes
    ----------
    folder : Path
        It need not exist yet.
    may_compute : bool
        Whether a step that is not stored is run; if not, it raises `NotComputed`. A server opens what is there
        at once and leaves the rest to another process.
    revision : str
        Of data that change while they are worked on, as labels do that are given: steps are stored as used last by
        this revision, and `keep_newest_revisions` removes those of revisions long past. Empty: they stay.
    """

    folder: Path
    may_compute: bool = True
    revision: str = ""

    @classmethod
    def at(cls, folder: Path, *, may_compute: bool = True) -> Workspace:
        """Return an open workspace; its folder is created when there is something to store.

        Parameters
        ----------
        folder : Path
            It need not exist yet.
        may_compute : bool
            Whether steps may be run.

        Returns
        -------
        Workspace
            Without scratch folders that have no writer any more.

        Raises
        ------
        WorkspaceError
            It was written by a newer version, its description is damaged, or a file is in place of the folder.
        """
        file = next((place for place in (folder, *folder.parents) if place.exists() and not place.is_dir()), None)
        if file is not None:
            raise WorkspaceError(f"'{file}' is a file, so no workspace can be there. Name a folder with --workspace.")
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
        """Return the description, or None for a folder that has none yet.

        Returns
        -------
        dict or None
            ``format``, ``source``, ``columns``, ``model`` and ``layer``.

        Raises
        ------
        WorkspaceError
            The description cannot be read.
        """
        try:
            facts = json.loads((self.folder / DESCRIPTION).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise WorkspaceError(
                f"The workspace description '{self.folder / DESCRIPTION}' cannot be read ({error}). "
                "Delete that one file to have it made again; decisions are stored elsewhere."
            ) from error
        if not isinstance(facts, dict) or not isinstance(facts.get("format", 0), int):
            raise WorkspaceError(f"'{self.folder / DESCRIPTION}' is not a workspace description. Delete it.")
        return facts

    def describe(self, facts: Mapping[str, Any]) -> None:
        """Replace the description.

        Parameters
        ----------
        facts : mapping
            JSON values by name; ``format`` is added.

        Raises
        ------
        WorkspaceError
            The folder cannot be written.
        """
        with atomic_write(self.folder / DESCRIPTION) as scratch:
            scratch.write_text(json.dumps({"format": FORMAT, **facts}, indent=2) + "\n", encoding="utf-8")

    def record_opening(self) -> None:
        """Record that it is opened now, as the time of change of its description, where that may be written."""
        with suppress(OSError):
            os.utime(self.folder / DESCRIPTION)

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return the stored arrays of a step, memory-mapped, or run the step and store them.

        A step whose files are damaged is run again, with a warning in the log.

        Parameters
        ----------
        name : str
            What the step computes, in snake case.
        key : str
            Fingerprint of everything the result depends on.
        work : callable
            Computes the arrays.

        Returns
        -------
        mapping of str to array
            Read-only.

        Raises
        ------
        NotComputed
            The step is not stored, and nothing may be computed.
        WorkspaceError
            The folder cannot be read or written.
        """
        folder = self.folder / _STEPS / f"{name}-{key}"
        if (found := self._read_step(folder)) is not None:
            self._record_use(folder)
            return found
        if not self.may_compute:
            raise NotComputed(f"'{self.folder}' does not hold the step '{name}' yet. Run margin prepare first.")
        if folder.is_dir():
            _LOG.warning("The stored step '%s' in '%s' is damaged; it is computed again.", name, self.folder)
            self._remove_step(folder)
        self._write_step(folder, work())
        self._record_revision(folder)
        made = self._read_step(folder)
        if made is None:
            raise WorkspaceError(
                f"What was just written to '{folder}' cannot be read again. Check the disk, or name another folder "
                "with --workspace."
            )
        return made

    def has_step(self, name: str, key: str) -> bool:
        """Return whether a step is stored.

        Parameters
        ----------
        name, key : str
            As for `step`.

        Returns
        -------
        bool
            Its files are not read.
        """
        return (self.folder / _STEPS / f"{name}-{key}").is_dir()

    def keep_newest(self, name: str, limit: int) -> None:
        """Remove all but the newest of the stored steps of one name.

        Parameters
        ----------
        name : str
            As for `step`.
        limit : int
            Steps that stay.
        """
        stored = [(_written(folder), folder) for folder in (self.folder / _STEPS).glob(f"{name}-*")]
        for _, folder in sorted(stored, reverse=True)[limit:]:
            self._remove_step(folder)

    def keep_newest_revisions(self, limit: int) -> None:
        """Remove the steps that none of the newest revisions has used; those without a revision stay.

        Parameters
        ----------
        limit : int
            Revisions that stay, this one among them.
        """
        newest: dict[str, float] = {}
        of_folder = {}
        for marker in (self.folder / _STEPS).glob(f"*/{_REVISION}"):
            with suppress(FileNotFoundError):  # Another process has just removed it.
                of_folder[marker.parent] = name = marker.read_text(encoding="utf-8")
                newest[name] = max(newest.get(name, 0.0), marker.stat().st_mtime_ns)
        others = sorted(newest.keys() - {self.revision}, key=lambda name: newest[name], reverse=True)
        kept = {self.revision, *others[: limit - 1]}
        for folder, name in of_folder.items():
            if name not in kept:
                self._remove_step(folder)

    @property
    def thumbnails(self) -> Path:
        """Folder of thumbnails."""
        return self.folder / _THUMBNAILS

    @property
    def contents(self) -> Path:
        """File of the digests of the source's files."""
        return self.folder / _CONTENTS

    @property
    def of_reference(self) -> Workspace:
        """Where digests and thumbnails of the reference are stored; other steps of it are among those of the study."""
        return Workspace(self.folder / _REFERENCE, self.may_compute, self.revision)

    @property
    def review_database(self) -> Path:
        """File of the decisions, unless the user names another database."""
        return self.folder / "review.sqlite"

    def _read_step(self, folder: Path) -> Arrays | None:
        """Memory-map the arrays of a step; None when it is not there or one of them is damaged."""
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

    def _record_use(self, folder: Path) -> None:
        """Record that this revision uses a step that another one has stored."""
        marker = folder / _REVISION
        if not self.revision or not self.may_compute:
            return
        with suppress(OSError):  # It stays one of the other: then it is computed again, once that is long past.
            if marker.read_text(encoding="utf-8") != self.revision:
                marker.write_text(self.revision, encoding="utf-8")

    def _record_revision(self, folder: Path) -> None:
        if self.revision:
            with suppress(OSError):
                (folder / _REVISION).write_text(self.revision, encoding="utf-8")

    def _remove_step(self, folder: Path) -> None:
        """Remove a step at once; another process may do the same."""
        aside = folder.with_name(f"{_SCRATCH}{uuid4().hex}")
        with suppress(FileNotFoundError):
            os.replace(folder, aside)
            shutil.rmtree(aside)

    def _write_step(self, folder: Path, arrays: Arrays) -> None:
        scratch: Path | None = None
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_SCRATCH))
            for name, array in arrays.items():
                with (scratch / f"{name}.npy").open("wb") as stream:
                    np.save(_PythonStream(stream), array, allow_pickle=False)
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
class _PythonStream:
    """A stream that NumPy writes through Python's file object: its direct writing does not notice a full disk."""

    stream: BinaryIO

    def write(self, part: bytes) -> int:
        return self.stream.write(part)


def _written(folder: Path) -> float:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:  # Another process has just removed it.
        return 0


def _abandoned(scratch: Path) -> bool:
    try:
        return time.time() - scratch.stat().st_mtime > ABANDONED_AFTER
    except FileNotFoundError:  # Its writer has just renamed it.
        return False
