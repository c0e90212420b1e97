"""COCO: pictures, categories and annotations; each annotation with a box is a sample, whose label is its category.

::

    {"images": [{"id": 7, "file_name": "val/7.jpg", "width": 640, "height": 480}],
     "categories": [{"id": 1, "name": "cat"}],
     "annotations": [{"id": 1, "image_id": 7, "category_id": 1, "bbox": [left, top, width, height]}]}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from margin_core.errors import SourceError
from margin_core.study.notes import assumption, read
from margin_core.study.readers.json_document import Entries, entries_of, number_of, numbers_of, text_of
from margin_core.study.readers.marked_pictures import Box, Mark, read_marks
from margin_core.study.samples import ReadRequest, Samples, check_no_columns, counted, listed

IMAGES, ANNOTATIONS, CATEGORIES = "images", "annotations", "categories"


def is_coco(document: Any) -> bool:
    """Return whether a JSON document is COCO.

    Parameters
    ----------
    document : object

    Returns
    -------
    bool
    """
    return isinstance(document, dict) and {IMAGES, ANNOTATIONS} <= document.keys()


def read_coco(request: ReadRequest, document: Any) -> Samples:
    """Read a COCO file.

    Parameters
    ----------
    request : ReadRequest
        Its path is the file. Paths of pictures start from its folder; what is not there is looked for below that.
    document : object
        Its content.

    Returns
    -------
    Samples
        The boxes, cut out of their pictures; or pictures, where no annotation has a box. Crowds are left out.

    Raises
    ------
    SourceError
        The file is not as COCO is, most annotations cannot be used, or no picture is there.
    AccessError
        A path leads outside the folder of the file and the roots.
    """
    check_no_columns(request, "is a COCO file, whose labels are its categories")
    return _read(request, [_parse(request.path, document)])


def read_coco_splits(request: ReadRequest, documents: Mapping[str, tuple[Any, str]]) -> Samples:
    """Read a folder that has a COCO file for each split, beside the pictures.

    Parameters
    ----------
    request : ReadRequest
        Its path is the folder.
    documents : mapping of str to (object, str)
        Content and split of each file, by its path in the folder.

    Returns
    -------
    Samples
        As of one file, with a column ``split``.

    Raises
    ------
    SourceError
        A file is not as COCO is, most annotations cannot be used, or no picture is there.
    AccessError
        A path leads outside the folder and the roots.
    """
    check_no_columns(request, "holds COCO files, whose labels are their categories")
    folder = request.path
    parts = []
    for file, (document, split) in documents.items():
        if not is_coco(document):
            raise SourceError(f"'{folder / file}' is no COCO file. Take it out of '{folder}', or export it again.")
        parts.append(_parse(folder / file, document, f"{PurePosixPath(file).parent}/", split))
    samples = _read(replace(request, path=folder / "splits"), parts)
    return replace(samples, name=folder.name)


@dataclass
class _Part:
    """What a COCO file holds."""

    marks: list[Mark]
    lost: Counter[str]
    class_names: tuple[str, ...]
    merged: list[str]
    crowds: int
    bare: int


def _parse(path: Path, document: Any, folder: str = "", split: str = "") -> _Part:
    """Return the marks of a file, their pictures in a folder."""
    pictures = {text_of(entry.get("id")): entry for entry in entries_of(path, document, IMAGES)}
    annotations = entries_of(path, document, ANNOTATIONS)
    if CATEGORIES not in document:
        raise SourceError(f"'{path}' has no categories, which are the labels. Give a COCO file of objects.")
    categories = _names(entries_of(path, document, CATEGORIES))
    single = [entry for entry in annotations if not entry.get("iscrowd")]
    lost: Counter[str] = Counter()
    marks: list[Mark] = []
    for entry in single:
        mark = _mark(entry, pictures.get(text_of(entry.get("image_id"))), categories)
        if isinstance(mark, str):
            lost[mark] += 1
        elif folder:
            # The number of an annotation is its own in its file alone.
            name = f"{split}-{mark.name}" if mark.name else ""
            marks.append(replace(mark, picture=f"{folder}{mark.picture}", name=name, split=split))
        else:
            marks.append(mark)
    names = Counter(categories.values())
    bare = len(pictures) - len({text_of(entry.get("image_id")) for entry in annotations} & pictures.keys())
    merged = [
        f"'{name}' ({', '.join(number for number, own in categories.items() if own == name)})"
        for name, count in names.items()
        if count > 1
    ]
    return _Part(marks, lost, tuple(names), merged, len(annotations) - len(single), bare)


def _read(request: ReadRequest, parts: Sequence[_Part]) -> Samples:
    marks = [mark for part in parts for mark in part.marks]
    lost = sum((part.lost for part in parts), Counter[str]())
    names = tuple(dict.fromkeys(name for part in parts for name in part.class_names))
    samples = read_marks(request, marks, "file_name", class_names=names, lost=lost)
    what = "each box" if any(mark.box for mark in marks) else "each picture"
    notes = [read(f"Label: the category of {what}.")]
    if merged := list(dict.fromkeys(name for part in parts for name in part.merged)):
        notes.append(assumption(f"Categories of one name are one class: {listed(merged)}."))
    if crowds := sum(part.crowds for part in parts):
        notes.append(assumption(f"{counted(crowds, 'annotation')} of crowds left out."))
    if bare := sum(part.bare for part in parts):
        notes.append(assumption(f"{counted(bare, 'picture')} without an annotation left out."))
    return replace(samples, notes=(*samples.notes, *notes))


def _names(categories: Entries) -> dict[str, str]:
    """Return the name of each category by its id, in the order of the ids; a name that is shared gets its kind."""
    shared = Counter(text_of(entry.get("name")) for entry in categories)

    def name(entry: dict[str, Any]) -> str:
        own = text_of(entry.get("name")) or text_of(entry.get("id"))
        kind = text_of(entry.get("supercategory"))
        return f"{kind}/{own}" if shared[own] > 1 and kind else own

    return {text_of(entry.get("id")): name(entry) for entry in sorted(categories, key=_order)}


def _order(category: dict[str, Any]) -> tuple[float, str]:
    return number_of(category.get("id")) or 0.0, text_of(category.get("id"))


def _mark(entry: dict[str, Any], picture: dict[str, Any] | None, categories: dict[str, str]) -> Mark | str:
    """Return the mark that an annotation is, or why it is none."""
    label = categories.get(text_of(entry.get("category_id")))
    if label is None:
        return "of a category that the file does not list"
    if picture is None or not isinstance(picture.get("file_name"), str) or not picture["file_name"].strip():
        return "of a picture that the file does not list"
    if "bbox" not in entry and "segmentation" not in entry:
        return Mark(picture["file_name"], label, text_of(entry.get("id")))
    box = numbers_of(entry.get("bbox"), 4) or _around(entry.get("segmentation"))
    if box is None:
        return "without a box of four numbers"
    left, top, width, height = box
    size = (number_of(picture.get("width")) or 0.0, number_of(picture.get("height")) or 0.0)
    return Mark(picture["file_name"], label, text_of(entry.get("id")), (left, top, width, height), size)


def _around(polygons: Any) -> Box | None:
    """Return the box around polygons, each a list of x and y in turn; None for anything else."""
    if not isinstance(polygons, list) or not polygons or not all(isinstance(polygon, list) for polygon in polygons):
        return None
    numbers = numbers_of(_chained(polygons), sum(map(len, polygons)))
    if not numbers or any(len(polygon) % 2 for polygon in polygons):
        return None
    across, down = numbers[0::2], numbers[1::2]
    return min(across), min(down), max(across) - min(across), max(down) - min(down)


def _chained(lists: Iterable[list[Any]]) -> list[Any]:
    return [value for values in lists for value in values]
