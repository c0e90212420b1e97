"""FiftyOne's exports: a dataset of samples with label fields, or a file of labels by the names of pictures.

::

    samples.json: {"samples": [{"filepath": "data/1.jpg", "tags": ["train"],
                                "ground_truth": {"_cls": "Classification", "label": "cat"}}]}
    labels.json:  {"classes": ["cat", "dog"], "labels": {"1": 0, "2": "dog", "3": null}}      (pictures in data/)
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from margin_core.errors import SourceError
from margin_core.study.inputs.pictures import is_picture
from margin_core.study.notes import assumption, read
from margin_core.study.readers.class_folders import SPLITS
from margin_core.study.readers.json_document import entries_of, numbers_of, text_of
from margin_core.study.readers.marked_pictures import Mark, read_marks
from margin_core.study.samples import ReadRequest, Samples, check_no_columns, counted, listed

SAMPLES, LABELS, DATA = "samples", "labels", "data"

CLASSIFICATION, DETECTION, DETECTIONS = "Classification", "Detection", "Detections"

USUAL_FIELD = "ground_truth"
"""Label field that is read where a sample has several."""

_MAX_LOOKED_AT = 1000
"""Samples in which label fields are looked for."""


def is_fiftyone(document: Any) -> bool:
    """Return whether a JSON document is an export of FiftyOne.

    Parameters
    ----------
    document : object

    Returns
    -------
    bool
    """
    if not isinstance(document, dict):
        return False
    samples = document.get(SAMPLES)
    has_samples = isinstance(samples, list) and all(isinstance(one, dict) and "filepath" in one for one in samples)
    return has_samples or isinstance(document.get(LABELS), dict)


def read_fiftyone(request: ReadRequest, document: Any) -> Samples:
    """Read an export of FiftyOne.

    Parameters
    ----------
    request : ReadRequest
        Its path is the file. ``label`` names the label field of the samples.
    document : object
        Its content.

    Returns
    -------
    Samples
        Pictures with a classification, or their detections, cut out.

    Raises
    ------
    SourceError
        There is no label field, or several; most labels cannot be used, or no picture is there.
    AccessError
        A path leads outside the folder of the file and the roots.
    """
    return _read_samples(request, document) if SAMPLES in document else _read_labels(request, document)


def _read_samples(request: ReadRequest, document: Any) -> Samples:
    for flag, _ in [flag for flag in request.columns.flags if flag[0] != "--label"][:1]:
        raise SourceError(f"'{request.path}' is an export of FiftyOne, of which {flag} has nothing to name.")
    entries = entries_of(request.path, document, SAMPLES)
    field = _label_field(request, entries)
    has_boxes = any(
        isinstance(entry.get(field), dict) and entry[field].get("_cls") != CLASSIFICATION for entry in entries
    )
    lost: Counter[str] = Counter()
    marks: list[Mark] = []
    bare = 0
    for entry in entries:
        path, value, split = text_of(entry.get("filepath")), entry.get(field), _split(entry.get("tags"))
        if has_boxes:
            found = list(_boxes(path, _detections(value), split, lost))
        else:
            found = [Mark(path, text_of(value.get("label")) if isinstance(value, dict) else "", split=split)]
        bare += not found
        marks += found
    samples = read_marks(request, marks, "filepath", lost=lost)
    return _with_notes(samples, f"Label: field '{field}' of each {'box' if has_boxes else 'picture'}.", bare)


def _read_labels(request: ReadRequest, document: Any) -> Samples:
    check_no_columns(request, "is a file of the labels of pictures")
    classes = document.get("classes")
    names = tuple(map(text_of, classes)) if isinstance(classes, list) else ()
    files = _files_by_stem(request.path.parent / DATA)
    has_boxes = any(isinstance(value, list) for value in document[LABELS].values())
    lost: Counter[str] = Counter()
    marks: list[Mark] = []
    bare = 0
    for key, value in document[LABELS].items():
        path = files.get(key, f"{DATA}/{key}")
        if has_boxes:
            found = list(_boxes(path, value if isinstance(value, list) else [], "", lost, names))
        else:
            found = [Mark(path, _name_of(value, names))]
        bare += not found
        marks += found
    samples = read_marks(request, marks, LABELS, lost=lost)
    return _with_notes(samples, f"Label: that of each {'box' if has_boxes else 'picture'}.", bare)


def _with_notes(samples: Samples, label: str, bare: int) -> Samples:
    notes = [read(label)]
    if bare:
        notes.append(assumption(f"{counted(bare, 'picture')} without a label left out."))
    return replace(samples, notes=(*samples.notes, *notes))


def _label_field(request: ReadRequest, entries: list[dict[str, Any]]) -> str:
    fields = list(dict.fromkeys(
        key for entry in entries[:_MAX_LOOKED_AT] for key, value in entry.items()
        if isinstance(value, dict) and value.get("_cls") in (CLASSIFICATION, DETECTION, DETECTIONS)
    ))  # fmt: skip
    given = request.columns.label
    if given in fields:
        return given
    if given is None and (len(fields) == 1 or USUAL_FIELD in fields):
        return USUAL_FIELD if USUAL_FIELD in fields else fields[0]
    if not fields:
        raise SourceError(f"'{request.path}' has no field of classifications or detections. Export one of the labels.")
    named = f"no label field '{given}'" if given else "several label fields"
    raise SourceError(f"'{request.path}' has {named}: {listed(fields)}. Name one of these with --label.")


def _detections(value: Any) -> list[Any]:
    if not isinstance(value, dict):
        return []
    if value.get("_cls") == DETECTION:
        return [value]
    held = value.get("detections")
    return held if isinstance(held, list) else []


def _boxes(
    path: str, detections: list[Any], split: str, lost: Counter[str], names: tuple[str, ...] = ()
) -> Iterator[Mark]:
    """Yield the detections in a picture, whose boxes are shares of its width and height."""
    for number, entry in enumerate(detections):
        box = numbers_of(entry.get("bounding_box"), 4) if isinstance(entry, dict) else None
        if box is None:
            lost["without a box of four numbers"] += 1
            continue
        left, top, width, height = box
        own = entry.get("_id")
        name = text_of(own.get("$oid")) if isinstance(own, dict) else ""
        called = name or f"{os.path.splitext(path)[0]}-{number}"
        yield Mark(path, _name_of(entry, names), called, (left, top, width, height), (1.0, 1.0), split)


def _name_of(value: Any, names: tuple[str, ...]) -> str:
    """Return the class that a value names, or whose number it is; empty where it is missing."""
    if isinstance(value, dict):
        return _name_of(value.get("label"), names)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
        return names[value]
    return text_of(value)


def _split(tags: Any) -> str:
    """Return the split that one of the tags of a sample is; empty where none or several are."""
    texts = [tag.lower() for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    found = {SPLITS[tag] for tag in texts if tag in SPLITS}
    return found.pop() if len(found) == 1 else ""


def _files_by_stem(folder: Path) -> Mapping[str, str]:
    """Return the pictures below a folder by their paths without suffix."""
    found: dict[str, str] = {}
    for at, _, names in os.walk(folder):
        for name in filter(is_picture, names):
            path = Path(at, name).relative_to(folder)
            found[path.with_suffix("").as_posix()] = f"{folder.name}/{path.as_posix()}"
    return found
