"""How long an attack will take on this machine, from one batch of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from margin_core.errors import ModelError
from margin_core.study.features.batches import read_batch
from margin_core.tasks.adversarial.attacks.attack import AttackParameters, attack_pixels
from margin_core.tasks.adversarial.clean_samples import MAX_REFERENCE, batches_of, network_of, split_by_hash
from margin_core.values import Study

LOOKED_AT = 1.25
"""Candidates whose class is predicted for each one that is attacked: some of them are misclassified."""

PREDICTIONS = 3
"""Of each attacked sample: of its picture, of the changed pixels, and of these rounded to 8 bits."""


@dataclass(frozen=True)
class Speed:
    """How fast a network is on this machine.

    Attributes
    ----------
    prediction : float
        Seconds to read one picture and predict its class.
    gradient : float
        Seconds for one gradient of the loss in its pixels.
    candidates : int
        Samples that may be attacked.
    reference : int
        Samples that may be the reference of densities.
    """

    prediction: float
    gradient: float
    candidates: int
    reference: int


def measure_speed(study: Study) -> Speed:
    """Measure how fast the network of a study is, on its first batch of pictures.

    Parameters
    ----------
    study : Study
        Pictures and a torch network.

    Returns
    -------
    Speed

    Raises
    ------
    ModelError
        There is no gradient to follow, or no picture can be read.

    Notes
    -----
    About a second; the network runs twice before the clock starts, since its first run is slower.
    """
    import torch  # slow to import

    candidates, reference = split_by_hash(study)
    network = network_of(study)
    for rows in batches_of(study, candidates):
        start = time.perf_counter()
        pictures, left_out = read_batch(study.inputs, rows)
        reading = time.perf_counter() - start
        if pictures is None or left_out.all():
            continue
        pixels = network.to_pixels(pictures)
        classes = torch.from_numpy(np.asarray(network.outputs(pixels)[0].argmax(axis=1)))
        step = AttackParameters("fgsm", "inf", 0.1, 1, 1, 0.0, 0)
        attack_pixels(network, pixels, classes, step)
        start = time.perf_counter()
        network.outputs(pixels)
        predicted = time.perf_counter()
        attack_pixels(network, pixels, classes, step)
        ended = time.perf_counter()
        n = len(pixels)
        return Speed(
            (reading + predicted - start) / n, (ended - predicted) / n, len(candidates), len(reference)
        )  # fmt: skip
    raise ModelError(f"None of {len(candidates):,} pictures of '{study.name}' can be read, so none can be attacked.")


def estimate_seconds(speed: Speed, parameters: AttackParameters, samples: int) -> float:
    """Estimate how long it takes to attack samples and to compute the features of all nodes and of the reference.

    Parameters
    ----------
    speed : Speed
    parameters : AttackParameters
    samples : int
        Clean samples at most.

    Returns
    -------
    float
        Seconds, where nothing is stored yet.
    """
    attacked = min(samples, speed.candidates)
    looked_at = min(LOOKED_AT * attacked, speed.candidates) + min(LOOKED_AT * MAX_REFERENCE, speed.reference)
    predictions = looked_at + attacked * (PREDICTIONS - 1)
    return predictions * speed.prediction + attacked * parameters.gradients * speed.gradient
