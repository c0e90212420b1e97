"""Deletion and insertion: the probability as pixels are removed, or put in, in the order of a heatmap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from margin_core.errors import ParameterError
from margin_core.tasks.saliency.faithfulness.agreement import rank_places
from margin_core.tasks.saliency.methods.black_box import Picture, mean_color_fill, predict_probabilities
from margin_core.values import Doubles, Floats, Model, freeze

CURVE_STEPS = 28
"""Steps from the whole picture to nothing."""

BLUR = 0.05
"""Standard deviation of the blur, as a share of the longer side: 11 pixels of 224."""

BATCH_SIZE = 32


@dataclass(frozen=True, eq=False)
class FaithfulnessCurve:
    """The probability of a class as pixels are deleted or inserted.

    Attributes
    ----------
    shares : float64 array (steps + 1,)
        Of the pixels that are deleted, or inserted; from 0 to 1.
    probabilities : float64 array (steps + 1,)
    """

    shares: Doubles
    probabilities: Doubles

    def __post_init__(self) -> None:
        freeze(self, "shares", "probabilities")

    @property
    def auc(self) -> float:
        """Area under the curve by the trapezoidal rule, in [0, 1]."""
        return float(np.trapezoid(self.probabilities, self.shares))


def blur_fill(picture: Picture) -> Picture:
    """Return a picture blurred beyond recognition.

    Parameters
    ----------
    picture : uint8 array (h, w) or (h, w, 3)

    Returns
    -------
    uint8 array of the picture's shape
    """
    from scipy.ndimage import gaussian_filter  # slow to import

    width = BLUR * max(picture.shape[:2])
    blurred = gaussian_filter(picture.astype(np.float32), (width, width, 0)[: picture.ndim], mode="nearest")
    return np.asarray(np.rint(blurred), dtype=np.uint8)


def black_fill(picture: Picture) -> Picture:
    """Return a black picture of the same shape.

    Parameters
    ----------
    picture : uint8 array (h, w) or (h, w, 3)

    Returns
    -------
    uint8 array of the picture's shape
    """
    return np.zeros_like(picture)


FILLS: dict[str, Callable[[Picture], Picture]] = {"mean": mean_color_fill, "blur": blur_fill, "black": black_fill}
"""What deleted pixels, and those not inserted yet, take."""


def deletion(
    model: Model, picture: Picture, heatmap: Floats, target: int, *, steps: int = CURVE_STEPS, fill: str = "mean"
) -> FaithfulnessCurve:
    """Compute the probability of a class as the most important pixels are deleted first.

    Parameters
    ----------
    model : Model
        Any; only its class probabilities are used.
    picture : uint8 array (h, w) or (h, w, 3)
    heatmap : float array (h, w)
        Larger = more important; equal pixels go in a random order, the same each time.
    target : int
        The class whose probability is followed.
    steps : int
        At least 1.
    fill : str
        What deleted pixels take: ``mean`` color of the picture, ``blur``, ``black``.

    Returns
    -------
    FaithfulnessCurve
        Its area is smaller the more faithful the heatmap is.

    Raises
    ------
    ParameterError
        No such fill, no step, or a heatmap of another size than the picture.

    Notes
    -----
    Evaluates ``steps + 1`` pictures.

    References
    ----------
    Petsiuk, Das and Saenko, RISE, BMVC 2018, section 4.2.
    """
    _check(picture, heatmap, steps, fill)
    return _follow(model, picture, FILLS[fill](picture), heatmap, target, steps)


def insertion(
    model: Model, picture: Picture, heatmap: Floats, target: int, *, steps: int = CURVE_STEPS, fill: str = "blur"
) -> FaithfulnessCurve:
    """Compute the probability of a class as the most important pixels are inserted first into nothing but the fill.

    Parameters
    ----------
    model : Model
        Any; only its class probabilities are used.
    picture : uint8 array (h, w) or (h, w, 3)
    heatmap : float array (h, w)
        Larger = more important; equal pixels come in a random order, the same each time.
    target : int
        The class whose probability is followed.
    steps : int
        At least 1.
    fill : str
        What pixels not inserted yet take: ``mean`` color of the picture, ``blur``, ``black``.

    Returns
    -------
    FaithfulnessCurve
        Its area is larger the more faithful the heatmap is.

    Raises
    ------
    ParameterError
        No such fill, no step, or a heatmap of another size than the picture.

    Notes
    -----
    Evaluates ``steps + 1`` pictures.

    References
    ----------
    Petsiuk, Das and Saenko, RISE, BMVC 2018, section 4.2.
    """
    _check(picture, heatmap, steps, fill)
    return _follow(model, FILLS[fill](picture), picture, heatmap, target, steps)


def _follow(model: Model, first: Picture, last: Picture, heatmap: Floats, target: int, steps: int) -> FaithfulnessCurve:
    """Follow the probability from one picture to another, pixel by pixel in the order of a heatmap."""
    order = rank_places(heatmap)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    rank = ranks.reshape(heatmap.shape)
    ends = np.rint(np.linspace(0, len(order), steps + 1)).astype(np.int64)
    probabilities: list[Doubles] = []
    for start in range(0, len(ends), BATCH_SIZE):
        replaced = rank < ends[start : start + BATCH_SIZE, None, None]
        mixed = np.where(replaced[..., None] if first.ndim == 3 else replaced, last, first)
        probabilities.append(predict_probabilities(model, mixed)[:, target])
    return FaithfulnessCurve(ends / len(order), np.concatenate(probabilities))


def _check(picture: Picture, heatmap: Floats, steps: int, fill: str) -> None:
    if fill not in FILLS:
        raise ParameterError(f"Pixels cannot be filled with '{fill}'. Choose one of: {', '.join(FILLS)}.")
    if steps < 1:
        raise ParameterError(f"A curve needs at least 1 step; got {steps}.")
    check_size(picture, heatmap)


def check_size(picture: Picture, heatmap: Floats) -> None:
    """Raise for a heatmap of another size than its picture.

    Parameters
    ----------
    picture : uint8 array (h, w) or (h, w, 3)
    heatmap : float array (h, w)
        Larger = more important.

    Raises
    ------
    ParameterError
        The sizes differ.
    """
    if heatmap.shape != picture.shape[:2]:
        raise ParameterError(
            f"The heatmap has {heatmap.shape[0]} x {heatmap.shape[1]} values, its picture {picture.shape[0]} x "
            f"{picture.shape[1]} pixels. Give one value a pixel."
        )
