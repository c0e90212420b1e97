"""The small grayscale network of the bundled studies, built from its weights file.

Two convolutions that halve the picture, each with batch normalization and ReLU, then a hidden layer and the
classes::

    (1, h, w) -> conv 3x3, stride 2 -> conv 3x3, stride 2 -> hidden (d) -> classes (c)

Its whole shape is in its weights file, so that the file alone is enough to load it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from margin_core.errors import ModelError
from margin_core.study.models.preparation import Preparation
from margin_core.study.models.torch_model import TorchModel
from margin_core.study.models.weights import load_weights, read_weights

NAME = "small_cnn"


class SmallCnn(nn.Module):
    """A convolutional network for grayscale pictures of one small size.

    Parameters
    ----------
    height, width : int
        Size of the pictures in pixels.
    classes : int
        Number of classes c.
    channels : (int, int)
        Channels of the two convolutions.
    hidden : int
        Size d of the hidden layer, whose values (after ReLU) are the embedding.
    dropout : float
        Share of the hidden layer's inputs and outputs that is dropped in training.
    """

    size: Tensor

    def __init__(
        self, height: int, width: int, classes: int, *, channels: tuple[int, int], hidden: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        first, second = channels
        cells = -(-height // 4) * -(-width // 4)
        # The flattened maps are the same for 28 x 28 and 14 x 56, so the size is stored among the weights.
        self.register_buffer("size", torch.tensor([height, width]))
        self.maps = nn.Sequential(
            nn.Conv2d(1, first, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(first), nn.ReLU(),
            nn.Conv2d(first, second, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(second), nn.ReLU(),
        )  # fmt: skip
        self.hidden = nn.Sequential(
            nn.Flatten(), nn.Dropout(dropout), nn.Linear(second * cells, hidden), nn.ReLU(), nn.Dropout(dropout)
        )
        self.classes = nn.Linear(hidden, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        """Compute the logits.

        Parameters
        ----------
        pictures : Tensor (b, 1, h, w)
            Values in [0, 1].

        Returns
        -------
        Tensor (b, c)
            One row a picture.
        """
        logits: Tensor = self.classes(self.hidden(self.maps(pictures)))
        return logits


def small_cnn_preparation(height: int, width: int) -> Preparation:
    """Return the preparation of the network: gray values ``pixel / 255``.

    Parameters
    ----------
    height, width : int
        Pixels.

    Returns
    -------
    Preparation
        With one channel.
    """
    return Preparation(height, width, mean=(0.0,), deviation=(255.0,))


def build_small_cnn(weights: Mapping[str, Tensor]) -> SmallCnn | None:
    """Return a network of the shape that a state dict was saved from.

    Parameters
    ----------
    weights : mapping of str to Tensor
        A state dict.

    Returns
    -------
    SmallCnn or None
        With random weights; None when the state dict is not that of such a network.
    """
    try:
        height, width = (int(side) for side in weights["size"])
        first, second = len(weights["maps.0.weight"]), len(weights["maps.3.weight"])
        classes, hidden = weights["classes.weight"].shape
    except (KeyError, TypeError, ValueError):
        return None
    return SmallCnn(height, width, classes, channels=(first, second), hidden=hidden)


def load_small_cnn(weights: Path, class_names: Sequence[str], layer: str | None) -> TorchModel:
    """Load the small network from its weights file.

    Parameters
    ----------
    weights : Path
        A safetensors file or a PyTorch state dict.
    class_names : sequence of str
        Of the outputs; empty: as the file states them.
    layer : str or None
        Module whose output is the embedding; None: the input of the last layer.

    Returns
    -------
    TorchModel
        In evaluation mode.

    Raises
    ------
    ModelError
        The weights cannot be read, or are not those of such a network.
    """
    read = read_weights(weights)
    module = build_small_cnn(read.tensors)
    if module is None:
        raise ModelError(
            f"The weights in '{weights}' are not those of a small_cnn. Name the architecture that they were saved from."
        )
    load_weights(module, read, NAME)
    height, width = (int(side) for side in module.size)
    return TorchModel.of(
        module, small_cnn_preparation(height, width), architecture=NAME,
        description=f"small CNN ({read.words})", class_names=class_names or read.class_names, layer=layer,
    )  # fmt: skip
