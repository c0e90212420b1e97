"""Tiny pictures on disk, and models that look at them without a network."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from margin_core.storage.fingerprint import fingerprint


@dataclass
class MeanColor:
    """Embeds a picture as its mean color; counts its inputs."""

    name: str = "mean color"
    class_names: tuple[str, ...] = ()
    classes: int = 2
    shown: int = 0
    description: str = field(default="Mean color", repr=False)

    @property
    def fingerprint(self) -> str:
        return fingerprint("mean color", self.name)

    def embed(self, inputs):
        self.shown += len(inputs)
        return np.array([np.asarray(item, np.float32).reshape(-1, np.shape(item)[-1]).mean(axis=0) for item in inputs])

    def probabilities(self, inputs):
        means = np.array([np.asarray(item, np.float32).mean() / 255 for item in inputs])
        return np.column_stack([means, 1 - means])


@dataclass
class Opinion:
    """Has probabilities only, no features."""

    outputs: int = 2
    fingerprint: str = "opinion"

    def probabilities(self, inputs):
        return np.full((len(inputs), self.outputs), 1 / self.outputs)


@pytest.fixture
def mean_color():
    return MeanColor


@pytest.fixture
def opinion():
    return Opinion


@pytest.fixture
def picture():
    """Write a picture of one color, changed a day ago, so that its digest may be remembered."""

    def write(path: Path, color=(10, 20, 30), size=(4, 3), mode="RGB", **options) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new(mode, size, color).save(path, **options)
        age(path)
        return path

    return write


def age(path: Path, seconds: int = 86_400) -> None:
    changed = path.stat().st_mtime_ns - seconds * 10**9
    os.utime(path, ns=(changed, changed))


@pytest.fixture(name="age")
def age_fixture():
    return age


@pytest.fixture
def pets(tmp_path, picture):
    """Six pictures in two class folders, one of them nested, and one without a label."""
    root = tmp_path / "pets"
    for number, name in enumerate(["cat/1.png", "cat/2.png", "cat/outdoors/7.png", "dog/2.png", "dog/3.jpg"]):
        picture(root / name, (number * 40, 5, 5))
    picture(root / "stray.png", (1, 2, 3))
    return root


HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABegABAAAAAAAAABoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xy"
    "bmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAACJt"
    "ZGF0AAAAFigBr1j5DpJf//K13/9R/kPk+6MbILA="
)
"""64 x 64 red pixels."""


@pytest.fixture
def heic():
    return HEIC
