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
from margin_core.study.inputs.pictures import SUFFIXES, PictureFiles, is_picture, starts_as_picture
from margin_core.study.notes import Note, assumption, check_lost, loss
from margin_core.study.readers.class_folders import find_class_folders, is_litter, litter_note
from margin_core.study.readers.exports import SUFFIXES as EXPORTS
from margin_core.study.readers.exports import is_export, is_export_folder
from margin_core.study.readers.label_tables import is_table_of_labels, name_table
from margin_core.study.readers.table_suffixes import MANIFESTS
from margin_core.study.roots import is_inside, resolve_links
from margin_core.study.samples import ReadRequest, Samples, check_no_columns, counted, listed


@dataclass
class _Scan:
    """The pictures and other files that were found in the folders."""

    pictures: list[tuple[str, int, int]] = field(default_factory=list)
    others: int = 0
    links: int = 0
    read_elsewhere: int = 0
    litter: int = 0
    tables: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    unnameable: int = 0
    empty_classes: set[str] = field(default_factory=set)


def read_image_folder(request: ReadRequest) -> Samples:
    """Read a folder of pictures.

    The label is the folder at the top, below the split where there is one; folders inside it belong to it. One folder
    around all others, such as ``images``, is passed over. Pictures outside any class folder have no label. Ids are the
    relative paths in posix form, sorted by text. Links are followed while they stay below the roots.

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
        There is no picture, a folder cannot be listed, or all pictures are of one class and a table of labels lies
        beside them.
    """
    check_no_columns(request, "is a folder of pictures, whose labels are its sub-folders")
    root = request.path
    scan = _scan(root, (root, *request.roots), request.apart)
    if not scan.pictures:
        raise _no_pictures(root, scan)
    scan.pictures.sort()
    paths = tuple(path for path, _, _ in scan.pictures)
    sizes = np.array([size for _, size, _ in scan.pictures])
    listing = FileListing(root, paths, sizes, np.array([changed for _, _, changed in scan.pictures]))
    folders = find_class_folders(paths)
    if folders.class_names is not None and len(folders.class_names) == 1 and request.apart is None:
        for table in sorted(scan.tables):
            if is_table_of_labels(root / table):
                remedy = f"Read the labels from it with --labels '{root / table}', or take it out of the folder."
                raise SourceError(name_table(root, folders.class_names[0], table, remedy))
    if (folders.class_names is None or len(folders.class_names) == 1) and request.apart is None:
        _check_no_export(root, scan)
    return Samples(
        name=root.name,
        ids=np.array(paths),
        labels=folders.labels,
        class_names=folders.class_names,
        inputs=PictureFiles(root, paths, compute_digests(listing, request.memory, request.run), (root, *request.roots)),
        columns=folders.columns,
        notes=(*_notes(root, scan), *folders.notes(str(root))),
    )


_MAX_EXPORTS = 10
"""Files that may be exports are looked into until so many are none."""

_ONE_FOLDER_A_CLASS = "Give a folder that has one sub-folder of pictures for each class."


def _scan(root: Path, allowed: tuple[Path, ...], apart: Path | None) -> _Scan:
    scan = _Scan()
    waiting = [""]
    seen = {resolve_links(root)}
    while waiting:
        prefix = waiting.pop()
        before = len(scan.pictures)
        try:
            with os.scandir(root / prefix) as entries:
                # In an order, so that of two links to one folder always the same is followed.
                for entry in sorted(entries, key=lambda entry: entry.name):
                    if is_litter(entry.name):
                        scan.litter += 1
                    elif entry.is_dir():
                        _check_named(root, prefix, entry.name)
                        if entry.is_symlink():
                            _follow(scan, waiting, seen, f"{prefix}{entry.name}/", entry.path, allowed)
                        else:
                            waiting.append(f"{prefix}{entry.name}/")
                    elif apart is None or entry.path != str(apart):
                        _add(scan, prefix, entry, allowed)
        except OSError as error:
            raise SourceError(
                f"The folder '{root / prefix}' cannot be listed: {error.strerror}. Allow reading it, or move it away."
            ) from error
        if prefix.count("/") == 1 and len(scan.pictures) == before:
            scan.empty_classes.add(prefix[:-1])
    scan.empty_classes -= {path.split("/")[0] for path, _, _ in scan.pictures}
    return scan


def _check_no_export(root: Path, scan: _Scan) -> None:
    """Refuse pictures without classes beside an export of another program that has their labels."""
    for export in sorted(scan.exports)[:_MAX_EXPORTS]:
        if is_export(root / export):
            around = (root / export).parent.parent
            is_split = around.is_relative_to(root) and is_export_folder(around)
            place = f"'{around}'" if is_split else f"'{root / export}' with --root '{root}'"
            raise SourceError(
                f"'{root}': its pictures lie in no two class folders, and '{export}' holds labels. Open {place}, or "
                "take it out of the folder."
            )


def _follow(scan: _Scan, waiting: list[str], seen: set[str], prefix: str, link: str, allowed: tuple[Path, ...]) -> None:
    """Follow a link to a folder that lies below a root, unless that one is read anyway.

    It is where it lies in the source itself, holds the link, or another link to it was followed.
    """
    target = resolve_links(link)
    holds = any(Path(folder).is_relative_to(target) for folder in (*seen, os.path.dirname(os.path.abspath(link))))
    if not is_inside(target, allowed) or holds:
        scan.links += 1
        return
    if is_inside(target, allowed[:1]) and not any(map(is_litter, Path(target).relative_to(allowed[0]).parts)):
        scan.read_elsewhere += 1
        return
    seen.add(target)
    waiting.append(prefix)


def _add(scan: _Scan, prefix: str, entry: os.DirEntry[str], allowed: tuple[Path, ...]) -> None:
    """Add one entry that is no folder."""
    path = prefix + entry.name
    if entry.is_symlink() and not is_inside(resolve_links(entry.path), allowed):
        scan.links += 1
    elif not entry.is_file() or not (is_picture(entry.name) or _is_picture_without_suffix(entry)):
        scan.others += 1
        if entry.name.lower().endswith(MANIFESTS):
            scan.tables.append(path)
        elif entry.name.lower().endswith(EXPORTS):
            scan.exports.append(path)
    elif not (path.isascii() or _is_text(path)):
        scan.unnameable += 1
    else:
        facts = entry.stat()
        scan.pictures.append((path, facts.st_size, facts.st_mtime_ns))


def _is_picture_without_suffix(entry: os.DirEntry[str]) -> bool:
    if "." in entry.name:
        return False
    try:
        with open(entry.path, "rb") as stream:
            return starts_as_picture(stream.read(12))
    except OSError:
        return False


def _check_named(root: Path, prefix: str, name: str) -> None:
    """Refuse a folder whose name is not Unicode text: it may be a class, and its pictures could have no id."""
    if not (name.isascii() or _is_text(name)):
        written = f"{prefix}{name}".encode(errors="surrogateescape").decode(errors="replace")
        raise SourceError(
            f"'{root}': the name of the folder '{written}' is not Unicode text. Rename it, or move it away."
        )


def _is_text(path: str) -> bool:
    """Return whether a path is Unicode text; other bytes cannot be an id."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_pictures(root: Path, scan: _Scan) -> SourceError:
    if scan.others or scan.links:
        found = counted(scan.others + scan.links, "other file")
        only = f"holds no pictures ({', '.join(SUFFIXES)}), only {found}"
        return SourceError(f"The folder '{root}' {only}. {_ONE_FOLDER_A_CLASS}")
    return SourceError(f"The folder '{root}' is empty. {_ONE_FOLDER_A_CLASS}")


def _notes(root: Path, scan: _Scan) -> tuple[Note, ...]:
    notes = []
    if scan.litter:
        notes.append(litter_note(scan.litter))
    if scan.others:
        notes.append(loss(f"{counted(scan.others, 'file')} left out: not a picture."))
    if scan.links:
        where = "leading outside the folder, or back to one that was read"
        notes.append(loss(f"{counted(scan.links, 'link')} not followed: {where}."))
    if scan.read_elsewhere:
        are = "the folder is read where it lies" if scan.read_elsewhere == 1 else "the folders are read where they lie"
        notes.append(assumption(f"{counted(scan.read_elsewhere, 'link')} not followed: {are}."))
    check_lost(
        root, scan.unnameable, scan.unnameable + len(scan.pictures),
        "pictures have a name that is not Unicode text", "Rename them.",
    )  # fmt: skip
    if scan.unnameable:
        notes.append(loss(f"{counted(scan.unnameable, 'file')} left out: the name is not Unicode text."))
    if scan.empty_classes:
        folders = counted(len(scan.empty_classes), "folder")
        notes.append(loss(f"{folders} without pictures left out ({listed(sorted(scan.empty_classes))})."))
    return tuple(notes)
