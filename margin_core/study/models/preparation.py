"""Preparation of pictures for a network: size, channels, scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from margin_core.errors import ModelError
from margin_core.values.arrays import Floats

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in a gray value (ITU-R BT.601, as Pillow)."""


@dataclass(frozen=True)
class Preparation:
    """The preparation of one network: ``(pixel - mean) / deviation`` on the whole picture, resized.

    The whole picture is resized to the network's size, never cropped: the network gets all of a sample, and positions
    in a heatmap are positions in the picture. A center crop as in ImageNet evaluation would be a few points more
    accurate on photographs.

    Attributes
    ----------
    height, width : int
        In pixels.
    mean, deviation : tuple of float, one a channel
        On the scale of pixels, 0 to 255. One entry: gray values; three: red, green, blue.
    """

    height: int
    width: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    @property
    def channels(self) -> int:
        """Number of channels of the network's input."""
        return len(self.mean)

    def __call__(self, pictures: NDArray[np.uint8] | Sequence[NDArray[np.uint8]]) -> Tensor:
        """Prepare a batch.

        Parameters
        ----------
        pictures : uint8 array (b, h, w) or (b, h, w, 3), or a sequence of b pictures (h, w) or (h, w, 3)
            Any sizes.

        Returns
        -------
        float32 tensor (b, channels, height, width)
            Normalized.

        Raises
        ------
        ModelError
            The inputs are not pictures.

        Notes
        -----
        Resizing is bilinear, with antialiasing when it makes a picture smaller. A color picture becomes gray
        for a network of one channel; a gray one is repeated for a network of three.
        """
        if isinstance(pictures, np.ndarray):
            sized = self._sized(pictures)
        elif len(pictures):
            sized = torch.cat([self._sized(np.asarray(picture)[None]) for picture in pictures])
        else:
            sized = torch.empty((0, self.channels, self.height, self.width), dtype=torch.uint8)
        # By numpy, on one thread: those of torch wait for each other, busily, longer than such a small sum takes.
        mean, deviation = (np.array(v, np.float32).reshape(1, -1, 1, 1) for v in (self.mean, self.deviation))
        prepared: Floats = np.subtract(np.ascontiguousarray(sized.numpy()), mean, dtype=np.float32)
        prepared /= deviation
        return torch.from_numpy(prepared)

    def resize(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Resize one picture to what the network takes, so that nothing larger has to be held.

        Parameters
        ----------
        picture : uint8 array (h, w) or (h, w, 3)
            Of any size.

        Returns
        -------
        uint8 array (height, width) or (height, width, 3)
            Prepared as the whole picture would be. For a network of gray values a color picture stays as it is: its
            gray values are computed before it is resized, and are no whole numbers.
        """
        if picture.shape[:2] == (self.height, self.width) or (picture.ndim == 3 and self.channels == 1):
            return picture
        sized = self._to_size(self._channels_first(picture[None]))[0]
        resized: NDArray[np.uint8] = sized.permute(1, 2, 0).numpy() if picture.ndim == 3 else sized[0].numpy()
        return resized

    def placed(self, maps: Floats, size: tuple[int, int]) -> Floats:
        """Compute heatmaps on the picture from heatmaps on the network's input.

        Parameters
        ----------
        maps : float array (..., a, b)
            Each covers the network's whole input, whatever its own resolution: one value a pixel of the prepared
            picture, or one a position of a coarse feature map.
        size : (int, int)
            Height and width of the picture itself.

        Returns
        -------
        float32 array (..., h, w)
            A weighted mean of the values near each pixel, so nothing is larger or smaller than before.

        Notes
        -----
        The inverse of how a picture is prepared: the centers of the two grids lie on each other, bilinear between
        them, with antialiasing where the picture is smaller than the map.
        """
        given = torch.from_numpy(np.array(maps, dtype=np.float32))  # a copy: a read-only array cannot become a tensor
        if given.shape[-2:] == size:
            return given.numpy()
        flat = given.reshape(-1, 1, *given.shape[-2:])
        placed = functional.interpolate(flat, size=size, mode="bilinear", antialias=True, align_corners=False)
        return placed.reshape(*given.shape[:-2], *size).numpy()

    def _sized(self, pictures: NDArray[Any]) -> Tensor:
        """Resize pictures to the network's size and channels, as pixels from 0 to 255 of any type."""
        color = pictures.ndim == 4 and pictures.shape[3] == 3
        if pictures.dtype != np.uint8 or not (color or pictures.ndim == 3):
            raise ModelError(
                "The model takes pictures: uint8 arrays (h, w) or (h, w, 3); "
                f"got {pictures.dtype} of shape {pictures.shape[1:]} each. "
                "Open the pictures themselves, or use another model."
            )
        pixels = self._channels_first(pictures)
        if color and self.channels == 1:
            pixels = (pixels * torch.tensor(LUMA).reshape(1, 3, 1, 1)).sum(1, keepdim=True)
        return self._to_size(pixels).expand(-1, self.channels, -1, -1)

    @staticmethod
    def _channels_first(pictures: NDArray[Any]) -> Tensor:
        # The copy is of one batch; a memory map opened for reading cannot become a tensor without it.
        pixels = torch.from_numpy(pictures.copy())
        return pixels.permute(0, 3, 1, 2) if pictures.ndim == 4 else pixels[:, None]

    def _to_size(self, pixels: Tensor) -> Tensor:
        size = (self.height, self.width)
        if pixels.shape[2:] == size:
            return pixels
        return functional.interpolate(pixels, size=size, mode="bilinear", antialias=True, align_corners=False)


def imagenet_preparation(height: int, width: int, mean: Sequence[float], deviation: Sequence[float]) -> Preparation:
    """Return the preparation for statistics on the scale 0 to 1, as torchvision states them.

    Parameters
    ----------
    height, width : int
        Pixels.
    mean, deviation : sequence of float
        One a channel, in [0, 1].

    Returns
    -------
    Preparation
        On the scale of pixels, 0 to 255.
    """
    return Preparation(height, width, tuple(255 * value for value in mean), tuple(255 * value for value in deviation))
