"""A picture changed so little that nobody sees it, and its map before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from margin_core.tasks.saliency.fragility.heatmap_change import Change
from margin_core.tasks.saliency.methods.black_box import Picture, resolve_model
from margin_core.values import Floats, Model, freeze


@dataclass(frozen=True, eq=False, kw_only=True)
class PerturbedPicture:
    """A change that the model's answer survives.

    Attributes
    ----------
    kind : str
        ``random``, ``top_k`` or ``centre``: what the change was meant to do.
    method : str
        Whose maps these are.
    eps : int
        No pixel differs by more, on the scale 0 to 255.
    target : int
        The class that the maps are for.
    before, after : uint8 array (h, w) or (h, w, 3)
        In the size that the network sees; the model says the same class of both.
    map_before, map_after : float32 array (h, w)
        In [0, 1], of the model itself.
    confidence_before, confidence_after : float
        Probability of the class that the model says.
    change : Change
        Between the two maps.
    """

    kind: str
    method: str
    eps: int
    target: int
    before: Picture
    after: Picture
    map_before: Floats
    map_after: Floats
    confidence_before: float
    confidence_after: float
    change: Change

    def __post_init__(self) -> None:
        freeze(self, "before", "after", "map_before", "map_after")

    def difference(self, times: int = 16) -> Picture:
        """Give the change itself as a picture, so many times enlarged, around middle grey."""
        moved = self.after.astype(np.int32) - self.before
        return np.asarray(np.clip(128 + times * moved, 0, 255), dtype=np.uint8)


def resize_to_model(model: Model, picture: Picture) -> Picture:
    """Give a picture in the size and channels that a network sees it in; itself for a black box.

    A change of single pixels would be lost when the picture is made smaller afterwards.
    """
    preparation = getattr(resolve_model(model), "preparation", None)
    if preparation is None:
        return picture
    prepared: NDArray[np.float32] = preparation(picture[None]).numpy()[0]
    pixels = np.moveaxis(prepared, 0, -1) * np.array(preparation.deviation) + np.array(preparation.mean)
    view = np.asarray(np.clip(np.rint(pixels), 0, 255), dtype=np.uint8)
    return view[..., 0] if view.shape[2] == 1 else view


def to_tensor(view: Picture) -> Tensor:
    """Turn a view into a float32 tensor (1, channels, h, w) of pixels, 0 to 255."""
    values = view[None] if view.ndim == 2 else np.moveaxis(view, -1, 0)
    return torch.tensor(values[None].astype(np.float32))


def to_picture(pixels: Tensor, like: Picture) -> Picture:
    """Turn pixels (1, channels, h, w) into a picture of the shape of a view."""
    values = np.rint(pixels[0].numpy()).astype(np.uint8)
    return values[0] if like.ndim == 2 else np.moveaxis(values, 0, -1)
