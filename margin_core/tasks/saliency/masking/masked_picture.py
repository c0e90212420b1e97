"""A picture, parts of which are hidden: in the view of a network that can be run fast, or in the picture itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.domain.image_parts import expand_cells
from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Doubles, Floats, Model


@dataclass(frozen=True, eq=False)
class MaskedView:
    """A picture that a network would see next.

    Hidden parts are filled after its preparation, so that a mask costs little more than the network itself.

    Attributes
    ----------
    view : float32 array (channels, h, w)
        The prepared picture.
    fill : callable
    look : callable
        From prepared pictures (b, channels, h, w) to probabilities (b, c).
    places : (int, int)
        The grid that masks are given on.
    """

    view: Floats
    fill: Fill
    look: Callable[[Floats], Doubles]
    places: tuple[int, int]

    def probabilities(self, visible: NDArray[np.bool_]) -> Doubles:
        """Ask the network."""
        seen = expand_cells(visible, (self.view.shape[1], self.view.shape[2]))
        shown = np.empty((len(seen), *self.view.shape), dtype=np.float32)  # np.where would not order it as networks do
        shown[:] = self.fill(seen)
        np.copyto(shown, self.view, where=seen[:, None])
        return self.look(shown)


@dataclass(frozen=True, eq=False)
class MaskedPicture:
    """A picture for a model of which nothing more is known; hidden parts are painted over.

    Attributes
    ----------
    picture : uint8 array (h, w) or (h, w, 3)
    fill : callable
        Of the picture as float32 (channels, h, w).
    model : Model
    places : (int, int)
        The grid that masks are given on.
    """

    picture: NDArray[np.uint8]
    fill: Fill
    model: Model
    places: tuple[int, int]

    def probabilities(self, visible: NDArray[np.bool_]) -> Doubles:
        """Ask the model."""
        seen = expand_cells(visible, (self.picture.shape[0], self.picture.shape[1]))
        painted = np.broadcast_to(self.fill(seen), (len(seen), *channels_first(self.picture).shape))
        filled = np.rint(np.clip(painted, 0, 255)).astype(np.uint8)
        paint = filled[:, 0] if self.picture.ndim == 2 else filled.transpose(0, 2, 3, 1)
        where = seen if self.picture.ndim == 2 else seen[..., None]
        return np.asarray(self.model.probabilities(np.where(where, self.picture, paint)), dtype=np.float64)


def channels_first(picture: NDArray[np.uint8]) -> Floats:
    """Turn a picture (h, w) or (h, w, 3) into float32 (channels, h, w)."""
    return (picture[None] if picture.ndim == 2 else picture.transpose(2, 0, 1)).astype(np.float32)
