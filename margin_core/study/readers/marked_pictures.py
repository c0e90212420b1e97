"""Pictures that an export lists with marks: a label for all of a picture, or one for each of several boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from margin_core.errors import SourceError
from margin_core.study.class_names import number_classes
from margin_core.study.inputs.cropped_pictures import CroppedPictures
from margin_core.study.inputs.pictures import EncodedPictures
from margin_core.study.notes import Note, check_lost, loss
from margin_core.study.readers.listed_pictures import FETCH_FOR_AN_EXPORT, list_picture_files
from margin_core.study.samples import ReadRequest, Samples, encode_classes
from margin_core.values import Texts

Box = tuple[float, float, float, float]
"""Left, top, width, height."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A label, and what it is about.

    Attributes
    ----------
    picture : str
        Path of the picture.
    label : str
        Empty where it is to be labeled.
    name : str
        Of the mark; empty: that of the picture.
    box : tuple of float, or None
        Left, top, width and height; None: all of the picture.
    measured : tuple of float
        Width and height of the picture in the same units; zeros: pixels of the picture.
    split : str
        That the picture belongs to; empty: none.
    """

    picture: str
    label: str
    name: str = ""
    box: Box | None = None
    measured: tuple[float, float] = (0.0, 0.0)
    split: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether the box, where there is one, has a size and lies in the picture at least in part."""
        if self.box is None:
            return True
        left, top, width, height = self.box
        right, bottom = (size or np.inf for size in self.measured)
        return width > 0 and height > 0 and left < right and top < bottom and left + width > 0 and top + height > 0


def read_marks(
    request: ReadRequest,
    marks: Sequence[Mark],
    field: str,
    *,
    class_names: Sequence[str] = (),
    lost: Mapping[str, int] | None = None,
) -> Samples:
    """Return the samples that marks are: boxes cut out of their pictures, or whole pictures.

    Parameters
    ----------
    request : ReadRequest
        Its path is the export, from whose folder the paths of pictures start.
    marks : sequence of Mark, length n
        In the order of the export.
    field : str
        That holds the paths, for a message.
    class_names : sequence of str
        All classes, in their order; none: those that occur.
    lost : mapping of str to int
        Marks that the export has and that cannot be used, by reason, in words.

    Returns
    -------
    Samples
        Without a model. Boxes of one picture are a group.

    Raises
    ------
    SourceError
        Most marks cannot be used, or no picture is there.
    AccessError
        A path leads outside the folder of the export and the roots.
    """
    named = [mark for mark in marks if mark.picture.strip()]
    usable = [mark for mark in named if mark.is_usable]
    counts = Counter(lost or {})
    counts["without a picture"] += len(marks) - len(named)
    counts["no size, or outside the picture"] += len(named) - len(usable)
    counts = +counts
    noun = "box" if any(mark.box for mark in marks) else "label"
    notes = tuple(_losses(request, counts, len(usable) + counts.total(), noun))
    if not usable:
        raise SourceError(f"'{request.path}' holds no {noun} that can be used. Export it again, with labels.")
    has_boxes = any(mark.box for mark in usable)
    pictures = [mark.picture for mark in usable]
    if has_boxes:
        pictures = list(dict.fromkeys(pictures))
    files, picture_notes = list_picture_files(request, pictures, field, FETCH_FOR_AN_EXPORT)
    texts = [mark.label for mark in usable]
    if class_names:
        labels, names = encode_classes(texts, class_names), tuple(class_names)
    else:
        labels, names, more = number_classes(request.path, texts)
        notes += more
    columns = {"file": np.array([mark.picture for mark in usable])}
    if has_boxes:
        columns["group"] = columns["file"]
    if any(mark.split for mark in usable):
        columns["split"] = np.array([mark.split for mark in usable])
    return Samples(
        name=request.path.stem,
        ids=_ids(usable),
        labels=labels,
        class_names=names,
        inputs=_cut(files, pictures, usable) if has_boxes else files,
        columns=columns,
        notes=(*notes, *picture_notes),
    )


def _losses(request: ReadRequest, counts: Counter[str], total: int, noun: str) -> Iterator[Note]:
    several = {"box": "boxes"}.get(noun, f"{noun}s")
    check_lost(
        request.path, counts.total(), total, f"{several} cannot be used ({', '.join(counts)})",
        "Correct them where they were made, and export them again.",
    )  # fmt: skip
    for reason, count in counts.items():
        yield loss(f"{count:,} {noun if count == 1 else several} left out: {reason}.")


def _cut(files: EncodedPictures, pictures: Sequence[str], marks: Sequence[Mark]) -> CroppedPictures:
    row_of = {picture: row for row, picture in enumerate(pictures)}
    rows = np.array([row_of[mark.picture] for mark in marks])
    boxes = np.array([mark.box or (0.0, 0.0, 1.0, 1.0) for mark in marks])
    boxes[:, 2:] += boxes[:, :2]
    measured = np.array([mark.measured if mark.box else (1.0, 1.0) for mark in marks])
    called = [f"{PurePosixPath(mark.picture).stem}-{mark.name or number}.png" for number, mark in enumerate(marks)]
    return CroppedPictures(files, rows, boxes, measured, tuple(called))


def _ids(marks: Sequence[Mark]) -> Texts | None:
    """Return the names of marks, else those of their pictures, where each is another one."""
    for names in ([mark.name for mark in marks], [mark.picture for mark in marks]):
        if len(set(names)) == len(names) and "" not in names:
            return np.array(names)
    return None
