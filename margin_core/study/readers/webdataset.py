"""WebDataset: tar shards in which the files of a sample share a name up to the first dot.

::

    train-0000.tar: a1.jpg, a1.cls, a2.jpg, a2.cls          or a1.jpg, a1.json       or cat/a1.jpg
                    (cls: a class number or name)           (with a field "label")   (the folder)
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.class_names import number_classes
from margin_core.study.inputs.pictures import is_picture
from margin_core.study.notes import MAX_FEW_LOST, MAX_LOST, Note, assumption, check_lost, loss, read
from margin_core.study.readers.archive_members import TAR, Members, list_members
from margin_core.study.readers.class_folders import find_class_folders
from margin_core.study.readers.known_names import LABELS
from margin_core.study.readers.shards import check_shards, list_shards, missing_notes, split_of
from margin_core.study.samples import ReadRequest, Samples, counted, listed
from margin_core.values import Ints, Texts

VERSION = 1
"""Raised whenever the same shards are read differently."""

SUFFIXES = (TAR,)

CLASS = "cls"
"""Suffix of the files that hold nothing but the label."""

TEXTS = (CLASS, "cls2", "txt", "text", "id", "index")
"""Suffixes of files that hold the value of one field."""

FIELDS = "json"
"""Suffix of files that hold several fields by name."""

MAX_TEXT_BYTES = 1_000_000
"""Bytes of a file with fields; what is longer is none."""

MAX_COLUMNS = 100

_Key = tuple[int, str]
"""Number of the shard, and name up to the first dot."""


@dataclass
class _Sample:
    """The files of a sample, as rows of the members; -1 for a picture that is not there, else with its suffix."""

    picture: int = -1
    kind: str = ""
    besides: list[str] = field(default_factory=list)
    """Suffixes of its other pictures."""
    texts: dict[str, int] = field(default_factory=dict)
    others: int = 0


def is_webdataset(folder: Path) -> bool:
    """Return whether a folder holds tar shards and no picture beside them.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    bool
    """
    return bool(list_shards(folder, SUFFIXES))


def read_webdataset(request: ReadRequest) -> Samples:
    """Read tar shards.

    Parameters
    ----------
    request : ReadRequest
        Its path is a ``.tar``, or a folder of them. A label that is named is a field of the ``.json`` files, or the
        suffix of files that hold nothing but a label; default: ``cls``, then a usual name, then the folders.

    Returns
    -------
    Samples
        Pictures, each named by its files up to the first dot, or to the last where several would be one; they stay in
        the shards, and each is read when it is needed. Other fields are columns, and so is the split that the names of
        shards begin with.

    Raises
    ------
    SourceError
        A shard is damaged, or there is no picture.
    AccessError
        A shard is a link that leads outside the folder and the roots.
    """
    path = request.path
    for flag, _ in [flag for flag in request.columns.flags if flag[0] != "--label"][:1]:
        raise SourceError(f"'{path}' holds tar shards, of which --label alone can be named. Leave {flag} out.")
    named = list_shards(path, SUFFIXES) if path.is_dir() else [path]
    shards = check_shards(path, named, request.roots)
    missing = missing_notes(path, named) if path.is_dir() else ()
    members = list_members(request, shards)
    every, notes_of_names = _group(members)
    grouped = {key: sample for key, sample in every.items() if sample.picture >= 0}
    if not grouped:
        raise SourceError(
            f"'{path}' holds no pictures, but {counted(len(members.names), 'other file')}. Of each sample, WebDataset "
            "has a picture and a label, such as a1.jpg and a1.cls."
        )
    fields = _read_fields(request, members, list(grouped.values()))
    label = _label_field(request, fields)
    labels: Ints | None
    names: tuple[str, ...] | None
    if label is not None:
        labels, names, notes = number_classes(path, fields.pop(label))
        notes = (read(f"Label: field '{label}' of each sample."), *notes)
    else:
        folders = find_class_folders([name for _, name in grouped])
        labels, names, notes = folders.labels, folders.class_names, tuple(folders.notes(""))
    columns = {name: _column(values) for name, values in fields.items()}
    splits = [split_of(path, shard) for shard in named]
    if any(splits):
        columns["split"] = np.array([splits[shard] for shard, _ in grouped])
    return Samples(
        name=path.name if path.is_dir() else path.stem,
        ids=_ids(list(grouped), shards),
        labels=labels,
        class_names=names,
        inputs=members.pictures([sample.picture for sample in grouped.values()], request),
        columns=columns,
        notes=(*missing, *_notes(path, members, every), *notes_of_names, *notes),
    )


def _group(members: Members) -> tuple[dict[_Key, _Sample], tuple[Note, ...]]:
    """Return the files of each sample, by shard and name, in the order of the shards.

    Names end at the first dot, as WebDataset has them. Where several pictures would be one sample then, as of
    ``cat/img.000.png`` and ``cat/img.001.png``, they end at the last one.
    """
    grouped = _group_by(members, str.partition)
    lost = len(_lost_pictures(grouped))
    has_fields = any(sample.texts for sample in grouped.values())
    if not lost or (has_fields and lost <= max(MAX_LOST * len(grouped), MAX_FEW_LOST)):
        return grouped, ()
    by_last = _group_by(members, str.rpartition)
    if len(_lost_pictures(by_last)) >= lost:
        return grouped, ()
    return by_last, (assumption("Names of samples end at their last dot: at the first, several pictures share one."),)


def _group_by(members: Members, divide: Callable[[str, str], tuple[str, str, str]]) -> dict[_Key, _Sample]:
    grouped: dict[_Key, _Sample] = {}
    for row, (name, shard) in enumerate(zip(members.names, members.places[:, 0].tolist(), strict=True)):
        path = PurePosixPath(name)
        stem, _, suffix = divide(path.name, ".")
        sample = grouped.setdefault((shard, str(path.with_name(stem)) if stem else name), _Sample())
        kind = suffix.lower()
        if is_picture(f".{kind}"):
            if sample.picture < 0:
                sample.picture, sample.kind = row, kind
            elif kind.count(".") < sample.kind.count("."):
                # Of a1.mask.png and a1.png, the second.
                sample.besides.append(sample.kind)
                sample.picture, sample.kind = row, kind
            else:
                sample.besides.append(kind)
        elif kind in (*TEXTS, FIELDS) and members.places[row, 3] <= MAX_TEXT_BYTES:
            sample.texts[kind] = row
        else:
            sample.others += 1
    return grouped


def _lost_pictures(grouped: Mapping[_Key, _Sample]) -> list[str]:
    """Return the suffixes of second pictures that are no field, such as ``mask.png``, of many samples."""
    counts = Counter(kind for sample in grouped.values() for kind in sample.besides)
    fields = {
        kind
        for kind, count in counts.items()
        if 2 * count >= len(grouped) > len(counts) and not any(part.isdecimal() for part in kind.split("."))
    }
    return [kind for sample in grouped.values() for kind in sample.besides if kind not in fields]


def _read_fields(request: ReadRequest, members: Members, samples: list[_Sample]) -> dict[str, list[str]]:
    """Return the fields of the samples by name, each a text for every sample, empty where it has none."""

    def work() -> dict[str, NDArray[Any]]:
        found: dict[str, list[str]] = {}
        for number, sample in enumerate(samples):
            for name, text in _fields(members, sample):
                if name in found or len(found) < MAX_COLUMNS:
                    found.setdefault(name, [""] * len(samples))[number] = text
        return {"fields": np.frombuffer(json.dumps(found).encode(), np.uint8)}

    rows = [[sample.picture, *sample.texts.values()] for sample in samples]
    places = members.places[[row for own in rows for row in own]]
    key = fingerprint("webdataset", VERSION, members.content, places)
    fields: Mapping[str, list[str]] = json.loads(
        np.asarray(request.run.step("shard_fields", key, work)["fields"]).tobytes()
    )
    return dict(fields)


def _fields(members: Members, sample: _Sample) -> Iterator[tuple[str, str]]:
    for kind, row in sample.texts.items():
        try:
            text = members.read(row).decode()
            values = json.loads(text) if kind == FIELDS else {kind: text.strip()}
        except (SourceError, ValueError, RecursionError):
            continue  # Like a label that is missing.
        for name, value in values.items() if isinstance(values, dict) else ():
            if isinstance(value, str | int | float):
                yield name, json.dumps(value) if isinstance(value, bool) else str(value)


def _label_field(request: ReadRequest, fields: Mapping[str, list[str]]) -> str | None:
    given = request.columns.label
    if given is not None and given not in fields:
        known = f"Its fields are: {', '.join(fields)}. Name one of these with --label." if fields else "It has none."
        raise SourceError(f"'{request.path}' has no field '{given}'. {known}")
    lower = {name.lower(): name for name in reversed(list(fields))}
    return given or next((lower[name] for name in (CLASS, *LABELS) if name in lower), None)


def _column(values: list[str]) -> NDArray[Any]:
    """Return a field as numbers where all values are, else as texts."""
    try:
        return np.array([float(value or "nan") for value in values])
    except ValueError:
        return np.array(values)


def _ids(keys: list[_Key], shards: list[Path]) -> Texts:
    """Return the names of samples; with that of their shards where several shards use the same."""
    names = [name for _, name in keys]
    if len(set(names)) < len(names):
        names = [f"{shards[shard].stem}/{name}" for shard, name in keys]
    if len(set(names)) < len(names):
        names = [f"{shards[shard].parent.name}/{shards[shard].stem}/{name}" for shard, name in keys]
    return np.array(names)


def _notes(path: Path, members: Members, every: Mapping[_Key, _Sample]) -> Iterator[Note]:
    yield from members.notes(path)
    grouped = [sample for sample in every.values() if sample.picture >= 0]
    without = [name for (_, name), sample in every.items() if sample.picture < 0]
    check_lost(path, len(without), len(every), "samples have no picture", "Write the shards again, with pictures.")
    if without:
        yield loss(f"{counted(len(without), 'sample')} without a picture left out ({listed(without)}).")
    lost, pictures = len(_lost_pictures(every)), sum(1 + len(sample.besides) for sample in grouped)
    check_lost(
        path, lost, pictures, "pictures share the name of a sample with another one",
        "Write the shards again, with a name for each sample.",
    )  # fmt: skip
    if lost:
        yield loss(f"{counted(lost, 'picture')} left out: another one has the same name up to the first dot.")
    others = sum(sample.others + len(sample.besides) for sample in grouped) - lost
    if others:
        yield assumption(f"{counted(others, 'file')} not used: neither the picture of a sample nor its fields.")
