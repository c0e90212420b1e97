"""The attacked copies of clean samples: batch by batch, each a step of the run, so that a stopped attack goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ModelError
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.features.batches import read_batch
from margin_core.tasks.adversarial.attacks.attack import VERSION, AttackParameters, attack_pixels
from margin_core.tasks.adversarial.clean_samples import (
    CleanSamples,
    batches_of,
    network_of,
    require_network,
    select_clean,
    split_by_hash,
)
from margin_core.values import Doubles, Floats, Ints, Study

NUMBERS = ("logits", "features", "byte_classes", "distance_2", "distance_inf")
"""What is read of every batch; the pictures of photographs are gigabytes."""

TITLES = {"fgsm": "FGSM", "pgd": "PGD", "carlini_wagner": "Carlini-Wagner L2", "given": "Given"}


@dataclass(frozen=True, eq=False)
class AttackedSamples:
    """What an attack made of each clean sample, whether it succeeded or not, in the order of `clean`.

    Attributes
    ----------
    clean : CleanSamples
        a of them.
    logits : float32 array (a, c)
        Of the changed pixels, as they were before they were rounded.
    features : float32 array (a, d)
        Likewise.
    byte_classes : int array (a,)
        Predicted for the changed pictures when they are rounded to 8 bits.
    distance_2, distance_inf : float array (a,)
        Euclidean length of the change, and its largest value, on the scale of pixels from 0 to 1.
    candidates : int
        Samples that might have been attacked.
    batches : tuple of mapping
        The steps that hold the pictures, which are read only when they are asked for.
    """

    clean: CleanSamples
    logits: Floats
    features: Floats
    byte_classes: Ints
    distance_2: Doubles
    distance_inf: Doubles
    candidates: int
    batches: tuple[Mapping[str, np.ndarray], ...] = field(repr=False)

    @cached_property
    def before(self) -> NDArray[np.uint8]:
        """The pictures as the network sees them, in 8 bits, (a, H, W) or (a, H, W, 3)."""
        return np.concatenate([batch["before"] for batch in self.batches])

    @cached_property
    def after(self) -> NDArray[np.uint8]:
        """The changed pictures, rounded to 8 bits, of the same shape."""
        return np.concatenate([batch["after"] for batch in self.batches])

    def pair(self, place: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return one picture before and after the attack, without reading the others.

        Parameters
        ----------
        place : int
            In the order of `clean`.

        Returns
        -------
        before, after : uint8 array (H, W) or (H, W, 3)
        """
        for batch in self.batches:
            if place < len(batch["before"]):
                return np.asarray(batch["before"][place]), np.asarray(batch["after"][place])
            place -= len(batch["before"])
        raise IndexError(f"there are {len(self.clean.rows)} pictures")

    @property
    def classes(self) -> Ints:
        """Predicted for the changed pixels, (a,)."""
        return np.asarray(self.logits.argmax(axis=1))

    @property
    def changed(self) -> NDArray[np.bool_]:
        """Whether another class is predicted than before, (a,)."""
        return np.asarray(self.classes != self.clean.classes)

    @property
    def changed_as_bytes(self) -> NDArray[np.bool_]:
        """The same when pixels are rounded to 8 bits, as in a file."""
        return np.asarray(self.byte_classes != self.clean.classes)


def attack_samples(study: Study, parameters: AttackParameters, samples: int, run: Run) -> AttackedSamples:
    """Attack the clean samples of a study.

    Parameters
    ----------
    study : Study
        Pictures and a torch network.
    parameters : AttackParameters
    samples : int
        How many are attacked at most.
    run : Run
        Stores every batch, receives the progress; a stopped run goes on after the last batch that is stored.

    Returns
    -------
    AttackedSamples

    Raises
    ------
    ModelError
        There is no gradient, or the model gives no sample its label.
    """
    require_network(study)
    candidates, _ = split_by_hash(study)
    text = f"Selecting samples among {len(candidates):,} whose label the model predicts"
    clean = select_clean(study, candidates, samples, run.part(0.0, 0.1), text)
    if not len(clean.rows):
        raise ModelError(_without_samples(study, clean))
    batches = list(batches_of(study, clean.rows))
    ends = np.cumsum([len(rows) for rows in batches])
    text = f"Attacking {len(clean.rows):,} pictures ({TITLES[parameters.name]})"
    parts = []
    for number, (rows, end) in enumerate(zip(batches, ends, strict=True)):
        start = end - len(rows)
        own = run.part(0.1 + 0.9 * start / ends[-1], 0.1 + 0.9 * end / ends[-1])
        own.report(0.0, text)
        parts.append(_attack_batch(study, rows, clean.classes[start:end], parameters, number, own, text))
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in NUMBERS}
    return AttackedSamples(clean=clean, candidates=len(candidates), batches=tuple(parts), **arrays)


def _without_samples(study: Study, clean: CleanSamples) -> str:
    if clean.unreadable == clean.seen:
        return f"None of {clean.seen:,} pictures of '{study.name}' that may be attacked can be read."
    unreadable = f", and {clean.unreadable:,} cannot be read" if clean.unreadable else ""
    return (
        f"The model gives none of {clean.seen - clean.unreadable:,} samples its label{unreadable}, so there is nothing "
        "to attack. Check that the model belongs to this study."
    )


def _attack_batch(
    study: Study, rows: Ints, classes: Ints, parameters: AttackParameters, number: int, run: Run, text: str
) -> Mapping[str, np.ndarray]:
    def compute() -> dict[str, np.ndarray]:
        import torch

        from margin_core.tasks.adversarial.attacks.pixel_network import round_to_bytes, to_pictures

        network = network_of(study)
        pixels = network.to_pixels(read_batch(study.inputs, rows)[0])
        changed = attack_pixels(
            network, pixels, torch.from_numpy(np.array(classes)), parameters, batch=number,
            progress=lambda fraction, _: run.report(fraction, text),
        )  # fmt: skip
        logits, features = network.outputs(changed)
        byte_logits, _ = network.outputs(round_to_bytes(changed))
        change = (changed - pixels).flatten(1).double()
        return {
            "before": to_pictures(pixels),
            "after": to_pictures(changed),
            "logits": logits,
            "features": features,
            "byte_classes": byte_logits.argmax(axis=1),
            "distance_2": change.norm(dim=1).numpy(),
            "distance_inf": change.abs().amax(dim=1).numpy(),
        }

    key = fingerprint(
        VERSION, study.model.fingerprint, study.class_names, study.parts["inputs"], rows, classes, number,
        parameters.used(),
    )  # fmt: skip
    return run.step("attacked", key, compute)
