"""Deletion and insertion: what the model says as pixels go, or come, in the order of a map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from margin_core.errors import ParameterError
from margin_core.tasks.saliency.faithfulness.agreement import most_important_first
from margin_core.tasks.saliency.methods.black_box import Picture, ask, mean_color_fill
from margin_core.values import Doubles, Floats, Model, freeze

STEPS = 28
"""Steps from the whole picture to nothing."""

BLUR = 0.05
"""Standard deviation of the blur, as a share of the longer side: 11 pixels of 224."""

AT_ONCE = 32


@dataclass(frozen=True, eq=False)
class Curve:
    """The probability of a class along a way between a picture and what it is filled with.

    Attributes
    ----------
    shares : float array (steps + 1,)
        Of the pixels that are deleted, or inserted; from 0 to 1.
    probabilities : float array (steps + 1,)
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
    """Give a picture blurred beyond recognition."""
    from scipy.ndimage import gaussian_filter  # slow to import

    width = BLUR * max(picture.shape[:2])
    blurred = gaussian_filter(picture.astype(np.float32), (width, width, 0)[: picture.ndim], mode="nearest")
    return np.asarray(np.rint(blurred), dtype=np.uint8)


def black_fill(picture: Picture) -> Picture:
    """Give black."""
    return np.zeros_like(picture)


FILLS: dict[str, Callable[[Picture], Picture]] = {"mean": mean_color_fill, "blur": blur_fill, "black": black_fill}
"""What stands where a pixel is not."""


def deletion(
    model: Model, picture: Picture, heatmap: Floats, target: int, *, steps: int = STEPS, fill: str = "mean"
) -> Curve:
    """Take the most important pixels away first, and ask the model after each step.

    Parameters
    ----------
    model : Model
        Any; its probabilities are all that is asked for.
    picture : uint8 array (h, w) or (h, w, 3)
    heatmap : float array (h, w)
        Larger = more important; equal pixels go in an order drawn by chance, alike each time.
    target : int
        The class whose probability is followed.
    steps : int
    fill : str
        What stands where a pixel was: ``mean`` colour of the picture, ``blur``, ``black``.

    Returns
    -------
    Curve
        Its area is smaller the more faithful the map is.

    Raises
    ------
    ParameterError
        No such fill, no step, or a map of another size than the picture.

    Notes
    -----
    Asks for ``steps + 1`` pictures.

    References
    ----------
    Petsiuk, Das and Saenko, RISE, BMVC 2018, section 4.2.
    """
    _check(picture, heatmap, steps, fill)
    return _walk(model, picture, FILLS[fill](picture), heatmap, target, steps)


def insertion(
    model: Model, picture: Picture, heatmap: Floats, target: int, *, steps: int = STEPS, fill: str = "blur"
) -> Curve:
    """Begin with nothing but the fill, and put the most important pixels in first; see `deletion`.

    Returns
    -------
    Curve
        Its area is larger the more faithful the map is.

    Raises
    ------
    ParameterError
        No such fill, no step, or a map of another size than the picture.
    """
    _check(picture, heatmap, steps, fill)
    return _walk(model, FILLS[fill](picture), picture, heatmap, target, steps)


def _walk(model: Model, first: Picture, last: Picture, heatmap: Floats, target: int, steps: int) -> Curve:
    """Turn one picture into another, pixel by pixel in the order of a map."""
    order = most_important_first(heatmap)
    turned = np.empty(len(order), dtype=np.int64)
    turned[order] = np.arange(len(order))
    place = turned.reshape(heatmap.shape)
    ends = np.rint(np.linspace(0, len(order), steps + 1)).astype(np.int64)
    found: list[Doubles] = []
    for start in range(0, len(ends), AT_ONCE):
        gone = place < ends[start : start + AT_ONCE, None, None]
        mixed = np.where(gone[..., None] if first.ndim == 3 else gone, last, first)
        found.append(ask(model, mixed)[:, target])
    return Curve(ends / len(order), np.concatenate(found))


def _check(picture: Picture, heatmap: Floats, steps: int, fill: str) -> None:
    if fill not in FILLS:
        raise ParameterError(f"Pixels cannot be filled with '{fill}'. Choose one of: {', '.join(FILLS)}.")
    if steps < 1:
        raise ParameterError(f"A curve needs at least 1 step; got {steps}.")
    check_size(picture, heatmap)


def check_size(picture: Picture, heatmap: Floats) -> None:
    """Refuse a map of another size than its picture.

    Raises
    ------
    ParameterError
        It is.
    """
    if heatmap.shape != picture.shape[:2]:
        raise ParameterError(
            f"The map has {heatmap.shape[0]} x {heatmap.shape[1]} values, its picture {picture.shape[0]} x "
            f"{picture.shape[1]} pixels. Give one value a pixel."
        )
