"""What a model sees in the samples: an embedding, and an opinion about the classes.

The work is cut into blocks, each a step of its own, so that a cancelled run goes on where it was. Where
a block ends is decided by the content of the samples around it, not by counting: a picture put in
between changes one block, and the blocks behind it keep their keys.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ModelError, SourceError
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import DIGEST_SIZE, Digests
from margin_core.study.named_model import DEFAULT, NamedModel
from margin_core.study.pictures import Picture, PictureFiles, stack
from margin_core.study.samples import counted, listed
from margin_core.study.texts import TextList
from margin_core.values import EmbeddingModel, Need, Study

VERSION = 1
"""Raised whenever the same model would be shown the same samples differently."""

BATCH = 32
"""Samples shown to the model at a time; progress is reported as often."""

_LEAST, _CUT, _MOST = 64, 448, 1024
"""A block is at least and at most this long; in between one sample in 448 ends it: 512 in the mean."""

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Seen:
    """What a model made of n samples; NaN rows where it was shown nothing.

    Attributes
    ----------
    arrays : mapping
        ``embedding`` float32 (n, d) and ``probabilities`` float32 (n, c), as asked for, and ``unseen`` bool (n,).
    key : str
        Fingerprint of the model and of all it was shown.
    """

    arrays: Arrays
    key: str


def with_model(study: Study, model: Any | None, run: Run) -> tuple[Study, tuple[str, ...]]:
    """Add a model to a study, with the embedding and the probabilities that come from it.

    The embedding of a model that has one replaces a given one. Where neither the model nor the source
    gives one, EfficientNet-Lite0 looks at the pictures. Probabilities that the source brings are kept;
    those of the model are added when its classes are the study's, as ``out_of_sample=False``.

    Parameters
    ----------
    study : Study
    model : Model or None
        Any object with ``fingerprint`` and ``probabilities``; with ``embed`` also for features, unless it says
        ``gives_features = False``.
    run : Run

    Returns
    -------
    Study
    tuple of str
        What could not be used or was replaced, a sentence each.

    Raises
    ------
    SourceError
        There is nothing that the model could look at, or no picture can be read.
    ModelError
        The model does not answer with one row a sample.

    Notes
    -----
    The default that looks at pictures gives features only; it is not the study's model, whose classes it
    does not know.
    """
    if model is None and (study.has(Need.EMBEDDING) or not _are_pictures(study.maybe_inputs)):
        return study, ()
    if not study.has(Need.INPUTS):
        raise SourceError(
            f"Study '{study.name}' has no inputs that {_words(model)} could look at. "
            "Open the pictures or rows themselves, or leave --model out."
        )
    eyes: Any = model if isinstance(model, EmbeddingModel) and getattr(model, "gives_features", True) else None
    if eyes is None and not study.has(Need.EMBEDDING) and _are_pictures(study.maybe_inputs):
        eyes = NamedModel(DEFAULT, None, run)
    order, notes = _class_order(study, model, run)
    wants: list[tuple[Any, tuple[str, ...]]] = [] if eyes is None else [(eyes, ("embed",))]
    if order is not None:
        wants = [(model, ("embed", "probabilities"))] if eyes is model else [*wants, (model, ("probabilities",))]
    parts = dict(study.parts)
    found: dict[str, NDArray[Any]] = {}
    unseen = np.zeros(len(study), bool)
    for number, (looking, asked) in enumerate(wants):
        part = run.part(number / len(wants), (number + 1) / len(wants))
        seen = _look(looking, asked, study, part)
        unseen |= seen.arrays["unseen"]
        if "embed" in asked:
            found["embedding"] = seen.arrays["embedding"]
            parts["embedding"] = seen.key
        if "probabilities" in asked:
            found["probabilities"] = seen.arrays["probabilities"][:, order]
            parts["probabilities"] = fingerprint(seen.key, order)
    columns = dict(study.columns)
    if isinstance(study.inputs, PictureFiles) and wants:
        columns["unreadable"] = unseen
        if unseen.any():
            notes = (*notes, _cannot_be_read(int(unseen.sum())))
    features = study.features
    if "embedding" in found:
        features = f"{_words(eyes)}, {found['embedding'].shape[1]:,} dimensions"
        if study.has(Need.EMBEDDING):
            notes = (*notes, f"The features of the model are used instead of {study.features}.")
    seen_study = Study.build(
        name=study.name, ids=study.ids, labels=study.maybe_labels, class_names=study.class_names,
        embedding=found.get("embedding", study.maybe_embedding),
        probabilities=found.get("probabilities", study.maybe_probabilities),
        inputs=study.maybe_inputs, model=model, columns=columns, features=features,
        out_of_sample=study.out_of_sample and "probabilities" not in found, parts=parts,
    )  # fmt: skip
    return seen_study, notes


def _cannot_be_read(count: int) -> str:
    return f"{counted(count, 'picture')} cannot be read and {'has' if count == 1 else 'have'} no features."


def _words(model: Any) -> str:
    return str(getattr(model, "description", "") or type(model).__name__)


def _are_pictures(inputs: Any) -> bool:
    return isinstance(inputs, PictureFiles) or (isinstance(inputs, np.ndarray) and inputs.ndim > 2)


def _class_order(study: Study, model: Any | None, run: Run) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Give the model's output for each class of the study, or None when they do not correspond."""
    names = study.class_names
    if model is None or not names or study.has(Need.PROBABILITIES):
        return None, ()
    known = tuple(getattr(model, "class_names", ()))
    if known and set(known) == set(names) and len(known) == len(names):
        return np.array([known.index(name) for name in names]), ()
    if known:
        reason = f"it knows the classes {listed(known)}, the study has {listed(names)}"
        return None, (f"The model's opinion is left out: {reason}.",)
    outputs = getattr(model, "classes", None) or _outputs(model, study, run)
    if outputs != len(names):
        reason = f"it has {counted(outputs, 'output')}, the study {len(names):,} classes"
        return None, (f"The model's opinion is left out: {reason}.",)
    return np.arange(outputs), ("The model's outputs are taken to be the classes of the study, in their order.",)


def _outputs(model: Any, study: Study, run: Run) -> int:
    """Find out how many outputs a model has that does not say so."""
    key = fingerprint("outputs", VERSION, model.fingerprint, study.parts["inputs"])
    return len(run.step("outputs", key, lambda: {"zeros": _one_answer(model, study)})["zeros"])


def _one_answer(model: Any, study: Study) -> NDArray[np.float32]:
    """Let the model look at the first sample that it can be shown."""
    for start in range(0, len(study), BATCH):
        shown, _ = _batch(study.inputs, np.arange(start, min(start + BATCH, len(study))))
        if shown is not None:
            return np.zeros(_answers(model, ("probabilities",), shown[:1])[0].shape[1], np.float32)
    raise _nothing_to_see(study)


def _look(model: Any, asked: tuple[str, ...], study: Study, run: Run) -> Seen:
    key = fingerprint("seen", VERSION, model.fingerprint, study.parts["inputs"], asked)
    name = "embedding" if "embed" in asked else "opinion"
    return Seen(run.step(name, key, lambda: _all_blocks(name, model, asked, study, run)), key)


def _all_blocks(name: str, model: Any, asked: tuple[str, ...], study: Study, run: Run) -> Arrays:
    digests = _row_digests(study.inputs)
    blocks = []
    for start, stop in _cuts(digests):
        key = fingerprint("block", VERSION, model.fingerprint, asked, digests[start:stop])
        work = partial(_one_block, model, asked, study, start, stop, run)
        blocks.append((start, stop, run.step(f"{name}_block", key, work)))
    unseen = np.concatenate([block["unseen"] for _, _, block in blocks])
    if unseen.all():
        raise _nothing_to_see(study)
    whole: dict[str, NDArray[Any]] = {"unseen": unseen}
    for part in (_PART_OF[word] for word in asked):
        width = next(block[part].shape[1] for _, _, block in blocks if part in block)
        whole[part] = np.full((len(study), width), np.nan, np.float32)
        for start, stop, block in blocks:
            if part in block:
                whole[part][start:stop][~block["unseen"]] = block[part]
    return whole


_PART_OF = {"embed": "embedding", "probabilities": "probabilities"}
"""The part of a study that each method of a model gives."""


def _one_block(model: Any, asked: tuple[str, ...], study: Study, start: int, stop: int, run: Run) -> Arrays:
    """Show the samples of one block to the model; rows that it cannot be shown have no answer."""
    inputs = study.inputs
    what = "pictures" if _are_pictures(inputs) else "texts" if isinstance(inputs, TextList) else "rows"
    verb = "Embedding" if "embed" in asked else "Classifying"
    unseen = np.zeros(stop - start, bool)
    answers: dict[str, list[NDArray[np.float32]]] = {}
    for first in range(start, stop, BATCH):
        run.report(first / len(study), f"{verb} {first:,} of {len(study):,} {what} ...")
        rows = np.arange(first, min(first + BATCH, stop))
        shown, hidden = _batch(study.inputs, rows)
        unseen[rows - start] = hidden
        if shown is not None:
            for word, answer in zip(asked, _answers(model, asked, shown), strict=True):
                answers.setdefault(_PART_OF[word], []).append(answer)
    return {"unseen": unseen} | {part: np.concatenate(pieces) for part, pieces in answers.items()}


def _answers(model: Any, asked: tuple[str, ...], shown: Any) -> list[NDArray[np.float32]]:
    """Let the model answer, in one pass where it can."""
    if len(asked) > 1 and hasattr(model, "both"):
        given = model.both(shown)
    else:
        given = [getattr(model, word)(shown) for word in asked]
    answers = [np.asarray(answer, dtype=np.float32) for answer in given]
    for word, answer in zip(asked, answers, strict=True):
        if answer.ndim != 2 or len(answer) != len(shown):
            raise ModelError(
                f"{_words(model)}: {word}() must give one row a sample; {len(shown)} went in and an array of shape "
                f"{answer.shape} came out. Correct the model."
            )
    return answers


def _batch(inputs: Any, rows: NDArray[np.int64]) -> tuple[Any, NDArray[np.bool_]]:
    """Give what the model can be shown of some rows (None when nothing), and which rows it cannot."""
    if isinstance(inputs, PictureFiles):
        with ThreadPoolExecutor(os.cpu_count()) as readers:
            pictures = list(readers.map(partial(_picture, inputs), rows.tolist()))
        readable = [picture for picture in pictures if picture is not None]
        return stack(readable) if readable else None, np.array([picture is None for picture in pictures])
    if isinstance(inputs, TextList):
        return [inputs.values[row] for row in rows.tolist()], np.zeros(len(rows), bool)
    values = np.asarray(inputs[rows])
    if values.ndim > 2:
        return values, np.zeros(len(rows), bool)
    values = values.astype(np.float32)
    hidden = ~np.isfinite(values).all(axis=1)
    return None if hidden.all() else values[~hidden], hidden


def _picture(files: PictureFiles, row: int) -> Picture | None:
    try:
        return files[row]
    except SourceError:
        return None  # Counted, marked in the column 'unreadable' and named in a note.


def _nothing_to_see(study: Study) -> SourceError:
    count = f"{len(study):,}"
    if not isinstance(study.inputs, PictureFiles):
        return SourceError(f"Study '{study.name}': each of the {count} rows has a missing value. Fill some in.")
    try:
        study.inputs[0]
    except SourceError as error:
        return SourceError(f"Study '{study.name}': none of the {count} pictures can be read. {error}")
    return SourceError(f"Study '{study.name}': none of the {count} pictures could be read. Open it again.")


def _row_digests(inputs: Any) -> Digests:
    if isinstance(inputs, PictureFiles):
        return inputs.digests
    if isinstance(inputs, TextList):
        texts = (blake2b(text.encode(errors="surrogatepass"), digest_size=DIGEST_SIZE) for text in inputs.values)
        return np.frombuffer(b"".join(text.digest() for text in texts), np.uint8).reshape(-1, DIGEST_SIZE)
    hashed = (blake2b(np.ascontiguousarray(inputs[row]).data, digest_size=DIGEST_SIZE) for row in range(len(inputs)))
    return np.frombuffer(b"".join(digest.digest() for digest in hashed), np.uint8).reshape(-1, DIGEST_SIZE)


def _cuts(digests: Digests) -> Iterator[tuple[int, int]]:
    """Cut the rows into blocks where their content says so."""
    ends = np.flatnonzero(digests[:, :4].copy().view("<u4")[:, 0] % _CUT == 0) + 1
    start = 0
    while start < len(digests):
        after = ends[(ends >= start + _LEAST) & (ends <= start + _MOST)]
        stop = int(after[0]) if len(after) else min(start + _MOST, len(digests))
        yield start, stop
        start = stop
