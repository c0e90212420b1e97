"""Arrays: an ``.npz``, a folder of ``.npy`` files with the same names, or one ``.npy``."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import MAGIC_PREFIX
from numpy.typing import NDArray

from margin_core.errors import SourceError
from margin_core.storage.archive import DAMAGED, read_npz
from margin_core.storage.file_content import FALLBACK_ENCODING, describe_lfs_pointer
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.class_names import check_classes, number_classes
from margin_core.study.contents import FileListing, compute_digests
from margin_core.study.features.standardized_columns import standardize
from margin_core.study.features.word_features import with_word_features
from margin_core.study.inputs.texts import TextList
from margin_core.study.notes import Note, assumption, loss
from margin_core.study.readers.edge_graph import VERSION as EDGES_VERSION
from margin_core.study.readers.edge_graph import with_edges
from margin_core.study.readers.graph_arrays import take_graph
from margin_core.study.readers.lacking_probabilities import notes_of_lacking_probabilities
from margin_core.study.samples import ReadRequest, Samples, counted, listed
from margin_core.values import UNLABELED
from margin_core.values.checks import PROBABILITY_FEATURES, probability_features
from margin_core.values.label_checks import counts_from_zero
from margin_core.values.reference import fitted_space

VERSION = 5
"""Raised whenever the same arrays are read differently."""

SUFFIXES = (".npz", ".npy")

PARTS = ("embedding", "inputs", "labels", "probabilities", "class_names", "ids")
"""Names of the parts of a study; other arrays with one value a sample become columns."""

SYNONYMS = {
    "embedding": ("embeddings", "features", "feats", "Z"),
    "inputs": ("images", "pictures", "texts", "data", "X", "x"),
    "labels": ("label", "targets", "target", "Y", "y"),
    "probabilities": ("probs", "proba", "pred_probs", "predictions", "preds"),
    "class_names": ("classes", "label_names", "target_names"),
    "ids": ("id",),
}
"""Other names that people give these parts. One is read, and said, where the part itself is absent and it fits."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*")

_KINDS_OF_NUMBERS = "fiub"
_KINDS = _KINDS_OF_NUMBERS + "U"
_COMPARED = ("embedding", "inputs", "probabilities")
"""Parts by which samples can be compared."""

Arrays = Mapping[str, NDArray[Any]]


def read_arrays(request: ReadRequest) -> Samples:
    """Read an ``.npz`` or ``.npy`` file.

    An ``.npz`` cannot be memory-mapped, so its arrays are unpacked once, as a step. A single ``.npy`` is
    the embedding when it has two dimensions, and the pictures when it has more and is uint8.

    Parameters
    ----------
    request : ReadRequest
        The source, and how to read it.

    Returns
    -------
    Samples
        As the source has them, without a model.

    Raises
    ------
    SourceError
        The file is damaged, holds pickled objects, or an array has a shape or type that cannot be used.
    """
    path = request.path
    key = _key(request, path.parent, [path.name])
    if path.suffix.lower() == ".npy":
        array = memory_map(path)
        if array.ndim == 2 and array.dtype.kind in _KINDS_OF_NUMBERS:
            return _samples(request, {"embedding": array}, key)
        if array.ndim in (3, 4) and array.dtype == np.uint8:
            return _samples(request, {"inputs": array}, key)
        raise SourceError(
            f"'{path}' holds {array.dtype} {array.shape}. A single .npy is an embedding (samples, dimensions) or uint8 "
            "pictures (samples, height, width[, 3]); put other arrays into an .npz under their names."
        )
    return _samples(request, request.run.step("arrays", key, lambda: _unpacked(path)), key)


def read_array_folder(request: ReadRequest) -> Samples:
    """Read a folder of ``.npy`` files, each memory-mapped.

    Parameters
    ----------
    request : ReadRequest
        The source, and how to read it.

    Returns
    -------
    Samples
        As the source has them, without a model.

    Raises
    ------
    SourceError
        A file is damaged, holds pickled objects, or an array has a shape or type that cannot be used.
    """
    files = sorted(request.path.glob("*.npy"))
    key = _key(request, request.path, [file.name for file in files])
    return _samples(request, {file.stem: memory_map(file) for file in files}, key)


def is_array_folder(folder: Path) -> bool:
    """Return whether a folder holds a part of a study as ``.npy``.

    Parameters
    ----------
    folder : Path
        Any folder.

    Returns
    -------
    bool
        By the file names alone.
    """
    names = [*PARTS, *(name for others in SYNONYMS.values() for name in others)]
    return any((folder / f"{name}.npy").is_file() for name in names)


def memory_map(path: Path) -> NDArray[Any]:
    """Return the array of an ``.npy``, memory-mapped.

    Parameters
    ----------
    path : Path
        Of the file.

    Returns
    -------
    array
        Read-only.

    Raises
    ------
    SourceError
        The file is damaged or holds pickled objects.
    """
    with path.open("rb") as stream:
        if stream.read(len(MAGIC_PREFIX)) != MAGIC_PREFIX:
            raise SourceError(f"'{path}' is not a readable .npy file. Save it again with numpy.save.")
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, *DAMAGED):
        # An empty array cannot be mapped but can be read; pickled objects are refused here, with the reason.
        return read_npz(path)["array"]
    return array


def _key(request: ReadRequest, folder: Path, names: list[str]) -> str:
    found = compute_digests(FileListing.of(folder, names), request.memory, request.run)
    return fingerprint("arrays", VERSION, names, found, request.columns)


def _unpacked(path: Path) -> Arrays:
    if pointer := describe_lfs_pointer(path):
        raise SourceError(pointer)
    if not zipfile.is_zipfile(path):
        raise SourceError(f"'{path}' is not a readable .npz file. Save it again with numpy.savez.")
    arrays = read_npz(path)
    for name, array in arrays.items():
        if not _NAME.fullmatch(name):
            raise SourceError(
                f"'{path}' has an entry named '{name}'. Use letters, digits, spaces, '_', '-' and '.' for names."
            )
        if not array.size:
            raise SourceError(f"'{path}': '{name}' is empty, {array.shape}. Give it a row a sample, or leave it out.")
    return arrays


def _samples(request: ReadRequest, arrays: Arrays, key: str) -> Samples:
    """Read samples, and the graph of their edges where there are some."""
    taken = take_graph(request.path, arrays)
    samples = _without_edges(request, taken.arrays, key)
    samples = replace(samples, notes=(*taken.notes, *samples.notes))
    if taken.edges is None:
        return samples
    return replace(with_edges(request.path, samples, taken.edges), key=fingerprint(key, "edges", EDGES_VERSION))


def _without_edges(request: ReadRequest, arrays: Arrays, key: str) -> Samples:
    path = request.path
    named = _by_part(request, arrays)
    arrays, decoded = _decoded(path, arrays)
    parts = {part: _values(part, arrays[name]) for part, name in named.items()}
    renamed = _by_synonym(path, arrays, parts)
    parts |= {part: _values(part, arrays[name]) for part, name in renamed.items()}
    _check_shapes(path, parts)
    inputs: Any = parts.get("inputs")
    embedding = parts.get("embedding")
    features = "the given embedding"
    space = ""
    notes = [assumption(f"'{name}' is read as {part.replace('_', ' ')}.") for part, name in renamed.items()]
    notes += decoded
    given = arrays[(named | renamed)["labels"]] if "labels" in parts else None
    if given is not None and given.ndim == 2 and given.shape[1] > 1:
        notes.append(assumption("Labels are one-hot: the place of the 1 in a row is the class."))
    if inputs is not None:
        inputs = inputs[..., 0] if inputs.ndim == 4 and inputs.shape[3] == 1 else inputs
        inputs = TextList(tuple(inputs.tolist())) if inputs.dtype.kind == "U" else inputs
    if embedding is not None:
        embedding = _float32(request, embedding, key)
    elif isinstance(inputs, np.ndarray) and inputs.ndim == 2:
        numbered = [str(number) for number in range(inputs.shape[1])]
        embedding, left_out = standardize(str(path), np.asarray(inputs, np.float64), numbered)
        features, space = counted(embedding.shape[1], "standardized column"), fitted_space(key)
        notes.extend(left_out)
    names = tuple(map(str, parts["class_names"].tolist())) if "class_names" in parts else None
    labels = parts.get("labels")
    if labels is not None and names is None:
        outputs = max(2, parts["probabilities"].shape[1]) if "probabilities" in parts else None
        labels, names, class_notes = _classes(path, labels, outputs)
        notes.extend(class_notes)
    samples = [name for name in PARTS if name in parts and name != "class_names"]
    if not samples:
        has = f"it has: {listed(list(arrays), 12)}" if arrays else "it is empty"
        raise SourceError(
            f"'{path}' has none of the arrays {', '.join(PARTS)}, nor one of another usual name that fits; "
            f"{has}. Save at least 'embedding' or 'inputs' under that name."
        )
    n = len(parts[samples[0]])
    probabilities = parts.get("probabilities")
    if probabilities is not None:
        notes += notes_of_lacking_probabilities(path, probabilities)
    if probabilities is not None and probabilities.shape[1] == 1:
        notes.append(assumption("Probabilities have one column p, which is read as 1 - p and p of two classes."))
        parts["probabilities"] = np.column_stack([1 - probabilities.astype(np.float64), probabilities])
    taken = {*named.values(), *renamed.values(), "out_of_sample"}
    others = {name: array for name, array in arrays.items() if name not in taken}
    columns = {
        name: np.datetime_as_string(array) if array.dtype.kind == "M" else array
        for name, array in others.items()
        if array.shape == (n,) and array.dtype.kind in _KINDS + "M"
    }
    columns |= {
        part: _entry(path, arrays, name, part)
        for part, name in request.columns.roles.items()
        if part in ("split", "weight", "group")
    }
    left = [name for name in others if name not in columns]
    refused = [name for name in left if name in SYNONYMS["probabilities"] and others[name].ndim == 2]
    if refused and "probabilities" not in parts:
        left.remove(refused[0])
        notes.append(
            loss(
                f"'{refused[0]}' left out: not a row a sample of probabilities, none negative, each row adding up to 1."
            )
        )
    for name in [name for name in left if "labels" not in parts and name in SYNONYMS["labels"]]:
        values = _values("labels", others[name])
        if values.ndim == 1 and len(values) != n:
            left.remove(name)
            notes.append(loss(f"'{name}' left out: {counted(len(values), 'label')} for {counted(n, 'sample')}."))
    notes += _notes_of_left(
        path, {name: others[name] for name in left}, n, needs_inputs=not {*samples} & set(_COMPARED)
    )
    name = path.stem if path.is_file() else path.name
    out_of_sample = bool(np.all(arrays.get("out_of_sample", np.True_)))
    if embedding is None and inputs is None and labels is not None and "probabilities" in parts and out_of_sample:
        features = PROBABILITY_FEATURES
        # Whether they are probabilities at all is checked where the study is built.
        embedding = probability_features(np.maximum(parts["probabilities"], 0).astype(np.float32))
        notes.append(
            assumption(f"There is no embedding: samples are compared by the {features}. Add one to compare features.")
        )
    found = Samples(
        name=name,
        ids=parts.get("ids"),
        labels=labels,
        class_names=names,
        inputs=inputs,
        embedding=embedding,
        probabilities=parts.get("probabilities"),
        out_of_sample=out_of_sample,
        columns=columns,
        features=features,
        space=space,
        notes=tuple(notes),
        key=key,
    )
    return with_word_features(found, request) if embedding is None and isinstance(inputs, TextList) else found


def _by_part(request: ReadRequest, arrays: Arrays) -> dict[str, str]:
    """Return the array of each part that has the part's own name, or the one that a role names."""
    columns = request.columns
    if columns.file is not None or columns.kinds:
        flag = "--file" if columns.file is not None else "--feature"
        raise SourceError(f"'{request.path}' holds arrays, so {flag} has nothing to name. Leave it out.")
    named = {part: part for part in PARTS if part in arrays}
    for part, name in (("labels", columns.label), ("ids", columns.id)):
        if name is not None:
            _entry(request.path, arrays, name, part.removesuffix("s"))
            named[part] = name
    return named


def _by_synonym(path: Path, arrays: Arrays, parts: Arrays) -> dict[str, str]:
    """Return the array that is read as each absent part: of its other names the first that has a fitting shape."""
    n = max((len(array) for part, array in parts.items() if part != "class_names" and array.ndim), default=None)
    found: dict[str, str] = {}
    for part, names in SYNONYMS.items():
        for name in names:
            if part in parts or name not in arrays or not _fits(path, part, _values(part, arrays[name]), n):
                continue
            found[part] = name
            if part != "class_names":
                n = n or len(arrays[name])
            break
    return found


def _classes(
    path: Path, labels: NDArray[Any], outputs: int | None
) -> tuple[NDArray[Any], tuple[str, ...] | None, tuple[Note, ...]]:
    """Return labels as class numbers, with the names of the classes where these are not the numbers from 0.

    Where there are probabilities, of so many `outputs`, these decide whether labels that count from 1 leave out a
    class 0 or have none.
    """
    if labels.dtype.kind not in "iub":
        missing = np.isnan(labels) if labels.dtype.kind == "f" else np.zeros(len(labels), bool)
        texts = ["" if none else str(label) for label, none in zip(labels.tolist(), missing.tolist(), strict=True)]
        return number_classes(path, texts)
    values = np.unique(labels)
    from_zero = values[0] >= UNLABELED and counts_from_zero(int(values[-1]), len(labels))
    if not from_zero or values.tolist() == [-1, 1]:
        return number_classes(path, [str(label) for label in labels.tolist()])
    check_classes(path, labels[labels != UNLABELED])
    present = values[values != UNLABELED]
    if len(present) > 1 and present.tolist() == list(range(1, len(present) + 1)) and outputs in (None, len(present)):
        texts = ["" if label == UNLABELED else str(label) for label in labels.tolist()]
        from_one, names, class_notes = number_classes(path, texts)
        return from_one, names, (*class_notes, assumption("Labels count from 1: there is no class 0."))
    said: list[Note] = []
    if missing_labels := int((labels == UNLABELED).sum()):
        said.append(assumption(f"{counted(missing_labels, 'label')} of -1 read as missing."))
    greatest = int(present[-1]) if len(present) else 0
    if 2 * len(present) < greatest + 1:
        said.append(
            assumption(
                f"{greatest + 1 - len(present):,} of the {greatest + 1:,} classes from 0 to {greatest} have no sample. "
                f"If {greatest} marks a missing label, save it as -1."
            )
        )
    return labels, None, tuple(said)


def _fits(path: Path, part: str, array: NDArray[Any], n: int | None) -> bool:
    try:
        _check_shapes(path, {part: array})
    except SourceError:
        return False
    if part == "class_names":
        return array.dtype.kind == "U"
    if part == "probabilities":
        known = array[np.isfinite(array).all(axis=1)]
        sums = np.ones(1) if known.shape[1] == 1 and known.max(initial=0) <= 1 else known.sum(axis=1)
        return len(array) == n and bool((np.abs(sums - 1) < 0.01).all() and known.min(initial=0) >= 0)
    return n is None or len(array) == n


def _decoded(path: Path, arrays: Arrays) -> tuple[Arrays, list[Note]]:
    """Return arrays of bytes as texts, and a note of those that are not UTF-8."""
    texts: dict[str, NDArray[Any]] = {}
    notes: list[Note] = []
    for name, array in arrays.items():
        if array.dtype.kind != "S":
            continue
        try:
            texts[name] = np.char.decode(array, "utf-8")
        except UnicodeDecodeError:
            try:
                texts[name] = np.char.decode(array, FALLBACK_ENCODING)
            except UnicodeDecodeError:
                raise SourceError(
                    f"'{path}': '{name}' holds bytes that are neither UTF-8 nor Windows-1252. Decode them, and save "
                    "them as text (array.astype(str))."
                ) from None
            notes.append(assumption(f"'{name}' is not UTF-8; it was read as Windows-1252."))
    return {**arrays, **texts}, notes


def _notes_of_left(path: Path, left: Arrays, n: int, *, needs_inputs: bool) -> Iterator[Note]:
    """Yield what is left out and why; refuse inputs that cannot be read where the samples have nothing else."""
    plain: dict[str, list[str]] = {}
    for name, array in left.items():
        if name in SYNONYMS["inputs"] and array.ndim > 1 and len(array) == n:
            odd = _describe_odd_inputs(array, name)
            if odd and needs_inputs:
                raise SourceError(f"'{path}': {odd}")
            if odd:
                yield loss(f"Left out: {odd}")
                continue
        why = "neither numbers nor text" if array.shape == (n,) else "not one value a sample"
        plain.setdefault(why, []).append(name)
    for why, names in plain.items():
        yield loss(f"{counted(len(names), 'array')} left out, {why} ({listed(names)}).")


def _values(part: str, array: NDArray[Any]) -> NDArray[Any]:
    """Return a part as it is read: labels in one column or one-hot as one a sample."""
    if part != "labels" or array.ndim != 2:
        return array
    if array.shape[1] == 1:
        return array[:, 0]
    numbers = array.dtype.kind in _KINDS_OF_NUMBERS
    if numbers and np.isin(array, (0, 1)).all() and (np.count_nonzero(array, axis=1) == 1).all():
        return np.asarray(array.argmax(axis=1))
    return array


def _entry(path: Path, arrays: Arrays, name: str, flag: str) -> NDArray[Any]:
    if name not in arrays:
        raise SourceError(
            f"'{path}' has no array '{name}'. Its arrays are: {', '.join(arrays)}. Name one of these with --{flag}."
        )
    return arrays[name]


def _check_shapes(path: Path, parts: Arrays) -> None:
    for part, array in parts.items():
        if part == "inputs":
            _check_inputs(path, array)
            continue
        table = part in ("embedding", "probabilities")
        kinds = _KINDS_OF_NUMBERS if table else _KINDS
        if array.ndim != (2 if table else 1) or array.dtype.kind not in kinds:
            shape = "(samples, columns)" if table else "(classes,)" if part == "class_names" else "(samples,)"
            kind = "numbers" if table else "numbers or text"
            raise SourceError(
                f"'{path}': '{part}' must be {kind} of shape {shape}; got {array.dtype} {array.shape}. "
                "Convert it and save again."
            )


def _check_inputs(path: Path, inputs: NDArray[Any], name: str = "inputs") -> None:
    if odd := _describe_odd_inputs(inputs, name):
        raise SourceError(f"'{path}': {odd}")


def _describe_odd_inputs(inputs: NDArray[Any], name: str) -> str:
    """Return why an array cannot be the inputs, and what would help; empty where it can."""
    pictures = inputs.dtype == np.uint8 and (inputs.ndim == 3 or (inputs.ndim == 4 and inputs.shape[3] in (1, 3)))
    numbers = inputs.dtype.kind in _KINDS_OF_NUMBERS and inputs.ndim == 2
    texts = inputs.dtype.kind == "U" and inputs.ndim == 1
    if pictures or numbers or texts:
        return ""
    return (
        f"'{name}' must be uint8 pictures (samples, height, width[, 3]), numbers (samples, columns) or texts "
        f"(samples,); got {inputs.dtype} {inputs.shape}.{_picture_remedy(inputs, name)}"
    )


def _picture_remedy(inputs: NDArray[Any], name: str) -> str:
    """Return how these pictures in particular become readable, a sentence after a blank each; or nothing."""
    remedy = ""
    if inputs.ndim > 2 and inputs.dtype.kind == "f":
        remedy = f" Pictures in [0, 1] become uint8 by ({name} * 255).astype('uint8')."
    elif inputs.ndim > 2 and inputs.dtype.kind in "iu" and inputs.dtype != np.uint8:
        remedy = f" Pictures become uint8 by ({name} / {name}.max() * 255).astype('uint8')."
    if inputs.ndim == 4 and inputs.shape[3] == 4:
        remedy += " Leave out the fourth channel, the opacity: [..., :3]."
    elif inputs.ndim == 4 and inputs.shape[3] not in (1, 3) and inputs.shape[1] in (1, 3):
        remedy += " Channels that come first go last by .transpose(0, 2, 3, 1)."
    return remedy


def _float32(request: ReadRequest, embedding: NDArray[Any], key: str) -> NDArray[Any]:
    """Return an embedding in single precision, converted once."""
    if embedding.dtype == np.float32:
        return embedding
    with np.errstate(over="ignore"):
        return request.run.step("embedding32", key, lambda: {"embedding": embedding.astype(np.float32)})["embedding"]
