"""What a study holds, and which of its samples cannot be compared, as notes."""

from __future__ import annotations

from math import isnan, sqrt
from pathlib import Path

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.features.batches import are_pictures
from margin_core.study.homophily import compute_homophily
from margin_core.study.inputs.pictures import EncodedPictures
from margin_core.study.inputs.texts import are_texts
from margin_core.study.notes import Note, assumption, check_lost, differing_spellings, loss, read
from margin_core.study.probe_model import MAX_TRAINING_SAMPLES, ProbeModel
from margin_core.study.samples import counted, listed, worded
from margin_core.values import UNLABELED, Need, Study, usable_rows

VERSION = 2
"""Raised whenever other rows of the same features are usable."""

_AT_ONCE = 4096
"""Rows that are looked at in one go: a memory map may be larger than memory."""

_MIN_TO_JUDGE, _ERRORS_ABOVE = 50, 2.0
"""Labels from which a cross-validated accuracy says something, and its standard errors above chance that do."""

_MAX_SHOWN = 60
"""Characters of a class name that are shown."""

_MIN_OF_A_CLASS = 2
"""Samples from which a class that is lost is missed: one of a single sample could not be ranked anyway."""


def check_features(study: Study, source: Path, run: Run) -> tuple[Note, ...]:
    """Count the samples whose features cannot be compared; refuse a study that has lost most of them.

    Parameters
    ----------
    study : Study
    source : Path
        Named in messages.
    run : Run
        Remembers the count.

    Returns
    -------
    tuple of Note
        Of the samples that will not be ranked.

    Raises
    ------
    SourceError
        No sample has features, or too few have, or none of a whole class.
    """
    points = study.maybe_embedding
    if points is None:
        return ()
    n = len(points)
    unreadable = int(np.sum(study.columns.get("unreadable", 0)))

    def find() -> dict[str, np.ndarray]:
        parts = (at + np.flatnonzero(~usable_rows(points[at : at + _AT_ONCE])) for at in range(0, n, _AT_ONCE))
        return {"unusable": np.concatenate([np.empty(0, np.int64), *parts])}

    unusable = run.step("usable", fingerprint("usable", VERSION, study.parts["embedding"]), find)["unusable"]
    if len(unusable) == n:
        each = worded(n, "the only row", f"each of the {n:,} rows")
        raise SourceError(
            f"'{source}': {each} of features has a value that is missing or not finite, so nothing can be compared. "
            "Fill some in, or leave out the columns that lack them."
        )
    if unreadable and isinstance(study.maybe_inputs, EncodedPictures):
        rows = np.flatnonzero(study.columns["unreadable"]).tolist()
        put_back = all(map(study.inputs.is_absent, rows))
        check_lost(
            source, unreadable, n, study.inputs.describe_unreadable(rows, plural=True),
            "Put them where the source says, or take them out of it." if put_back
            else "Save them again as JPEG or PNG, or take them out of the source.",
        )  # fmt: skip
    lost = len(unusable) - unreadable
    what, remedy = {
        "text": ("texts have no word in them", "Fill them in, or take them out of the source."),
        "row": (
            "rows have no value in the columns that are compared",
            "Fill them in, or take the rows out of the source.",
        ),
    }.get(
        "" if study.features == "the given embedding" else _noun(study),
        (
            "samples have features with a value that is missing or not finite",
            "Compute these features again, or take the samples out of the source.",
        ),
    )
    check_lost(source, lost, n, what, remedy)
    _check_classes(study, source, unusable)
    if not lost:
        return ()
    have = "sample has" if lost == 1 else "samples have"
    reason = "no word in the text" if are_texts(study.maybe_inputs) else "a value is missing or not finite"
    return (loss(f"{lost:,} {have} no features that can be compared ({reason}): kept, but not ranked."),)


def _check_classes(study: Study, source: Path, unusable: np.ndarray) -> None:
    """Refuse a study that has lost all samples of a class."""
    if not len(unusable) or not study.has(Need.LABELS):
        return
    c = len(study.class_names)
    of_class, lost = (
        np.bincount(labels[labels != UNLABELED], minlength=c) for labels in (study.labels, study.labels[unusable])
    )
    gone = np.flatnonzero((of_class == lost) & (lost >= _MIN_OF_A_CLASS))
    if not len(gone):
        return
    names = f"class{'' if len(gone) == 1 else 'es'} {listed([repr(study.class_names[place]) for place in gone])}"
    if "unreadable" in study.columns:
        why, remedy = f"no picture of the {names} can be read", "Save its pictures again as JPEG or PNG"
    else:
        why, remedy = f"no sample of the {names} has features that can be compared", "Fill in what its samples lack"
    raise SourceError(f"'{source}': {why}. {remedy}, or take them out of the source if it is to be audited without.")


def describe_content(study: Study) -> tuple[Note, ...]:
    """Describe samples, classes and features of a study, a note each.

    Parameters
    ----------
    study : Study

    Returns
    -------
    tuple of Note
        What was read; a single class; features that hardly tell the classes; and class names that differ only in how
        they are written.
    """
    notes = [read(f"Read: {counted(len(study), _noun(study))}.")]
    if study.has(Need.LABELS):
        missing = int((study.labels == UNLABELED).sum())
        unlabeled = f", {counted(missing, 'sample')} to label" if missing else ""
        names = f"{len(study.class_names):,} ({listed([_quoted(name) for name in study.class_names])}){unlabeled}"
        notes.append(read(f"Classes: {names}."))
        used = np.unique(study.labels[study.labels != UNLABELED])
        if len(used) == 1:
            notes.append(
                assumption(
                    f"All labels are of one class, '{study.class_names[used[0]]}': label errors are found by comparing "
                    "classes, so none can be found here. Give samples of another class, too."
                )
            )
    if study.has(Need.EMBEDDING) and study.features:
        notes.append(read(f"Features: {study.features}."))
    notes += _notes_of_graph(study)
    if isinstance(model := study.maybe_model, ProbeModel):
        measured = (
            "its accuracy cannot be measured: too few samples or groups for cross-validation"
            if isnan(model.accuracy)
            else f"{model.accuracy:.0%} of the labels right in cross-validation"
        )
        notes.append(read(f"Model: {model.description}; {measured}."))
        notes += _notes_of_chance(study, model.accuracy)
    elif model is not None and (stated := getattr(model, "stated_accuracy", None)) is not None:
        fitted = f"{stated:.0%} of the labels that it was fitted to right in cross-validation, as its file states"
        notes.append(read(f"Model: {model.description}; {fitted}."))
    for group in differing_spellings(study.class_names):
        quoted = ", ".join(f"'{name}'" for name in group)
        notes.append(
            assumption(f"The classes {quoted} differ only by case, spaces or Unicode form. They are kept apart.")
        )
    return tuple(notes)


def _notes_of_graph(study: Study) -> list[Note]:
    """Return notes of how a given graph is used, and whether its edges say something of the labels."""
    if not study.has(Need.GRAPH):
        return []
    notes = [
        read("Neighbors: those that edges join, instead of those with similar features; --set graph.k=20 takes these.")
    ]
    if study.has(Need.LABELS):
        homophily, chance = compute_homophily(study.graph, study.labels)
        if not isnan(homophily):
            notes.append(read(f"Edges that join two nodes of one class: {homophily:.0%} ({chance:.0%} by chance)."))
    if "split" in study.columns:
        notes.append(
            assumption(
                "Edges join samples of all splits, so held-out labels vote on those learned from, too, unless --set "
                "splits=apart leaves such edges out of the label review."
            )
        )
    return notes


def _notes_of_chance(study: Study, accuracy: float) -> list[Note]:
    """Return a note where features predict labels no better than always guessing the largest class."""
    counts = np.bincount(study.labels[study.labels != UNLABELED])
    n = min(int(counts.sum()), MAX_TRAINING_SAMPLES)
    model = study.maybe_model
    is_brought = study.has(Need.PROBABILITIES) and not (isinstance(model, ProbeModel) and not model.is_linear)
    if n < _MIN_TO_JUDGE or isnan(accuracy) or is_brought or study.has(Need.GRAPH):
        return []
    largest = float(counts.max() / counts.sum())
    if accuracy > largest + _ERRORS_ABOVE * sqrt(accuracy * (1 - accuracy) / n):
        return []
    return [
        assumption(
            f"The features hardly tell the classes apart: {accuracy:.0%} of the labels right in cross-validation, and "
            f"{largest:.0%} by always guessing the largest class. The ranking is close to random. Give features or a "
            "model that know these data."
        )
    ]


def _quoted(name: str) -> str:
    """Return a name, cut if it is long, in quotes where it could not be told from its neighbors in a list."""
    shown = name if len(name) <= _MAX_SHOWN else f"{name[:_MAX_SHOWN]}..."
    return f"'{shown}'" if "," in shown or name != name.strip() else shown


def _noun(study: Study) -> str:
    if not study.has(Need.INPUTS):
        return "sample"
    if are_pictures(study.inputs):
        return "picture"
    return "text" if are_texts(study.inputs) else "row"
