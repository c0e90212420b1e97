"""A picture with a change that nobody sees, and its heatmap before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from margin_core.study.resolved_model import resolve_model
from margin_core.tasks.saliency.fragility.heatmap_change import HeatmapChange
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.values import Floats, Model, freeze


@dataclass(frozen=True, eq=False, kw_only=True)
class PerturbedPicture:
    """A change of a picture that the prediction survives.

    Attributes
    ----------
    kind : str
        ``random``, ``top_k`` or ``mass_center``: the aim of the change.
    method : str
        Whose heatmaps these are.
    eps : int
        No pixel differs by more, on the scale 0 to 255.
    target : int
        The class that the heatmaps are for.
    before, after : uint8 array (h, w) or (h, w, 3)
        In the size that the network takes; the model predicts the same class for both.
    heatmap_before, heatmap_after : float32 array (h, w)
        In [0, 1], of the model itself.
    confidence_before, confidence_after : float
        Probability of the predicted class.
    change : HeatmapChange
        Between the two heatmaps.
    """

    kind: str
    method: str
    eps: int
    target: int
    before: Picture
    after: Picture
    heatmap_before: Floats
    heatmap_after: Floats
    confidence_before: float
    confidence_after: float
    change: HeatmapChange

    def __post_init__(self) -> None:
        freeze(self, "before", "after", "heatmap_before", "heatmap_after")

    def difference(self, times: int = 16) -> Picture:
        """Return the change itself as a picture, enlarged around middle gray.

        Parameters
        ----------
        times : int
            How many times the change is enlarged.

        Returns
        -------
        uint8 array of the picture's shape
        """
        moved = self.after.astype(np.int32) - self.before
        return np.asarray(np.clip(128 + times * moved, 0, 255), dtype=np.uint8)


def resize_to_model(model: Model, picture: Picture) -> Picture:
    """Return a picture in the size and channels that a network takes; itself for a black box.

    A change of single pixels would be lost if the picture were resized afterwards.

    Parameters
    ----------
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)

    Returns
    -------
    uint8 array (H, W) or (H, W, 3)
    """
    preparation = getattr(resolve_model(model), "preparation", None)
    if preparation is None:
        return picture
    prepared: NDArray[np.float32] = preparation(picture[None]).numpy()[0]
    pixels = np.moveaxis(prepared, 0, -1) * np.array(preparation.deviation) + np.array(preparation.mean)
    view = np.asarray(np.clip(np.rint(pixels), 0, 255), dtype=np.uint8)
    return view[..., 0] if view.shape[2] == 1 else view


def to_tensor(view: Picture) -> Tensor:
    """Return a picture as a tensor of pixels, 0 to 255.

    Parameters
    ----------
    view : uint8 array (h, w) or (h, w, 3)

    Returns
    -------
    float32 Tensor (1, channels, h, w)
    """
    values = view[None] if view.ndim == 2 else np.moveaxis(view, -1, 0)
    return torch.tensor(values[None].astype(np.float32))


def to_picture(pixels: Tensor, like: Picture) -> Picture:
    """Return a tensor of pixels as a picture.

    Parameters
    ----------
    pixels : float32 Tensor (1, channels, h, w)
        0 to 255.
    like : uint8 array (h, w) or (h, w, 3)
        Of the shape that the picture has.

    Returns
    -------
    uint8 array (h, w) or (h, w, 3)
    """
    values = np.rint(pixels[0].numpy()).astype(np.uint8)
    return values[0] if like.ndim == 2 else np.moveaxis(values, 0, -1)
