"""A folder of pictures, one sub-folder a class.

::

    pets/cat/1.jpg              or, with splits     pets/train/cat/1.jpg
    pets/cat/outdoors/7.jpg                         pets/val/dog/3.jpg
    pets/dog/2.jpg                                  pets/test/9.jpg        (no label)
    pets/unsorted.jpg           (no label)
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from margin_core.errors import SourceError
from margin_core.study.contents import FileListing, compute_digests
from margin_core.study.inputs.pictures import SUFFIXES, PictureFiles, is_picture, starts_as_picture
from margin_core.study.notes import Note, assumption, loss, read
from margin_core.study.roots import is_inside, resolve_links
from margin_core.study.samples import ReadRequest, Samples, check_no_columns, counted, encode_classes, listed

SPLITS = {
    spelling: split
    for split, names in {
        "train": ("train", "training"),
        "val": ("val", "valid", "validation", "dev"),
        "test": ("test", "testing", "eval"),
    }.items()
    for name in names
    for spelling in (name, f"{name}set", f"{name}_set", f"{name}-set", f"{name} set", f"{name}_images")
}
"""Folders at the top, in lower case, that are parts of the data set rather than classes, when there are only such."""

LITTER = frozenset(
    {"__macosx", "@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found", "thumbs.db",
     "ehthumbs.db", "desktop.ini", "__pycache__"}
)  # fmt: skip
"""What systems leave behind in folders, in lower case; names that start with a dot are left out as well."""


@dataclass
class _Scan:
    """What was found in the folders."""

    pictures: list[tuple[str, int, int]] = field(default_factory=list)
    others: int = 0
    links: int = 0
    litter: int = 0
    unnameable: int = 0
    empty_classes: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Levels:
    """The split and the class of each path (empty where there is none), and the folders above them."""

    above: str
    split: list[str]
    label: list[str]


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
    levels = _levels(paths)
    # Sorted by text, numbers too: so torchvision numbers the folders for the models trained on them.
    names = tuple(sorted(set(levels.label) - {""}))
    return Samples(
        name=root.name,
        ids=np.array(paths),
        labels=encode_classes(levels.label, names) if names else None,
        class_names=names or None,
        inputs=PictureFiles(root, paths, compute_digests(listing, request.memory, request.run), (root, *request.roots)),
        columns={"split": np.array(levels.split)} if any(levels.split) else {},
        notes=(*_notes(scan, levels.above), *_notes_of_labels(root, paths, levels)),
    )


def _levels(paths: tuple[str, ...]) -> _Levels:
    """Find the folders that are classes: below a folder around all of them, and below splits."""
    folders = [path.split("/")[:-1] for path in paths]
    above: list[str] = []
    # A folder around others; one that holds pictures itself is a class.
    while len({parts[0] if parts else "" for parts in folders}) == 1 and all(len(parts) > 1 for parts in folders):
        if folders[0][0].lower() in SPLITS:
            break
        above.append(folders[0][0])
        folders = [parts[1:] for parts in folders]
    at_the_top = {parts[0].lower() for parts in folders if parts}
    if not (at_the_top <= set(SPLITS) and any(len(parts) > 1 for parts in folders)):
        return _Levels("/".join(above), [""] * len(paths), [parts[0] if parts else "" for parts in folders])
    split = [SPLITS[parts[0].lower()] if parts else "" for parts in folders]
    return _Levels("/".join(above), split, [parts[1] if len(parts) > 1 else "" for parts in folders])


def _notes_of_labels(root: Path, paths: tuple[str, ...], levels: _Levels) -> Iterator[Note]:
    """Yield what the labels are, and the level that they more likely stand at."""
    names = sorted(set(levels.label) - {""})
    if not names:
        return
    yield read("Label: the folder of each picture" + (", below the folder of its split." if any(levels.split) else "."))
    below: dict[str, set[str]] = {name: set() for name in names}
    for path, label, split in zip(paths, levels.label, levels.split, strict=True):
        parts = path.removeprefix(f"{levels.above}/" if levels.above else "").split("/")[bool(split) : -1]
        if label and len(parts) > 1:
            below[label].add(parts[1])
    inner = below[names[0]]
    if len(inner) > 1 and all(folders == inner for folders in below.values()):
        classes = (
            f"The class {names[0]} has" if len(names) == 1 else f"Each of the classes {listed(names)} has the same"
        )
        yield assumption(
            f"{classes} sub-folders ({listed(sorted(inner))}). If these are the classes, open "
            f"'{root / levels.above / names[0]}', or list the pictures with their labels in a .csv."
        )


_ONE_FOLDER_A_CLASS = "Give a folder that has one sub-folder of pictures for each class."


def _scan(root: Path, allowed: tuple[Path, ...]) -> _Scan:
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
                    if entry.name.startswith(".") or entry.name.lower() in LITTER:
                        scan.litter += 1
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append(f"{prefix}{entry.name}/")
                    elif entry.is_symlink() and entry.is_dir():
                        _follow(scan, waiting, seen, f"{prefix}{entry.name}/", entry.path, allowed)
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


def _follow(scan: _Scan, waiting: list[str], seen: set[str], prefix: str, link: str, allowed: tuple[Path, ...]) -> None:
    """Follow a link to a folder that lies below a root and does not lead back to one that holds it or was followed."""
    target = resolve_links(link)
    holds = any(Path(folder).is_relative_to(target) for folder in (*seen, os.path.dirname(os.path.abspath(link))))
    if not is_inside(target, allowed) or holds:
        scan.links += 1
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


def _notes(scan: _Scan, above: str) -> tuple[Note, ...]:
    notes = []
    if above:
        notes.append(assumption(f"All pictures lie in '{above}', which is read as a folder around the classes."))
    if scan.litter:
        hidden = "hidden file or one of the system's" if scan.litter == 1 else "hidden files or ones of the system"
        notes.append(assumption(f"{scan.litter:,} {hidden} left out."))
    if scan.others:
        notes.append(loss(f"{counted(scan.others, 'file')} left out: not a picture."))
    if scan.links:
        where = "leading outside the folder, or back to one that was read"
        notes.append(loss(f"{counted(scan.links, 'link')} not followed: {where}."))
    if scan.unnameable:
        notes.append(loss(f"{counted(scan.unnameable, 'file')} left out: the name is not Unicode text."))
    if scan.empty_classes:
        folders = counted(len(scan.empty_classes), "folder")
        notes.append(loss(f"{folders} without pictures left out ({listed(sorted(scan.empty_classes))})."))
    return tuple(notes)
