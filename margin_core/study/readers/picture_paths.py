r"""The files that a list of pictures means, however their paths were written.

A list is often older than the folder that it lies in, or was made on another machine: it has ``\`` between folders,
``file://`` before them, absolute paths of another home, names without a folder, or ids without a suffix. Such a path
is looked for among the pictures below the list. It means a file only where their folders agree, and where it can be
no other file: a picture under the label of another one would be worse than a missing one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from margin_core.storage.workspace import SUFFIX
from margin_core.study.inputs.pictures import is_picture
from margin_core.study.readers.class_folders import is_litter

MAX_ENTRIES = 500_000
"""Files and folders that are looked at in search of pictures."""

_REMOTE = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def is_remote(text: str) -> bool:
    """Return whether a text is the address of something on another machine.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
        False for ``file://``.
    """
    return _REMOTE.match(text.lstrip()) is not None


def has_picture_name(text: str) -> bool:
    """Return whether a path or an address ends in the name of a picture, before its query if it has one.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
        By the suffix alone.
    """
    trimmed = text.strip()
    return is_picture(trimmed) or is_picture(_without_query(trimmed))


def to_local_path(text: str) -> str:
    """Return a path as this machine writes it: without blanks around it and without ``file://``.

    Parameters
    ----------
    text : str
        As listed.

    Returns
    -------
    str
        Not looked for yet; it may lead anywhere.
    """
    trimmed = text.strip()
    if trimmed[:5].lower() != "file:":
        return trimmed
    address = urlsplit(trimmed)
    return unquote(address.path) if address.netloc in ("", "localhost") else trimmed


@dataclass(frozen=True)
class FoundPaths:
    """Paths of files, and which of them stood otherwise in the list.

    Attributes
    ----------
    paths : list of str, length n
        Posix form; from the folder of the list, or absolute. Some may not exist.
    moved : list of int
        Rows whose file has another path than the one that is listed.
    several : dict of int to list of str
        Rows that could mean several files; their path is as listed.
    """

    paths: list[str]
    moved: list[int]
    several: dict[int, list[str]]


def find_files(listed: Sequence[str], root: Path, others: Iterable[Path] = ()) -> FoundPaths:
    """Find the files that paths mean.

    Parameters
    ----------
    listed : sequence of str, length n
        Of `to_local_path`.
    root : Path
        The folder that paths start from.
    others : iterable of Path
        Further folders in which files may lie.

    Returns
    -------
    FoundPaths
        A file that is where the list says is taken, whatever else there is.
    """
    paths = list(listed)
    lost = [row for row, path in enumerate(paths) if path and not _exists(root, path)]
    if not lost:
        return FoundPaths(paths, [], {})
    index = PictureIndex.of((root, *others))
    meant = {path: index.find(path) for path in {paths[row] for row in lost}}
    owners: dict[str, set[str]] = {}
    for path, files in meant.items():
        for file in files:
            owners.setdefault(file, set()).add(path)
    moved, several = [], {}
    for row in lost:
        files = meant[paths[row]]
        if len(files) > 1:
            several[row] = files
        elif files and len(owners[files[0]]) == 1:
            paths[row] = files[0]
            moved.append(row)
    return FoundPaths(paths, moved, several)


def _exists(root: Path, path: str) -> bool:
    try:
        return os.path.lexists(os.path.join(root, path))
    except ValueError:  # a zero byte
        return True


@dataclass(frozen=True, eq=False)
class PictureIndex:
    """The pictures below some folders, by their names.

    Attributes
    ----------
    names : dict of str to list of str
        Files by their names, in small letters; from the first folder, or absolute.
    stems : dict of str to list of str
        The same by names without the suffix.
    """

    names: dict[str, list[str]] = field(default_factory=dict)
    stems: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, folders: Sequence[Path]) -> PictureIndex:
        """Return the index of some folders; links to folders are not followed.

        Parameters
        ----------
        folders : sequence of Path
            Paths in the first one are relative to it.

        Returns
        -------
        PictureIndex
            Of the first `MAX_ENTRIES` files and folders, those nearest to the top first.
        """
        index = cls()
        first = folders[0].as_posix()
        # A folder may lie in another one: what is found in both is one file.
        found = {f"{first}/{path}": path for path in _walk(folders[0], relative=True)}
        for folder in folders[1:]:
            for path in _walk(folder, relative=False):
                found.setdefault(path, path)
        for path in found.values():
            name = path.rpartition("/")[2].casefold()
            index.names.setdefault(name, []).append(path)
            index.stems.setdefault(name.rpartition(".")[0] or name, []).append(path)
        return index

    def find(self, path: str) -> list[str]:
        """Return the files that a path may mean: those of its name whose folders agree with its folders.

        Parameters
        ----------
        path : str
            As listed.

        Returns
        -------
        list of str
        """
        for spelling in dict.fromkeys([path, _without_query(path), unquote(path), unquote(_without_query(path))]):
            plain = spelling[2:] if _DRIVE.match(spelling) else spelling
            parts = [part.casefold() for part in re.split(r"[\\/]", plain) if part not in ("", ".")]
            if not parts or ".." in parts:
                continue
            for files in (self.names.get(parts[-1], ()), self.stems.get(parts[-1], ())):
                if agreeing := [file for file in files if _agree(parts[:-1], file)]:
                    return agreeing
        return []


def _agree(above: list[str], file: str) -> bool:
    """Return whether the folders above a name and those of a file are the same, as far as both have some."""
    of_file = file.casefold().strip("/").split("/")[:-1]
    both = min(len(above), len(of_file))
    return both == 0 or above[-both:] == of_file[-both:]


def _walk(folder: Path, relative: bool) -> Iterator[str]:
    """Yield the pictures below a folder, level by level."""
    level, looked_at = [""], 0
    while level:
        below: list[str] = []
        for prefix in level:
            try:
                entries = sorted(os.scandir(os.path.join(folder, prefix)), key=lambda entry: entry.name)
            except OSError:
                continue  # It cannot be listed: what lies there is not there.
            for entry in entries:
                looked_at += 1
                if looked_at > MAX_ENTRIES:
                    return
                if is_litter(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.endswith(SUFFIX):
                        below.append(f"{prefix}{entry.name}/")
                elif is_picture(entry.name):
                    yield f"{prefix}{entry.name}" if relative else f"{folder.as_posix()}/{prefix}{entry.name}"
        level = below


def _without_query(text: str) -> str:
    return re.split(r"[?#]", text, maxsplit=1)[0]
