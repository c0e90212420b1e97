"""The outputs of a model for all samples, computed and remembered block by block.

Each block is a step of its own, so that a cancelled run resumes where it stopped. Where a block ends is decided by
the content of the samples around it, not by counting (content-defined chunking): a picture that is inserted changes
one block, and the blocks after it keep their keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import Digests
from margin_core.study.features.batch_calls import BatchCall, Outputs, batch_call, call_methods
from margin_core.study.features.batches import are_pictures, nothing_readable, read_ahead, read_batch, row_digests
from margin_core.study.inputs.pictures import DECODING, EncodedPictures, decoders
from margin_core.study.inputs.texts import TextList
from margin_core.study.models.cores import map_on_cores
from margin_core.values import Study

VERSION = 1
"""Raised whenever the same model would be shown the same samples differently."""

ROWS_VERSION = 2
"""The same of rows of numbers alone. Whether a model takes incomplete ones is no part of the key: to find out it may
have to be loaded, which a study that is remembered does not wait for."""

REPORT_EVERY = 32
"""Samples between two reports of the progress, at which a run can be stopped."""

MIN_BLOCK, END_PERIOD, MAX_BLOCK = 64, 448, 1024
"""Bounds on the length of a block; in between one sample in 448 ends it, for a mean length of 512."""

Arrays = Mapping[str, NDArray[Any]]

_PART_OF = {"embed": "embedding", "probabilities": "probabilities"}
"""The part of a study that each method of a model computes."""


@dataclass(frozen=True, eq=False)
class ModelOutputs:
    """The outputs of a model for n samples; NaN rows where it could be shown nothing.

    Attributes
    ----------
    arrays : mapping
        ``embedding`` float32 (n, d) and ``probabilities`` float32 (n, c), those of the called methods, and ``unseen``
        bool (n,), True for the NaN rows.
    key : str
        Fingerprint of the model and of all it was shown.
    """

    arrays: Arrays
    key: str


def compute_outputs(model: Any, methods: tuple[str, ...], study: Study, run: Run) -> ModelOutputs:
    """Compute the outputs of a model for every sample of a study, or recall them.

    Parameters
    ----------
    model : Model
        Has a ``fingerprint`` and the methods.
    methods : tuple of {'embed', 'probabilities'}
        Methods to call, in one pass where the model has ``both``.
    study : Study
        Has inputs.
    run : Run
        Remembers the blocks and the whole, gets the progress.

    Returns
    -------
    ModelOutputs
        One row a sample.

    Raises
    ------
    ModelError
        The model does not return one row a sample.
    SourceError
        No input can be shown to the model.
    """
    key = outputs_key(model, methods, study)
    name = "embedding" if "embed" in methods else "opinion"
    return ModelOutputs(run.step(name, key, lambda: _all_blocks(name, model, methods, study, run)), key)


def outputs_key(model: Any, methods: tuple[str, ...], study: Study) -> str:
    """Return the identity of the outputs of a model for the samples of a study.

    Parameters
    ----------
    model : Model
        Has a ``fingerprint``.
    methods : tuple of {'embed', 'probabilities'}
    study : Study
        Has inputs.

    Returns
    -------
    str
        Of the embedding that `compute_outputs` returns, too.
    """
    return fingerprint("seen", *_how(study.inputs), model.fingerprint, study.parts["inputs"], methods)


def _how(inputs: Any) -> tuple[object, ...]:
    """Return what else decides what a model is shown: for pictures in files, how they are decoded."""
    if not isinstance(inputs, EncodedPictures):
        return (VERSION, ROWS_VERSION) if _are_rows(inputs) else (VERSION,)
    is_heic = any(path.lower().endswith((".heic", ".heif")) for path in inputs.paths)
    # Whoever installs the package for such pictures gets those that could not be read before.
    return (VERSION, DECODING, is_heic and "HEIF" in decoders())


def _may_lack_values(model: Any, inputs: Any) -> bool:
    return _are_rows(inputs) and bool(getattr(model, "takes_missing_values", False))


def _are_rows(inputs: Any) -> bool:
    return len(getattr(inputs, "shape", ())) == 2


def count_outputs(model: Any, study: Study, run: Run) -> int:
    """Return the number of outputs of a model that does not state it, from its answer for one sample.

    Parameters
    ----------
    model : Model
        Has ``probabilities``.
    study : Study
        Has inputs.
    run : Run
        Remembers the number.

    Returns
    -------
    int
        Number of outputs c.

    Raises
    ------
    ModelError
        The model does not return one row a sample.
    SourceError
        No input can be shown to the model.
    """
    key = fingerprint("outputs", *_how(study.inputs), model.fingerprint, study.parts["inputs"])
    return len(run.step("outputs", key, lambda: {"zeros": _zeros_of_first_output(model, study)})["zeros"])


def split_into_blocks(digests: Digests) -> Iterator[tuple[int, int]]:
    """Yield consecutive blocks of rows whose ends are decided by their content.

    Parameters
    ----------
    digests : uint8 array (n, 16)
        Digest of each input.

    Yields
    ------
    start, stop : int
        A block is the rows from `start` up to but not including `stop`; 64 to 1,024 rows, the last may be shorter.
    """
    ends = np.flatnonzero(digests[:, :4].copy().view("<u4")[:, 0] % END_PERIOD == 0) + 1
    start = 0
    while start < len(digests):
        after = ends[(ends >= start + MIN_BLOCK) & (ends <= start + MAX_BLOCK)]
        stop = int(after[0]) if len(after) else min(start + MAX_BLOCK, len(digests))
        yield start, stop
        start = stop


def _zeros_of_first_output(model: Any, study: Study) -> NDArray[np.float32]:
    """Return as many zeros as the model has outputs for the first sample that it can be shown."""
    for row in range(len(study)):
        readable, _ = read_batch(study.inputs, np.array([row]), may_lack_values=_may_lack_values(model, study.inputs))
        if readable is not None:
            return np.zeros(call_methods(model, ("probabilities",), readable)[0].shape[1], np.float32)
    raise nothing_readable(study)


def _all_blocks(name: str, model: Any, methods: tuple[str, ...], study: Study, run: Run) -> Arrays:
    digests, how = row_digests(study.inputs), _how(study.inputs)
    blocks = []
    for start, stop in split_into_blocks(digests):
        key = fingerprint("block", *how, model.fingerprint, methods, digests[start:stop])
        work = partial(_one_block, model, methods, study, start, stop, run)
        blocks.append((start, stop, run.step(f"{name}_block", key, work)))
    unseen = np.concatenate([block["unseen"] for _, _, block in blocks])
    if unseen.all():
        raise nothing_readable(study)
    whole: dict[str, NDArray[Any]] = {"unseen": unseen}
    for part in (_PART_OF[method] for method in methods):
        width = next(block[part].shape[1] for _, _, block in blocks if part in block)
        whole[part] = np.full((len(study), width), np.nan, np.float32)
        for start, stop, block in blocks:
            if part in block:
                whole[part][start:stop][~block["unseen"]] = block[part]
    return whole


def _one_block(model: Any, methods: tuple[str, ...], study: Study, start: int, stop: int, run: Run) -> Arrays:
    """Compute the outputs for the readable samples of one block."""
    noun = "pictures" if are_pictures(study.inputs) else "texts" if isinstance(study.inputs, TextList) else "rows"
    verb = "Embedding" if "embed" in methods else "Classifying"
    run.report(start / len(study), f"{verb} {start:,} of {len(study):,} {noun} ...")
    how = batch_call(model, methods, len(study), run.device)
    may_lack_values = _may_lack_values(model, study.inputs)
    batches = [np.arange(first, min(first + how.size, stop)) for first in range(start, stop, how.size)]
    unseen = np.zeros(stop - start, bool)
    outputs: dict[str, list[NDArray[np.float32]]] = {}
    reported = start
    for rows, (found, left_out) in zip(
        batches, _call_in_turn(how, study.inputs, batches, may_lack_values), strict=True
    ):
        unseen[rows - start] = left_out
        for method, output in zip(methods, found, strict=bool(found)):
            outputs.setdefault(_PART_OF[method], []).append(output)
        done = int(rows[-1]) + 1
        if done - reported >= REPORT_EVERY and done < stop:
            reported = done
            run.report(done / len(study), f"{verb} {done:,} of {len(study):,} {noun} ...")
    return {"unseen": unseen} | {part: np.concatenate(pieces) for part, pieces in outputs.items()}


def _call_in_turn(
    how: BatchCall, inputs: Any, batches: list[NDArray[np.int64]], may_lack_values: bool
) -> Iterator[tuple[Outputs, NDArray[np.bool_]]]:
    """Yield the outputs for each batch, none where no row can be shown, and which rows cannot be."""

    def read(rows: NDArray[np.int64]) -> tuple[Any, NDArray[np.bool_]]:
        return read_batch(inputs, rows, how.resize, may_lack_values=may_lack_values)

    def call(batch: tuple[Any, NDArray[np.bool_]]) -> tuple[Outputs, NDArray[np.bool_]]:
        return [] if batch[0] is None else how.call(batch[0]), batch[1]

    if how.is_concurrent:
        return map_on_cores(lambda rows: call(read(rows)), batches)
    if isinstance(inputs, EncodedPictures):
        return map(call, read_ahead(inputs, batches, how.resize))
    return map(call, map(read, batches))
