"""The input of an ONNX graph: what it is read off the file, and how a batch is prepared for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ModelError
from margin_core.study.models.preparation import Preparation, imagenet_preparation
from margin_core.values.arrays import Floats

DEFAULT_SIDE = 224
"""Height and width in pixels where the file leaves them open."""

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, on the scale 0 to 1: the preparation of three channels of float input unless the file states another."""

NUMBERS = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64,
           "tensor(uint8)": np.uint8}  # fmt: skip
"""Types of input that can be computed."""


@dataclass(frozen=True)
class Entry:
    """The input of a graph: its name, type and axes.

    Its name and fields are part of a model's fingerprint, and so of features that workspaces hold.

    Attributes
    ----------
    name : str
        Of the input.
    number : str
        ONNX's name of the type.
    preparation : Preparation or None
        None: the input is rows of numbers, passed as they are.
    channels_last : bool
        Whether pictures are (b, height, width, channels).
    batch : int or None
        Exactly so many samples at a time; None: any number.
    sample : tuple of int
        Shape of one sample before preparation, such as (224, 224, 3).
    """

    name: str
    number: str
    preparation: Preparation | None
    channels_last: bool
    batch: int | None
    sample: tuple[int, ...]

    def __call__(self, inputs: Any) -> NDArray[Any]:
        """Prepare one batch."""
        if self.preparation is None:
            return np.asarray(inputs).astype(NUMBERS[self.number])
        return self.to_input(self.preparation(inputs).numpy())

    def to_input(self, prepared: Floats) -> NDArray[Any]:
        """Return prepared pictures with the axes and type of the graph's input.

        Parameters
        ----------
        prepared : float32 array (b, channels, height, width)
            Prepared pictures.

        Returns
        -------
        array
            For the graph.
        """
        if self.channels_last:
            prepared = prepared.transpose(0, 2, 3, 1)
        return np.ascontiguousarray(prepared.round() if self.number == "tensor(uint8)" else prepared).astype(
            NUMBERS[self.number]
        )


def read_input(given: Any, facts: dict[str, str], description: str) -> Entry:
    """Return the input of a graph.

    Parameters
    ----------
    given : onnxruntime.NodeArg
        First input of the session.
    facts : dict of str
        Metadata properties of the file; ``mean`` and ``std`` state the preparation.
    description : str
        Of the model, for a message.

    Returns
    -------
    Entry
        With the preparation of pictures.

    Raises
    ------
    ModelError
        The input is neither pictures nor rows of numbers.
    """
    shape, number = given.shape, given.type
    places = {axis for axis in (1, 3) if len(shape) == 4 and shape[axis] in (1, 3)}
    if number not in NUMBERS or not (places or len(shape) == 2):
        raise ModelError(
            f"{description} takes an input of {number} and shape {shape}; only pictures with 1 or 3 channels and "
            "rows of numbers can be given."
        )
    batch = shape[0] if isinstance(shape[0], int) else None
    if not places:
        if not isinstance(shape[1], int):
            raise ModelError(
                f"{description} does not state how many numbers a row has. Export it with that number fixed."
            )
        return Entry(given.name, number, None, False, batch, (shape[1],))
    axis = min(places)
    sides = shape[2:] if axis == 1 else shape[1:3]
    height, width = (side if isinstance(side, int) else DEFAULT_SIDE for side in sides)
    if number == "tensor(uint8)":
        preparation = Preparation(height, width, (0.0,) * shape[axis], (1.0,) * shape[axis])
    else:
        usual = (MEAN, DEVIATION) if shape[axis] == 3 else ((0.0,), (1.0,))
        mean, deviation = (
            _stated(facts, key, shape[axis], description) or values
            for key, values in zip(("mean", "std"), usual, strict=True)
        )
        preparation = imagenet_preparation(height, width, mean, deviation)
    sample = (height, width, 3) if shape[axis] == 3 else (height, width)
    return Entry(given.name, number, preparation, axis == 3, batch, sample)


def _stated(facts: dict[str, str], key: str, channels: int, description: str) -> tuple[float, ...] | None:
    if key not in facts:
        return None
    try:
        values = tuple(float(value) for value in facts[key].split(","))
    except ValueError:
        values = ()
    if len(values) != channels:
        raise ModelError(
            f"{description}: its metadata property {key} must be {channels} comma-separated numbers; "
            f"it is '{facts[key]}'. Correct it."
        )
    return values
