"""Which samples are attacked, and which are the reference of densities: chosen by hash, classified by the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from margin_core.domain.hash_sample import hash_to_unit_interval
from margin_core.domain.samples import encode_splits
from margin_core.errors import ModelError
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.features.batches import are_pictures, read_batch
from margin_core.study.models.class_order import match_classes
from margin_core.study.resolved_model import resolve_model
from margin_core.values import UNLABELED, Floats, Ints, Need, Study
from margin_core.values.model import describe_model

if TYPE_CHECKING:
    from margin_core.study.models.torch_model import TorchModel
    from margin_core.tasks.adversarial.attacks.pixel_network import PixelNetwork

VERSION = 1
"""Raised whenever the same study would give other samples or other outputs."""

MAX_REFERENCE = 5000
"""Reference samples, at most: densities of more hardly differ, and photographs take long."""

PIXELS_AT_ONCE = 120_000
"""Values of the pictures of one batch, at most, but for `MIN_BATCH` pictures: about a second of an attack's work."""

MIN_BATCH, MAX_BATCH = 4, 128


@dataclass(frozen=True, eq=False)
class CleanSamples:
    """Samples that the model gives their label, with its outputs, in the order of their hashes.

    Attributes
    ----------
    rows : int array (a,)
        Of the study.
    classes : int array (a,)
        Predicted.
    logits : float32 array (a, c)
    features : float32 array (a, d)
    seen : int
        Samples that were looked at.
    misclassified : int
        How many of these the model gives another class than their label; they are left out.
    unreadable : int
        How many of these are no pictures that can be read; they are left out.
    """

    rows: Ints
    classes: Ints
    logits: Floats
    features: Floats
    seen: int
    misclassified: int
    unreadable: int


def require_network(study: Study) -> TorchModel:
    """Return the torch network behind the model of a study of pictures.

    Parameters
    ----------
    study : Study
        With inputs and a model.

    Returns
    -------
    TorchModel

    Raises
    ------
    ModelError
        The inputs are no pictures, or the model is a black box: there is no gradient to follow.
    """
    if not are_pictures(study.inputs):
        raise ModelError(
            f"Study '{study.name}' has no pictures: attacks change pixels in small steps, which texts and columns do "
            "not have. Bring the suspicious samples as a study of their own (attack 'given')."
        )
    model = resolve_model(study.model)
    from margin_core.study.models.torch_model import TorchModel  # torch takes a second to import

    if not isinstance(model, TorchModel):
        raise ModelError(
            f"Attacks follow the gradients of a torch network; {describe_model(model)} has none. Open the network "
            "itself with --model, or bring the suspicious samples as a study of their own (attack 'given')."
        )
    output_of_class(study, model)
    return model


def output_of_class(study: Study, model: TorchModel) -> Ints:
    """Return the output of a model for each class of a study.

    Parameters
    ----------
    study : Study
    model : TorchModel

    Returns
    -------
    int array (c,)
        All of them, in order, where the study names no class.

    Raises
    ------
    ModelError
        Outputs and classes do not correspond.
    """
    if not study.class_names:
        return np.arange(model.classes)
    found = match_classes(study.class_names, model.class_names, model.classes)
    if found is None:
        raise ModelError(
            f"The {model.classes:,} outputs of {describe_model(model)} are not the {len(study.class_names):,} classes "
            f"of '{study.name}', so no sample is predicted as labeled. Attack a model of these classes."
        )
    return found


def network_of(study: Study) -> PixelNetwork:
    """Return the network of a study as a function of pixels, with its outputs in the order of the study's classes.

    Parameters
    ----------
    study : Study
        Pictures and a torch network.

    Returns
    -------
    PixelNetwork

    Raises
    ------
    ModelError
        There is no gradient to follow, or no class.
    """
    from margin_core.tasks.adversarial.attacks.pixel_network import PixelNetwork

    model = require_network(study)
    return PixelNetwork(model, output_of_class(study, model))


def split_by_hash(study: Study) -> tuple[Ints, Ints]:
    """Return the samples that may be attacked, and those that may be the reference, both in the order of hashes.

    Parameters
    ----------
    study : Study
        Where it has a column ``split``, the reference is what is learned from and the others may be attacked; else
        each gets half of the samples.

    Returns
    -------
    attacked : int array
        Rows.
    reference : int array
        Rows; none of the others.
    """
    order = np.lexsort((study.ids, hash_to_unit_interval(study.ids)))
    splits = encode_splits(study.columns["split"]) if "split" in study.columns else None
    if splits is not None:
        return order[splits[order] != 0], order[splits[order] == 0]
    half = (len(order) + 1) // 2
    return order[:half], order[half:]


def select_clean(study: Study, rows: Ints, limit: int, run: Run, text: str) -> CleanSamples:
    """Select the first of some samples that the model gives their label, and compute its outputs.

    A sample without a label is taken as the class that is predicted.

    Parameters
    ----------
    study : Study
        Pictures and a torch network.
    rows : int array
        Candidates, in the order in which they are tried.
    limit : int
        How many are selected at most.
    run : Run
        Stores each batch, receives the progress.
    text : str
        Of the progress.

    Returns
    -------
    CleanSamples
        Fewer than `limit` where the candidates are used up.
    """
    labels = study.labels if study.has(Need.LABELS) else np.full(len(study), UNLABELED)
    found: list[tuple[Ints, Ints, Floats, Floats]] = []
    seen = misclassified = unreadable = total = 0
    for part in batches_of(study, rows):
        if total >= limit:
            break
        run.report(min(total / limit, 1.0), text)
        outputs = _outputs(study, part, run)
        readable = outputs["readable"]
        kept = part[readable]
        classes = outputs["logits"].argmax(axis=1)
        right = (labels[kept] == UNLABELED) | (labels[kept] == classes)
        taken = np.flatnonzero(right)[: limit - total]
        # Those after the last one that is taken are not looked at.
        end = len(part) if total + right.sum() < limit else int(np.flatnonzero(readable)[taken[-1]]) + 1
        seen += end
        unreadable += int((~readable[:end]).sum())
        misclassified += int((~right[: readable[:end].sum()]).sum())
        total += len(taken)
        found.append((kept[taken], classes[taken], outputs["logits"][taken], outputs["features"][taken]))
    if not total:
        return CleanSamples(
            np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, len(study.class_names)), np.float32),
            np.empty((0, 0), np.float32), seen, misclassified, unreadable,
        )  # fmt: skip
    kept_rows, kept_classes, logits, features = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return CleanSamples(kept_rows, kept_classes, logits, features, seen, misclassified, unreadable)


def batches_of(study: Study, rows: Ints) -> Iterator[Ints]:
    """Yield rows in batches of pictures that are changed together.

    Parameters
    ----------
    study : Study
        With pictures.
    rows : int array
        Of the study, in its order.

    Yields
    ------
    int array
        Consecutive ones of the rows.
    """
    preparation = require_network(study).preparation
    pixels = preparation.channels * preparation.height * preparation.width
    size = min(max(PIXELS_AT_ONCE // pixels, MIN_BATCH), MAX_BATCH)
    for number in count():
        if number * size >= len(rows):
            return
        yield rows[number * size : (number + 1) * size]


def _outputs(study: Study, rows: Ints, run: Run) -> dict[str, np.ndarray]:
    """Compute logits and features of one batch, as a step of the run."""

    def compute() -> dict[str, np.ndarray]:
        network = network_of(study)
        pictures, left_out = read_batch(study.inputs, rows)
        logits, features = network.outputs(network.to_pixels([] if pictures is None else pictures))
        return {"readable": ~left_out, "logits": logits, "features": features}

    key = fingerprint(VERSION, study.model.fingerprint, study.class_names, study.parts["inputs"], rows)
    return dict(run.step("clean_outputs", key, compute))
