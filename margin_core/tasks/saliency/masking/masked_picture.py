"""A picture, parts of which are masked: in the view of a network that can be run fast, or in the picture itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.tasks.saliency.image_parts import expand_cells
from margin_core.tasks.saliency.masking.fill import Fill
from margin_core.values import Doubles, Floats, Model
from margin_core.values.model import call_model


@dataclass(frozen=True, eq=False)
class MaskedView:
    """A picture masked after a network's preparation, so that a mask costs little more than the network itself.

    Attributes
    ----------
    view : float32 array (channels, h, w)
        The prepared picture.
    fill : callable
        What hidden pixels of the view take.
    predict : callable
        From prepared pictures (b, channels, h, w) to probabilities (b, c).
    places : (int, int)
        The grid that masks are given on.
    """

    view: Floats
    fill: Fill
    predict: Callable[[Floats], Doubles]
    places: tuple[int, int]

    def probabilities(self, visible: NDArray[np.bool_]) -> Doubles:
        """Compute the network's class probabilities of the masked view.

        Parameters
        ----------
        visible : bool array (b, *places)
            Which places each of the b masks leaves.

        Returns
        -------
        float64 array (b, c)
        """
        visible = expand_cells(visible, (self.view.shape[1], self.view.shape[2]))
        # np.where would not order the axes as networks do.
        masked = np.empty((len(visible), *self.view.shape), dtype=np.float32)
        masked[:] = self.fill(visible)
        np.copyto(masked, self.view, where=visible[:, None])
        return self.predict(masked)


@dataclass(frozen=True, eq=False)
class MaskedPicture:
    """A picture for a model of which nothing more is known; hidden pixels are painted over.

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
        """Compute the model's class probabilities of the masked picture.

        Parameters
        ----------
        visible : bool array (b, *places)
            Which places each of the b masks leaves.

        Returns
        -------
        float64 array (b, c)
        """
        visible = expand_cells(visible, (self.picture.shape[0], self.picture.shape[1]))
        painted = np.broadcast_to(self.fill(visible), (len(visible), *channels_first(self.picture).shape))
        filled = np.rint(np.clip(painted, 0, 255)).astype(np.uint8)
        paint = filled[:, 0] if self.picture.ndim == 2 else filled.transpose(0, 2, 3, 1)
        where = visible if self.picture.ndim == 2 else visible[..., None]
        shown = np.where(where, self.picture, paint)
        return np.asarray(call_model(self.model, "probabilities", shown)[0], dtype=np.float64)


def channels_first(picture: NDArray[np.uint8]) -> Floats:
    """Return a picture with its channels first.

    Parameters
    ----------
    picture : uint8 array (h, w) or (h, w, 3)

    Returns
    -------
    float32 array (channels, h, w)
    """
    return (picture[None] if picture.ndim == 2 else picture.transpose(2, 0, 1)).astype(np.float32)
