"""The corrected data set as an ImageFolder: one folder a class, the pictures inside."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from PIL import Image

from margin_core.errors import ReviewError
from margin_core.review.decision import Decision, study_key
from margin_core.review.reviewed_labels import reviewed_labels
from margin_core.storage.file_names import safe_name
from margin_core.study.inputs.pictures import read_picture
from margin_core.values import UNLABELED, Study

PlaceFile = Callable[[Path, Path], None]


@runtime_checkable
class Files(Protocol):
    """Inputs that are files, such as `margin_core.study.inputs.pictures.PictureFiles`."""

    paths: tuple[str, ...]

    def file(self, row: int) -> Path:
        """Return the file of a row, its links resolved.

        Parameters
        ----------
        row : int

        Returns
        -------
        Path
        """
        ...


@runtime_checkable
class SavedPictures(Protocol):
    """Inputs that hold pictures as they were saved, such as `margin_core.study.inputs.parquet_pictures`."""

    paths: tuple[str, ...]

    def content(self, row: int) -> bytes:
        """Return the picture of a row as it was saved.

        Parameters
        ----------
        row : int

        Returns
        -------
        bytes
        """
        ...


def write_image_folder(study: Study, decisions: Iterable[Decision], folder: Path, place: PlaceFile) -> int:
    """Write ``folder/[split/]class/picture`` for every sample that has a label and is not excluded.

    Parameters
    ----------
    study : Study
        Its inputs are `Files`, `SavedPictures` or an array of uint8 pictures ``(n, h, w)`` or
        ``(n, h, w, 3)``, which are written as PNG and named by id.
    decisions : iterable of Decision
    folder : Path
        Absent, or empty; it is there whole at the end, or as it was.
    place : callable (source, target)
        `link` or `copy`; arrays do not need it.

    Returns
    -------
    int
        Pictures written.

    Raises
    ------
    ReviewError
        The folder holds something, the inputs are no pictures, a picture is gone, the disk refuses.

    Notes
    -----
    Names are made safe for every file system; two that become the same, upper and lower case apart, get a
    number (``cat``, ``cat-2``). Splits become folders when the study has a column ``split``.
    """
    write = _writer(study, place)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ReviewError(f"'{folder}' holds something already. Name a folder that is empty or not there yet.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.unfinished-"))
        try:
            tree = scratch / "tree"
            tree.mkdir()
            targets = _targets(study, decisions, tree)
            for parent in {target.parent for target in targets.values()}:
                parent.mkdir(parents=True, exist_ok=True)
            for row, target in targets.items():
                write(row, target)
            if folder.exists():
                folder.rmdir()
            os.replace(tree, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        named = f" ('{error.filename}')" if error.filename else ""
        raise ReviewError(
            f"Cannot write the pictures to '{folder}': {error.strerror or error}{named}. "
            "Check the disk and the pictures, or name another folder; nothing was left behind."
        ) from error
    return len(targets)


def link(source: Path, target: Path) -> None:
    """Place a picture by a hard link, or a symbolic link where the two lie on different disks: it takes no space.

    Whoever changes a linked picture changes the original.

    Parameters
    ----------
    source, target : Path
    """
    try:
        os.link(source, target)
    except OSError:
        if not source.is_file():
            raise
        os.symlink(source, target)


def copy(source: Path, target: Path) -> None:
    """Place a picture by a copy of its content and its times.

    Parameters
    ----------
    source, target : Path
    """
    shutil.copy2(source, target)


def renamed_classes(study: Study) -> dict[str, str]:
    """Return the classes whose folder has another name than they have.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict of str to str
        The name of the folder by that of the class.
    """
    return {name: folder for name, folder in _class_folders(study).items() if name != folder}


def _class_folders(study: Study) -> dict[str, str]:
    names = _Names()
    return {name: names.of("", name, safe_name(name)) for name in study.class_names}


def _targets(study: Study, decisions: Iterable[Decision], tree: Path) -> dict[int, Path]:
    key = study_key(study)
    labels = reviewed_labels(study, (decision for decision in decisions if decision.study == key)).labels
    inputs = study.inputs
    splits = study.columns.get("split")
    split_folders, files = _Names(), _Names()
    folder_of = _class_folders(study)
    targets = {}
    for row, (sample_id, number) in enumerate(zip(study.ids.tolist(), labels.tolist(), strict=True)):
        if number == UNLABELED:
            continue
        parent = tree
        if splits is not None:
            split = str(splits[row]) or "unsplit"
            parent /= split_folders.of("", split, safe_name(split))
        parent /= folder_of[study.class_names[number]]
        wanted = Path(inputs.paths[row]).name if isinstance(inputs, Files | SavedPictures) else ""
        wanted = wanted if Path(wanted).suffix else f"{safe_name(sample_id)}.png"
        targets[row] = parent / files.of(str(parent), sample_id, safe_name(wanted))
    return targets


class _Names:
    """Unique names of the things in a folder, upper and lower case apart."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._taken: set[tuple[str, str]] = set()

    def of(self, folder: str, thing: str, wanted: str) -> str:
        if (folder, thing) not in self._given:
            stem, suffix = os.path.splitext(wanted)
            name, number = wanted, 1
            while (folder, name.casefold()) in self._taken:
                number += 1
                name = f"{stem}-{number}{suffix}"
            self._taken.add((folder, name.casefold()))
            self._given[folder, thing] = name
        return self._given[folder, thing]


def _write_saved(inputs: SavedPictures, row: int, target: Path) -> None:
    """Write a picture as it was saved; one whose format no suffix says becomes a PNG."""
    content = inputs.content(row)
    if Path(inputs.paths[row]).suffix:
        target.write_bytes(content)
    else:
        Image.fromarray(read_picture(io.BytesIO(content), inputs.paths[row])).save(target, format="PNG")


def _writer(study: Study, place: PlaceFile) -> Callable[[int, Path], None]:
    inputs = study.inputs
    if isinstance(inputs, Files):
        return lambda row, target: place(inputs.file(row), target)
    if isinstance(inputs, SavedPictures):
        return lambda row, target: _write_saved(inputs, row, target)
    pictures = np.asarray(inputs)
    gray, color = pictures.ndim == 3, pictures.ndim == 4 and pictures.shape[-1] == 3
    if pictures.dtype != np.uint8 or not (gray or color):
        raise ReviewError(
            f"Study '{study.name}' holds no pictures but {pictures.dtype} of shape {pictures.shape}. "
            "Export its labels as csv or parquet."
        )
    return lambda row, target: Image.fromarray(pictures[row]).save(target, format="PNG")
