"""Label Studio's exports JSON and JSON-MIN: choices label pictures or texts, rectangles and polygons parts of pictures.

::

    [{"id": 1, "data": {"image": "/data/upload/3/8a2b-cat.jpg"},
      "annotations": [{"result": [{"from_name": "kind", "type": "choices", "value": {"choices": ["cat"]}}]}]}]

    [{"id": 1, "image": "/data/upload/3/8a2b-cat.jpg", "kind": "cat", "annotator": 1, "annotation_id": 7}]
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from margin_core.errors import SourceError
from margin_core.study.class_names import number_classes
from margin_core.study.features.word_features import with_word_features
from margin_core.study.inputs.texts import TextList
from margin_core.study.notes import Note, assumption, check_lost, loss, read
from margin_core.study.readers.json_document import number_of, text_of
from margin_core.study.readers.known_names import LABELS, LIKELY_LABELS, TEXTS
from margin_core.study.readers.marked_pictures import Mark, read_marks
from margin_core.study.readers.picture_paths import has_picture_name
from margin_core.study.samples import ReadRequest, Samples, counted, listed

CHOICES, RECTANGLES, POLYGONS = "choices", "rectanglelabels", "polygonlabels"
KINDS = (CHOICES, RECTANGLES, POLYGONS)
"""Kinds of labels that are read, as Label Studio calls them."""

UPLOADS, LOCAL_FILES = "/data/upload/", "/data/local-files/"
"""Where Label Studio has the pictures. An export has those of the first in a folder, without the project's number."""

_OF_EXPORT = frozenset({"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"})
"""Keys of JSON-MIN that are neither data nor labels."""

_MIN = {"annotator", "annotation_id"}


@dataclass(frozen=True)
class _Label:
    """One label of an annotation: of all of a task, or of a box in percent of the picture."""

    field: str
    kind: str
    names: tuple[str, ...]
    source: str = ""
    name: str = ""
    box: tuple[float, float, float, float] | None = None
    measured: tuple[float, float] = (100.0, 100.0)


@dataclass(frozen=True)
class _Task:
    """A task: its data, and the labels of each annotation that was not skipped."""

    name: str
    data: dict[str, Any]
    annotations: tuple[tuple[_Label, ...], ...]


def is_label_studio(document: Any) -> bool:
    """Return whether a JSON document is an export of Label Studio.

    Parameters
    ----------
    document : object

    Returns
    -------
    bool
    """
    if not isinstance(document, list) or not document or not all(isinstance(task, dict) for task in document):
        return False
    return all(isinstance(task.get("data"), dict) for task in document) or all(task.keys() >= _MIN for task in document)


def read_label_studio(request: ReadRequest, document: Any) -> Samples:
    """Read an export of Label Studio.

    Parameters
    ----------
    request : ReadRequest
        Its path is the file. ``label`` names the tag of the labels, ``file`` the field of the data that holds the
        pictures or texts. Pictures are looked for below the folder of the file.
    document : object
        Its content.

    Returns
    -------
    Samples
        Tasks with choices, or the boxes of tasks with rectangles or polygons. Of several annotations, the choice of
        most counts, and the boxes of the first.

    Raises
    ------
    SourceError
        There are no labels that can be read, several tags of them, or no picture is there.
    AccessError
        A path leads outside the folder of the file and the roots.
    """
    for flag, _ in [flag for flag in request.columns.flags if flag[0] not in ("--label", "--file")][:1]:
        raise SourceError(f"'{request.path}' is an export of Label Studio, of which {flag} has nothing to name.")
    tasks = [_task(entry) if isinstance(entry.get("data"), dict) else _flat_task(entry, request) for entry in document]
    field = _label_field(request, tasks)
    source = _source_field(request, tasks, field)
    note = read(f"Label: '{field}' of each {'task' if _has_choices(tasks, field) else 'box'}, of '{source}'.")
    if not _has_choices(tasks, field):
        return _boxes(request, tasks, field, source, note)
    labels, lost, notes = _chosen(tasks, field)
    check_lost(
        request.path, lost, len(tasks), "tasks have several choices, and a sample has one label",
        "Choose one for each task, or name another tag with --label.",
    )  # fmt: skip
    if lost:
        notes = (loss(f"{counted(lost, 'task')} left out: with several choices."), *notes)
    usable = [(task, label) for task, label in zip(tasks, labels, strict=True) if label is not None]
    if _are_pictures(tasks, source):
        marks = [Mark(_local(text_of(task.data.get(source))), label, task.name) for task, label in usable]
        samples = read_marks(request, marks, source)
    else:
        samples = _texts(request, [(task.name, text_of(task.data.get(source)), label) for task, label in usable])
    columns = {**samples.columns, **_columns([task for task, _ in usable], source)}
    return replace(samples, columns=columns, notes=(*notes, *samples.notes, note))


# -- tasks -----------------------------------------------------------------------------------------


def _task(entry: dict[str, Any]) -> _Task:
    annotations = entry.get("annotations", entry.get("completions"))
    held = [one for one in annotations if isinstance(one, dict)] if isinstance(annotations, list) else []
    # What a person marked as the truth comes first.
    held.sort(key=lambda one: not one.get("ground_truth"))
    labels = tuple(tuple(_labels(one.get("result"))) for one in held if not one.get("was_cancelled"))
    return _Task(text_of(entry.get("id")), entry["data"], tuple(own for own in labels if own))


def _labels(result: Any) -> Iterator[_Label]:
    for entry in result if isinstance(result, list) else ():
        value = entry.get("value") if isinstance(entry, dict) else None
        if isinstance(value, dict):
            yield _label(text_of(entry.get("from_name")), text_of(entry.get("type")), entry, value)


def _label(field: str, kind: str, entry: dict[str, Any], value: dict[str, Any]) -> _Label:
    held = value.get(kind)
    names = tuple(filter(None, map(text_of, held))) if isinstance(held, list) else ()
    size = (number_of(entry.get("original_width")) or 0.0, number_of(entry.get("original_height")) or 0.0)
    box, measured = _box(kind, value, size)
    source = text_of(entry.get("source")).removeprefix("$")
    return _Label(field, kind, names, source, text_of(entry.get("id")), box, measured)


def _box(
    kind: str, value: dict[str, Any], size: tuple[float, float]
) -> tuple[tuple[float, float, float, float] | None, tuple[float, float]]:
    """Return the box around a rectangle or a polygon, and the size of the picture in its units."""
    corners: list[tuple[float, float]] = []
    units = (100.0, 100.0)
    if kind == RECTANGLES:
        found = [number_of(value.get(part)) for part in ("x", "y", "width", "height", "rotation")]
        left, top, width, height = found[:4]
        if left is None or top is None or width is None or height is None:
            return None, units
        across, down, angle = (width, 0.0), (0.0, height), math.radians(found[4] or 0.0)
        if angle and all(size):
            # Turned about its upper left corner, in pixels: percent of width and of height are not alike.
            units, (x, y) = size, (size[0] / 100, size[1] / 100)
            left, top = left * x, top * y
            across = (width * x * math.cos(angle), width * x * math.sin(angle))
            down = (-height * y * math.sin(angle), height * y * math.cos(angle))
        corners = [
            (left + a * across[0] + d * down[0], top + a * across[1] + d * down[1]) for a in (0, 1) for d in (0, 1)
        ]
    elif kind == POLYGONS and isinstance(value.get("points"), list):
        for point in value["points"]:
            pair = [number_of(part) for part in point] if isinstance(point, list) else []
            if len(pair) != 2 or pair[0] is None or pair[1] is None:
                return None, units
            corners.append((pair[0], pair[1]))
    if not corners:
        return None, units
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    return (left, top, max(x for x, _ in corners) - left, max(y for _, y in corners) - top), units


def _flat_task(entry: dict[str, Any], request: ReadRequest) -> _Task:
    """Return a task of JSON-MIN, whose labels stand beside its data."""
    labels: list[_Label] = []
    data: dict[str, Any] = {}
    for key, value in entry.items():
        if key in _OF_EXPORT:
            continue
        if isinstance(value, list):
            labels += [
                _label(key, kind, held, held)
                for held in value
                if isinstance(held, dict)
                for kind in KINDS
                if kind in held
            ]
        elif isinstance(value, dict) and isinstance(value.get(CHOICES), list):
            labels.append(_label(key, CHOICES, {}, value))
        elif key == request.columns.label or (request.columns.label is None and _is_label_name(key)):
            labels.append(_Label(key, CHOICES, tuple(filter(None, [text_of(value)]))))
        else:
            data[key] = value
    return _Task(text_of(entry.get("id")), data, (tuple(labels),) if labels else ())


def _is_label_name(key: str) -> bool:
    return key.lower() in ("choice", *LABELS, *LIKELY_LABELS)


# -- which field is what ---------------------------------------------------------------------------


def _label_field(request: ReadRequest, tasks: Sequence[_Task]) -> str:
    """Return the tag that holds the labels."""
    every = [label for task in tasks for annotation in task.annotations for label in annotation]
    fields = list(dict.fromkeys(label.field for label in every if label.kind in KINDS))
    given = request.columns.label
    if given in fields or (given is None and len(fields) == 1):
        return given or fields[0]
    if not fields:
        kinds = listed(sorted({label.kind for label in every if label.kind}))
        found = f"only {kinds}" if kinds else "nobody has labeled a task"
        raise SourceError(
            f"'{request.path}' holds no choices, rectangles or polygons, which are the labels that can be read: "
            f"{found}. In JSON-MIN, name the label with --label."
        )
    named = f"no label '{given}'" if given else "several labels"
    raise SourceError(f"'{request.path}' has {named}: {listed(fields)}. Name one of these with --label.")


def _source_field(request: ReadRequest, tasks: Sequence[_Task], field: str) -> str:
    """Return the field of the data that was labeled."""
    fields = list(dict.fromkeys(key for task in tasks for key, value in task.data.items() if isinstance(value, str)))
    given = request.columns.file
    if given is not None and given not in fields:
        raise SourceError(f"'{request.path}' has no data '{given}'. It has: {listed(fields)}. Name one with --file.")
    if not fields:
        raise SourceError(f"'{request.path}' has neither pictures nor texts in its tasks. Export them, too.")
    sources = [label.source for task in tasks for own in task.annotations for label in own if label.field == field]
    named = [name for name in dict.fromkeys(sources) if name in fields]
    pictures = [name for name in fields if _are_pictures(tasks, name)]
    texts = [name for name in fields if name.lower() in TEXTS]
    return given or next(iter([*named, *pictures, *texts, *fields]))


def _are_pictures(tasks: Sequence[_Task], field: str) -> bool:
    values = [_local(value) for task in tasks if isinstance(value := task.data.get(field), str)]
    return sum(map(has_picture_name, values)) * 2 > len(values)


def _has_choices(tasks: Sequence[_Task], field: str) -> bool:
    kinds = Counter(label.kind for task in tasks for own in task.annotations for label in own if label.field == field)
    return kinds.most_common(1)[0][0] == CHOICES


def _local(path: str) -> str:
    """Return the path of a picture below the folder of an export."""
    address = urlsplit(path)
    if LOCAL_FILES in address.path:
        return parse_qs(address.query).get("d", [path])[0]
    return address.path.rpartition("/")[2] if UPLOADS in address.path else path


# -- samples ---------------------------------------------------------------------------------------


def _chosen(tasks: Sequence[_Task], field: str) -> tuple[list[str | None], int, tuple[Note, ...]]:
    """Return the label of each task, empty where it is to be labeled and None where it has several; how many; notes."""
    chosen: list[str | None] = []
    lost = disagreeing = 0
    for task in tasks:
        choices = [label.names for own in task.annotations for label in own if label.field == field and label.names]
        single = [names[0] for names in choices if len(names) == 1]
        if choices and not single:
            lost += 1
            chosen.append(None)
            continue
        disagreeing += len(set(single)) > 1
        chosen.append(Counter(single).most_common(1)[0][0] if single else "")
    if not disagreeing:
        return chosen, lost, ()
    text = f"Annotators disagree in {counted(disagreeing, 'task')}: read is the choice of most, else the first."
    return chosen, lost, (assumption(text),)


def _boxes(request: ReadRequest, tasks: Sequence[_Task], field: str, source: str, note: Note) -> Samples:
    lost: Counter[str] = Counter()
    marks: list[Mark] = []
    for task in tasks:
        own = [label for label in (task.annotations or ((),))[0] if label.field == field]
        for number, label in enumerate(own):
            if label.box is None or not label.names:
                lost["without a label" if label.box else "neither a rectangle nor a polygon"] += 1
                continue
            name = f"{task.name}-{label.name or number}"
            picture = _local(text_of(task.data.get(source)))
            marks.append(Mark(picture, label.names[0], name, label.box, label.measured))
    samples = read_marks(request, marks, source, lost=lost)
    notes = [note]
    several = sum(len(task.annotations) > 1 for task in tasks)
    if several:
        notes.append(
            assumption(f"{counted(several, 'task')} with several annotations: read are the boxes of the first.")
        )
    if bare := sum(not task.annotations for task in tasks):
        notes.append(assumption(f"{counted(bare, 'task')} without an annotation left out."))
    return replace(samples, notes=(*samples.notes, *notes))


def _texts(request: ReadRequest, rows: Sequence[tuple[str, str, str]]) -> Samples:
    names = [name for name, _, _ in rows]
    labels, class_names, notes = number_classes(request.path, [label for _, _, label in rows])
    samples = Samples(
        name=request.path.stem,
        ids=np.array(names) if len(set(names)) == len(names) and "" not in names else None,
        labels=labels,
        class_names=class_names,
        inputs=TextList(tuple(text for _, text, _ in rows)),
        notes=notes,
    )
    return with_word_features(samples, request)


def _columns(tasks: Sequence[_Task], source: str) -> dict[str, np.ndarray]:
    """Return the other fields of the data that hold a text or a number."""
    fields = dict.fromkeys(key for task in tasks for key in task.data if key != source)
    columns = {field: [text_of(task.data.get(field)) for task in tasks] for field in fields}
    return {field: np.array(texts) for field, texts in columns.items() if any(texts)}
