"""Features and class probabilities in a file of their own, one row for each sample of a source, matched by id."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.archive import read_npz
from margin_core.storage.file_digest import compute_file_digest
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.notes import loss
from margin_core.study.readers.lacking_probabilities import notes_of_lacking_probabilities
from margin_core.study.samples import Samples, listed
from margin_core.values import AnyArray, Ints, Texts
from margin_core.values.handed_in import to_numbers

PARTS = ("embedding", "probabilities")

KNOWN = ("ids", *PARTS, "class_names", "out_of_sample")


def with_outputs(samples: Samples, path: Path) -> Samples:
    """Return samples with the features and class probabilities that a file holds for them.

    Parameters
    ----------
    samples : Samples
        With ids.
    path : Path
        An ``.npz`` with ``ids`` (n,) in any order, and ``embedding`` (n, d), ``probabilities`` (n, c), or both.
        ``class_names`` (c,) names the columns of the probabilities; without them, they are the classes of the samples
        in their order. ``out_of_sample`` False declares that the model was trained on these labels.

    Returns
    -------
    Samples
        With a note of every other array, which is left out.

    Raises
    ------
    SourceError
        The file cannot be read, lacks these arrays, or is not about exactly these samples and classes.
    """
    arrays = read_npz(path)
    given = [part for part in PARTS if part in arrays]
    if "ids" not in arrays or not given:
        raise SourceError(f"'{path}' must hold 'ids', and 'embedding' or 'probabilities'. Save them under these names.")
    tables = {part: to_numbers(f"'{path}': {part}", arrays[part], np.float32) for part in given}
    rows = _rows_of(samples, path, arrays["ids"])
    for part, table in tables.items():
        if table.ndim != 2 or len(table) != len(rows):
            raise SourceError(f"'{path}': {part} must have one row for each id; got {table.shape}. Save it again.")
    found: dict[str, Any] = {part: table[rows] for part, table in tables.items()}
    if "probabilities" in found and "class_names" in arrays:
        found["probabilities"] = found["probabilities"][:, _class_order(samples, path, arrays["class_names"])]
    if "out_of_sample" in arrays:
        found["out_of_sample"] = bool(np.all(arrays["out_of_sample"]))
    others = [name for name in arrays if name not in KNOWN]
    notes = (*samples.notes, loss(f"'{path.name}': {listed(others)} left out.")) if others else samples.notes
    if "probabilities" in found:
        notes = (*notes, *notes_of_lacking_probabilities(path, found["probabilities"]))
    key = None if samples.key is None else fingerprint("outputs", samples.key, compute_file_digest(path))
    return replace(samples, **found, notes=notes, key=key)


def _rows_of(samples: Samples, path: Path, given: AnyArray) -> Ints:
    """Return the row of the file for each sample."""
    known = samples.ids
    if known is None:
        raise SourceError(f"'{path}' is matched by ids, and the samples have none. Add a column of ids.")
    ids: Texts = given.astype(str)
    if ids.ndim != 1 or len(ids) != len(np.unique(ids)):
        raise SourceError(f"'{path}': ids must be a list of ids, each once. Save it again.")
    place_of = {sample_id: place for place, sample_id in enumerate(ids.tolist())}
    lacking = [sample_id for sample_id in known.tolist() if sample_id not in place_of]
    if lacking or len(ids) != len(known):
        what = f"lacks {listed(lacking)}" if lacking else f"holds {listed(np.setdiff1d(ids, known).tolist())} besides"
        raise SourceError(f"'{path}' is about other samples: it {what}. Save a row for each sample, and no other.")
    return np.array([place_of[sample_id] for sample_id in known.tolist()], dtype=np.int64)


def _class_order(samples: Samples, path: Path, given: AnyArray) -> Ints:
    """Return the column of the file for each class of the samples."""
    columns = [str(name) for name in given.ravel().tolist()]
    labels = [] if samples.labels is None else samples.labels.tolist()
    classes = samples.class_names or tuple(sorted({str(label) for label in labels} - {""}))
    if sorted(columns) != sorted(classes):
        raise SourceError(
            f"'{path}': its class_names are {listed(columns)}, the classes are {listed(classes)}. "
            "Save a column for each class."
        )
    return np.array([columns.index(name) for name in classes], dtype=np.int64)
