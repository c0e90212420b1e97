"""Tiny networks with random weights, one of each kind, and a model whose answer hangs on one known patch."""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from functools import cache
from types import FunctionType

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torchvision.models import DenseNet, SwinTransformer, VisionTransformer
from torchvision.models.resnet import BasicBlock, ResNet

from margin_core.study.models.preparation import Preparation
from margin_core.study.models.torch_model import TorchModel

CLASSES = 4


class _Pickler(pickle.Pickler):
    """Writes functions by their names, those inside others too."""

    def reducer_override(self, one):
        return (str, (one.__qualname__,)) if isinstance(one, FunctionType) else NotImplemented


def saved(module: nn.Module) -> bytes:
    """Return all there is to a network: weights, settings, hooks and what else was hung on its parts."""
    found = io.BytesIO()
    _Pickler(found).dump(module)
    return found.getvalue()


class Shared(nn.Module):
    """Convolutions, pooling and dense layers in which one ReLU module serves everywhere."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(channels, 8, 3, padding=1), nn.Conv2d(8, 12, 3, padding=1)
        self.relu, self.pool = nn.ReLU(inplace=True), nn.MaxPool2d(2)
        self.hidden, self.classes = nn.LazyLinear(16), nn.Linear(16, CLASSES)

    def forward(self, pictures):
        maps = self.pool(self.relu(self.second(self.pool(self.relu(self.first(pictures))))))
        return self.classes(self.relu(self.hidden(maps.flatten(1))))


class Functional(nn.Module):
    """The same sort of network, its activations plain functions."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 8, 3, stride=2), nn.Conv2d(8, 12, 3, stride=2)
        self.classes = nn.Linear(12, CLASSES)

    def forward(self, pictures):
        maps = functional.gelu(self.second(functional.relu(self.first(pictures))))
        return self.classes(functional.silu(maps).mean((2, 3)))


class Dense(nn.Module):
    """No maps at all."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 16), nn.ReLU(), nn.Linear(16, CLASSES))

    def forward(self, pictures):
        return self.layers(pictures)


def plain() -> nn.Module:
    """Return a network in which every activation is a module of its own: what Captum's DeepLIFT wants."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2), nn.ReLU(), nn.Conv2d(8, 12, 3, stride=2), nn.ReLU(), nn.AvgPool2d(2),
        nn.Flatten(), nn.LazyLinear(16), nn.Sigmoid(), nn.Linear(16, CLASSES),
    )  # fmt: skip


def vit() -> nn.Module:
    network = VisionTransformer(32, 8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=CLASSES)
    # torchvision's own first weights of the head are 0: every gradient would be, too.
    nn.init.normal_(network.heads.head.weight)
    return network


def swin() -> nn.Module:
    return SwinTransformer([2, 2], 12, [1, 2], [2, 2], [4, 4], num_classes=CLASSES)


def residual() -> nn.Module:
    return ResNet(BasicBlock, [1, 1, 1, 1], num_classes=CLASSES)


def dense_blocks() -> nn.Module:
    return DenseNet(4, (2, 2), 8, num_classes=CLASSES)


NETWORKS = {
    "vit": vit, "swin": swin, "residual": residual, "dense_blocks": dense_blocks, "shared": Shared,
    "functional": Functional, "plain": plain,
}  # fmt: skip
"""All that have feature maps."""


@cache
def model(name: str, side: int = 32) -> TorchModel:
    """Make one of the networks a model of color pictures."""
    torch.manual_seed(0)
    made = Dense() if name == "dense" else NETWORKS[name]()
    preparation = Preparation(side, side, (127.0,) * 3, (128.0,) * 3)
    with torch.no_grad():
        made.eval()(torch.zeros(1, 3, side, side))  # lazy layers take their shape
    return TorchModel.of(made, preparation, architecture=name, description=f"a tiny {name}")


def picture(height: int = 40, width: int = 56, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@dataclass(frozen=True)
class PatchModel:
    """A black box: class 1 in so far as one patch of a gray picture is brighter than the rest of it could tell."""

    rows: tuple[int, int] = (4, 9)
    columns: tuple[int, int] = (12, 17)
    fingerprint: str = "patch"

    def probabilities(self, inputs):
        gray = np.stack([np.asarray(one, dtype=np.float64) for one in inputs])
        patch = gray[:, slice(*self.rows), slice(*self.columns)].mean((1, 2)) / 255
        likely = 1 / (1 + np.exp(-12 * (patch - 0.6)))
        return np.stack([1 - likely, likely], axis=1)

    def picture(self, size: int = 24, seed: int = 0) -> np.ndarray:
        """Draw a dark noisy picture with a bright patch."""
        drawn = np.random.default_rng(seed).integers(0, 60, (size, size), dtype=np.uint8)
        drawn[slice(*self.rows), slice(*self.columns)] = 240
        return drawn

    def truth(self, size: int = 24) -> np.ndarray:
        """Return the perfect map."""
        heatmap = np.zeros((size, size), np.float32)
        heatmap[slice(*self.rows), slice(*self.columns)] = 1
        return heatmap
