"""Folders of shards: data sets that are divided into files of one kind, such as ``train-00000-of-00008.parquet``."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from margin_core.errors import AccessError, SourceError
from margin_core.storage.workspace import SUFFIX as WORKSPACE
from margin_core.study.inputs.pictures import is_picture
from margin_core.study.notes import Note, loss
from margin_core.study.readers.class_folders import SPLITS, is_litter
from margin_core.study.roots import is_inside, resolve_links
from margin_core.study.samples import counted

_COUNTED = re.compile(r"(.*-)(\d+)-of-(\d+)(\D.*)?", re.ASCII | re.DOTALL)

_MAX_NAMED = 3


def list_shards(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """List the shards in a folder, and in the folders right below it.

    Parameters
    ----------
    folder : Path
    suffixes : tuple of str
        Of a shard, in lower case.

    Returns
    -------
    list of Path
        In the order of their names; none where a picture lies beside them, or a folder holds something else: that is a
        folder of pictures.
    """
    shards: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            visible = sorted((entry for entry in entries if not _is_beside(entry)), key=lambda entry: entry.name)
        for entry in visible:
            if entry.is_dir():
                inner = sorted(name for name in os.listdir(entry.path) if not is_litter(name))
                found = [Path(entry.path, name) for name in inner if name.lower().endswith(suffixes)]
                if not found or any(map(is_picture, inner)):
                    return []
                shards += found
            elif entry.name.lower().endswith(suffixes):
                shards.append(Path(entry.path))
            elif is_picture(entry.name):
                return []
    except OSError:
        return []  # The reader of folders says what cannot be listed.
    return shards


def check_shards(folder: Path, shards: list[Path], roots: tuple[Path, ...]) -> list[Path]:
    """Return shards without links.

    Parameters
    ----------
    folder : Path
        Of the data set, without links.
    shards : list of Path
        In it.
    roots : tuple of Path
        Other folders, without links, to which links may lead.

    Returns
    -------
    list of Path

    Raises
    ------
    AccessError
        A link leads outside the folder and the roots.
    SourceError
        A shard is no file.
    """
    resolved = [Path(resolve_links(shard)) for shard in shards]
    for shard, target in zip(shards, resolved, strict=True):
        if not is_inside(target, (folder, *roots)):
            raise AccessError(f"'{shard}' is a link that leads outside '{folder}'. Copy the file itself there.")
        if not target.is_file():
            raise SourceError(f"'{shard}' is no file. Put it back, or take it away.")
    return resolved


def missing_notes(folder: Path, shards: Sequence[Path]) -> tuple[Note, ...]:
    """Return a note of shards that others count and that are not there, such as ``train-00002-of-00003``.

    Parameters
    ----------
    folder : Path
        Of the data set.
    shards : sequence of Path
        In it.

    Returns
    -------
    tuple of Note
        A loss, or none.
    """
    series: dict[tuple[str, str, str], set[int]] = {}
    for shard in shards:
        if match := _COUNTED.fullmatch(name_in(folder, shard)):
            begin, number, total, end = match.groups()
            series.setdefault((begin, total, end), set()).add(int(number))
    missing = []
    count = 0
    for (begin, total, end), numbers in series.items():
        first = int(int(total) in numbers)  # Some count from 1.
        count += max(int(total) - len(numbers), 0)
        absent = (number for number in range(first, first + int(total)) if number not in numbers)
        missing += [f"{begin}{number:0{len(total)}}-of-{total}{end}" for number in islice(absent, _MAX_NAMED)]
    if not count:
        return ()
    more = f" and {count - _MAX_NAMED:,} more" if count > _MAX_NAMED else ""
    names = ", ".join(missing[:_MAX_NAMED]) + more
    return (loss(f"{counted(count, 'shard')} missing, as the names of the others say ({names})."),)


def name_in(folder: Path, file: Path) -> str:
    """Return a file as it is named from a folder.

    Parameters
    ----------
    folder : Path
    file : Path
        Without links.

    Returns
    -------
    str
        In posix form; its whole path where it lies elsewhere.
    """
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def split_of(folder: Path, shard: Path) -> str:
    """Return the split that a shard belongs to by its name, or by that of the folder it lies in.

    Parameters
    ----------
    folder : Path
        Of the data set; a single shard is one itself.
    shard : Path
        In it.

    Returns
    -------
    str
        ``train``, ``val``, ``test``, or empty.
    """
    names = (shard.name,) if shard == folder else shard.relative_to(folder).parts
    for name in reversed(names):
        begin = re.match(r"[a-z]+", name.lower())
        if begin and begin[0] in SPLITS:
            return SPLITS[begin[0]]
    return ""


def _is_beside(entry: os.DirEntry[str]) -> bool:
    return is_litter(entry.name) or entry.name.endswith(WORKSPACE)
