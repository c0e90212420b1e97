"""A network as a function of pixels in [0, 1]: what attacks change, and what they follow the gradient of."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from margin_core.errors import ModelError
from margin_core.study.models.clone_for_hooks import clone_for_hooks
from margin_core.study.models.feature_tap import pool_features, run_tapped
from margin_core.study.models.torch_model import TorchModel
from margin_core.values import Floats, Ints

LARGEST = 255.0
"""The value of a pixel that is 1 on the scale of attacks."""


class PixelNetwork:
    """A network that takes pixels in [0, 1], in the size that it was made for.

    Parameters
    ----------
    model : TorchModel
        It is left as it is; several threads may attack one model.
    outputs : int array (c,), optional
        Which of its outputs are taken as logits, in which order; default: all.

    Raises
    ------
    ModelError
        The network gives no logits of classes, or has no layer that features are taken from.
    """

    def __init__(self, model: TorchModel, outputs: Ints | None = None) -> None:
        if not model.gives_probabilities:
            raise ModelError(f"{model.description} gives features and no classes, so it cannot be attacked.")
        if model.tap is None:
            raise ModelError(f"{model.description} has no last linear layer to take features from. Name a layer of it.")
        self._model, self._network = model, clone_for_hooks(model)
        self._order = torch.arange(model.classes) if outputs is None else torch.from_numpy(np.array(outputs))
        scale = model.preparation.mean, model.preparation.deviation
        self._mean, self._deviation = (
            torch.tensor(values, dtype=torch.float32).reshape(1, -1, 1, 1) / LARGEST for values in scale
        )

    def to_pixels(self, pictures: NDArray[np.uint8]) -> Tensor:
        """Return pictures as the network sees them: resized, but not normalized.

        Parameters
        ----------
        pictures : uint8 array (b, h, w) or (b, h, w, 3), or a sequence of pictures

        Returns
        -------
        float32 Tensor (b, channels, H, W)
            In [0, 1].
        """
        prepared = self._model.preparation(pictures)
        return (prepared * self._deviation + self._mean).clamp(0.0, 1.0)

    def logits(self, pixels: Tensor) -> Tensor:
        """Compute the logits, differentiable in the pixels.

        Parameters
        ----------
        pixels : float32 Tensor (b, channels, H, W)
            In [0, 1].

        Returns
        -------
        float32 Tensor (b, c)
        """
        return self._both(pixels)[0]

    def outputs(self, pixels: Tensor) -> tuple[Floats, Floats]:
        """Compute the logits and the features.

        Parameters
        ----------
        pixels : float32 Tensor (b, channels, H, W)
            In [0, 1].

        Returns
        -------
        logits : float32 array (b, c)
        features : float32 array (b, d)
            Those of `TorchModel.embed`.
        """
        with torch.no_grad():
            logits, features = self._both(pixels)
            return logits.numpy().copy(), pool_features(features, self._model.description).numpy().copy()

    def _both(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        prepared = ((pixels - self._mean) / self._deviation).contiguous(memory_format=torch.channels_last)
        logits, features = run_tapped(self._network, self._model.tap, prepared)
        return logits[:, self._order], features


def round_to_bytes(pixels: Tensor) -> Tensor:
    """Return pixels as a file of 8 bits a channel holds them.

    Parameters
    ----------
    pixels : float32 Tensor (b, channels, H, W)
        In [0, 1].

    Returns
    -------
    float32 Tensor (b, channels, H, W)
        In [0, 1], multiples of 1/255.
    """
    return torch.round(pixels * LARGEST) / LARGEST


def to_pictures(pixels: Tensor) -> NDArray[np.uint8]:
    """Return pixels as pictures of 8 bits a channel.

    Parameters
    ----------
    pixels : float32 Tensor (b, channels, H, W)
        In [0, 1].

    Returns
    -------
    uint8 array (b, H, W) or (b, H, W, 3)
    """
    values = torch.round(pixels * LARGEST).to(torch.uint8)
    return values[:, 0].numpy() if values.shape[1] == 1 else values.permute(0, 2, 3, 1).contiguous().numpy()
