"""The recipe of a surrogate: an invertible classifier that stands in for the user's model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.errors import SourceError
from margin_core.parameters import Recipe, parameter
from margin_core.study.features.batches import are_pictures
from margin_core.study.inputs.texts import are_texts
from margin_core.tasks.invertible.input_space import MAX_PICTURE_SIDE
from margin_core.values import Need, Study


@dataclass(frozen=True, kw_only=True)
class Surrogate(Recipe):
    """The recipe by which the invertible classifier is trained.

    Parameters
    ----------
    of : {'inputs', 'embedding'}
        Its input: the samples themselves, or their features.
    learn_from : {'labels', 'model'}
        Its target: the labels as given, or the classes that the model predicts.
    steps : int
        Batches of 64 samples.
    couplings : int
        Coupling layers for each size of the feature maps.
    width : int
        Channels inside a coupling.
    noise : float
        Standard deviation of the noise added in training, at least 0.
    straightness : float
        Weight of the term that keeps T close to an isometry, at least 0; 0 = accuracy alone.
    most : int
        Training samples at most, chosen at random.
    seed : int
        Of weights, batches and noise.
    """

    of: str = parameter(
        "inputs", help="Its input: the samples themselves, or their features.", choices=("inputs", "embedding")
    )
    learn_from: str = parameter(
        "labels", help="Its target: the labels as given, or the model's predictions.", choices=("labels", "model")
    )
    steps: int = parameter(400, help="Batches of 64 samples in training.", low=1, high=100_000)
    couplings: int = parameter(2, help="Coupling layers for each size of the feature maps.", low=1, high=16)
    width: int = parameter(32, help="Channels inside a coupling.", low=1, high=512)
    noise: float = parameter(0.1, help="Standard deviation of the noise added in training.", low=0, high=2)
    straightness: float = parameter(0.01, help="Weight of keeping distances; 0 = accuracy alone.", low=0, high=10)
    most: int = parameter(10_000, help="Training samples at most, chosen at random.", low=2, high=1_000_000)
    seed: int = parameter(0, help="Of weights, batches and noise.", low=0, high=2**31 - 1)


def default_surrogate(study: Study) -> Surrogate:
    """Return the recipe for a study: its samples rather than their features, its labels rather than predictions.

    Texts, and pictures that are larger than `MAX_PICTURE_SIDE`, are changed by their features.

    Parameters
    ----------
    study : Study
        Any study.

    Returns
    -------
    Surrogate
        With ``of`` and ``learn_from`` that the study has.
    """
    return Surrogate(
        of="inputs" if study.has(Need.INPUTS) and not _needs_features(study) else "embedding",
        learn_from="labels" if study.has(Need.LABELS) else "model",
    )


def _needs_features(study: Study) -> bool:
    if are_texts(study.inputs):
        return True
    if not study.has(Need.EMBEDDING) or not are_pictures(study.inputs) or not len(study):
        return False
    try:
        height, width = np.asarray(study.inputs[0]).shape[:2]
    except SourceError:  # one picture cannot be read: that is said where it is
        return False
    return bool(max(height, width) > MAX_PICTURE_SIDE)
