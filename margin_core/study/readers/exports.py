"""JSON exports of other programs, each recognized by its content and read by a module of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from margin_core.errors import SourceError
from margin_core.storage.workspace import SUFFIX as WORKSPACE
from margin_core.study.notes import loss
from margin_core.study.readers.class_folders import SPLITS, is_litter
from margin_core.study.readers.coco import is_coco, read_coco, read_coco_splits
from margin_core.study.readers.fiftyone import is_fiftyone, read_fiftyone
from margin_core.study.readers.json_document import read_json
from margin_core.study.readers.label_studio import is_label_studio, read_label_studio
from margin_core.study.samples import ReadRequest, Samples, counted, listed

SUFFIXES = (".json",)

EXPORTS: tuple[tuple[str, Callable[[Any], bool], Callable[[ReadRequest, Any], Samples]], ...] = (
    ("COCO", is_coco, read_coco),
    ("Label Studio", is_label_studio, read_label_studio),
    ("FiftyOne", is_fiftyone, read_fiftyone),
)
"""Name, whether a document is one, and what reads it. A new program is a module and a line here."""

COCO_BESIDE = "_annotations.coco.json"
"""File of labels that Roboflow writes beside the pictures of each split."""

BESIDE = (
    (COCO_BESIDE, ""),
    ("samples.json", "metadata.json"),
    ("labels.json", "data"),
    ("result.json", "images"),
)
"""Files of labels in a folder that programs export, each with what must lie beside it."""

ANNOTATIONS = "annotations"
"""A folder of files of labels, beside those of the pictures."""


def is_export_folder(folder: Path) -> bool:
    """Return whether a folder is what a program exported: a file of labels beside the pictures.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    bool
    """
    return bool(_split_files(folder) or _files_in(folder))


def is_export(path: Path) -> bool:
    """Return whether a file is an export of a program that is known.

    Parameters
    ----------
    path : Path
        A ``.json`` file.

    Returns
    -------
    bool
    """
    try:
        return is_export_document(read_json(path))
    except SourceError:
        return False


def is_export_document(document: Any) -> bool:
    """Return whether the content of a JSON file is an export of a program that is known.

    Parameters
    ----------
    document : object

    Returns
    -------
    bool
    """
    return any(recognizes(document) for _, recognizes, _ in EXPORTS)


def read_export(request: ReadRequest) -> Samples:
    """Read a JSON export, or the folder that one lies in.

    Parameters
    ----------
    request : ReadRequest
        Its path is a ``.json`` file, from whose folder the paths of pictures start, or a folder of `is_export_folder`.

    Returns
    -------
    Samples

    Raises
    ------
    SourceError
        The file is damaged, or no program's that is known; or as the reader raises it.
    AccessError
        A path leads outside the folder and the roots.
    """
    path = request.path
    if path.is_dir() and (splits := _split_files(path)):
        samples = read_coco_splits(request, {file: (read_json(path / file), split) for file, split in splits.items()})
        read = {file.partition("/")[0] for file in splits}
        unread = [name for name in _folders_in(path) if name not in read]
        if not unread:
            return samples
        note = loss(f"{counted(len(unread), 'folder')} without a '{COCO_BESIDE}' left out ({listed(unread)}).")
        return replace(samples, notes=(note, *samples.notes))
    if path.is_dir():
        first, *others = _files_in(path)
        if others:
            names = listed([str(file.relative_to(path)) for file in (first, *others)])
            raise SourceError(
                f"'{path}' holds several files of labels ({names}). Open one of them, with --root '{path}'."
            )
        path = first
        request = replace(request, roots=(*request.roots, request.path))
    document = read_json(path)
    for _, recognizes, reader in EXPORTS:
        if recognizes(document):
            samples = reader(replace(request, path=path), document)
            return replace(samples, name=request.path.name.removesuffix(".json"))
    raise SourceError(
        f"'{path}' is no export of {', '.join(name for name, _, _ in EXPORTS)}. Write samples and labels to a .csv or "
        ".jsonl."
    )


def _split_files(folder: Path) -> dict[str, str]:
    """Return the files of a COCO data set whose splits are folders, each with its split."""
    splits = [name for name in _folders_in(folder) if name.lower() in SPLITS]
    found = {f"{name}/{COCO_BESIDE}": SPLITS[name.lower()] for name in splits}
    return {file: split for file, split in found.items() if (folder / file).is_file()}


def _folders_in(folder: Path) -> list[str]:
    try:
        inner = [entry.name for entry in folder.iterdir() if entry.is_dir() and not is_litter(entry.name)]
    except OSError:
        return []
    return sorted(name for name in inner if not name.endswith(WORKSPACE))


def _files_in(folder: Path) -> list[Path]:
    for name, beside in BESIDE:
        if (folder / name).is_file() and (folder / beside).exists():
            return [folder / name]
    try:
        found = sorted((folder / ANNOTATIONS).glob("*.json"))
    except OSError:
        return []
    # Of COCO's own files, those of objects; captions and key points have no categories of their own.
    return [file for file in found if file.name.startswith("instances")] or found
