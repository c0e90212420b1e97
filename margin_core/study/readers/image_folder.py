"""A folder of pictures, one sub-folder a class.

::

    pets/cat/1.jpg              or, with splits     pets/train/cat/1.jpg
    pets/cat/outdoors/7.jpg                         pets/val/dog/3.jpg
    pets/dog/2.jpg                                  pets/test/9.jpg        (no label)
    pets/unsorted.jpg           (no label)
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from margin_core.errors import SourceError
from margin_core.study.contents import FileListing, compute_digests
from margin_core.study.inputs.pictures import SUFFIXES, PictureFiles, is_picture
from margin_core.study.notes import Note, loss
from margin_core.study.roots import is_inside, resolve_links
from margin_core.study.samples import ReadRequest, Samples, check_no_columns, counted, encode_classes, listed

SPLITS = frozenset({"train", "training", "val", "valid", "validation", "test", "testing"})
"""Folders at the top that are parts of the data set rather than classes, when there are only such."""

_NOT_DATA = ("__MACOSX",)
"""Folders that unpacking leaves behind; names that start with a dot are left out as well."""


@dataclass
class _Scan:
    """What was found in the folders."""

    pictures: list[tuple[str, int, int]] = field(default_factory=list)
    others: int = 0
    links: int = 0
    unnameable: int = 0
    empty_classes: set[str] = field(default_factory=set)


def read_image_folder(request: ReadRequest) -> Samples:
    """Read a folder of pictures.

    The label is the folder at the top (below the split, where there is one); folders inside it belong to
    it. Pictures outside any such folder have no label. Ids are the relative paths in posix form, sorted
    by text. Links to files are followed while they stay below the roots, links to folders never.

    Parameters
    ----------
    request : ReadRequest
        The source, and how to read it.

    Returns
    -------
    Samples
        As the source has them, without a model.

    Raises
    ------
    SourceError
        There is no picture, or a folder cannot be listed.
    """
    check_no_columns(request, "is a folder of pictures, whose labels are its sub-folders")
    root = request.path
    scan = _scan(root, (root, *request.roots))
    if not scan.pictures:
        raise _no_pictures(root, scan)
    scan.pictures.sort()
    paths = tuple(path for path, _, _ in scan.pictures)
    sizes = np.array([size for _, size, _ in scan.pictures])
    listing = FileListing(root, paths, sizes, np.array([changed for _, _, changed in scan.pictures]))
    split, label = _split_and_label(paths)
    # Sorted by text, numbers too: so torchvision numbers the folders for the models trained on them.
    names = tuple(sorted(set(label) - {""}))
    return Samples(
        name=root.name,
        ids=np.array(paths),
        labels=encode_classes(label, names) if names else None,
        class_names=names or None,
        inputs=PictureFiles(root, paths, compute_digests(listing, request.memory, request.run), (root, *request.roots)),
        columns={"split": np.array(split)} if any(split) else {},
        notes=_notes(scan),
    )


def _split_and_label(paths: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the split and the class of each path; empty where there is none."""
    folders = [path.split("/")[:-1] for path in paths]
    at_the_top = {parts[0].lower() for parts in folders if parts}
    split_by_folder = at_the_top <= SPLITS and any(len(parts) > 1 for parts in folders)
    if not split_by_folder:
        return [""] * len(paths), [parts[0] if parts else "" for parts in folders]
    return [parts[0] if parts else "" for parts in folders], [parts[1] if len(parts) > 1 else "" for parts in folders]


def _scan(root: Path, allowed: tuple[Path, ...]) -> _Scan:
    scan = _Scan()
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        before = len(scan.pictures)
        try:
            with os.scandir(root / prefix) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name in _NOT_DATA:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(f"{prefix}{entry.name}/")
                    else:
                        _add(scan, prefix, entry, allowed)
        except OSError as error:
            raise SourceError(
                f"The folder '{root / prefix}' cannot be listed: {error.strerror}. Allow reading it, or move it away."
            ) from error
        if prefix.count("/") == 1 and len(scan.pictures) == before:
            scan.empty_classes.add(prefix[:-1])
    scan.empty_classes -= {path.split("/")[0] for path, _, _ in scan.pictures}
    return scan


def _add(scan: _Scan, prefix: str, entry: os.DirEntry[str], allowed: tuple[Path, ...]) -> None:
    """Add one entry that is no folder."""
    path = prefix + entry.name
    if entry.is_symlink() and (not is_inside(resolve_links(entry.path), allowed) or entry.is_dir()):
        scan.links += 1
    elif not is_picture(entry.name) or not entry.is_file():
        scan.others += 1
    elif not (path.isascii() or _is_text(path)):
        scan.unnameable += 1
    else:
        facts = entry.stat()
        scan.pictures.append((path, facts.st_size, facts.st_mtime_ns))


def _is_text(path: str) -> bool:
    """Return whether a path is Unicode text; other bytes cannot be an id."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_pictures(root: Path, scan: _Scan) -> SourceError:
    remedy = "Give a folder that has one sub-folder of pictures for each class."
    if scan.others or scan.links:
        found = counted(scan.others + scan.links, "other file")
        return SourceError(f"The folder '{root}' holds no pictures ({', '.join(SUFFIXES)}), only {found}. {remedy}")
    return SourceError(f"The folder '{root}' is empty. {remedy}")


def _notes(scan: _Scan) -> tuple[Note, ...]:
    notes = []
    if scan.others:
        notes.append(loss(f"{counted(scan.others, 'file')} left out: not a picture."))
    if scan.links:
        notes.append(loss(f"{counted(scan.links, 'link')} not followed: to a folder, or leading outside."))
    if scan.unnameable:
        notes.append(loss(f"{counted(scan.unnameable, 'file')} left out: the name is not Unicode text."))
    if scan.empty_classes:
        folders = counted(len(scan.empty_classes), "folder")
        notes.append(loss(f"{folders} without pictures left out ({listed(sorted(scan.empty_classes))})."))
    return tuple(notes)
