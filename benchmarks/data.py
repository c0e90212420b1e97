"""Real data for the benchmarks, with planted label flips."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

FASHION = Path("/usr/share/datasets/fashion-mnist")


@dataclass(frozen=True)
class Flipped:
    """Features, labels with flips, and which labels are flipped."""

    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    wrong: NDArray[np.bool_]


def fashion(n: int, dimensions: int, *, share: float, seed: int) -> Flipped:
    """Take n Fashion-MNIST pictures, their leading principal components, and flip a share of the labels.

    Raises
    ------
    SystemExit
        The data set is not installed.
    """
    pictures = FASHION / "train-images-idx3-ubyte.gz"
    if not pictures.is_file():
        raise SystemExit("This benchmark reads Fashion-MNIST: apt-get install dataset-fashion-mnist")
    with gzip.open(pictures) as stream:
        pixels = np.frombuffer(stream.read(), np.uint8, offset=16).reshape(-1, 784)
    with gzip.open(FASHION / "train-labels-idx1-ubyte.gz") as stream:
        truth = np.frombuffer(stream.read(), np.uint8, offset=8).astype(np.int64)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(pixels))[:n]
    features = PCA(dimensions, svd_solver="covariance_eigh").fit_transform(pixels[chosen].astype(np.float32) / 255)
    labels = truth[chosen]
    wrong = rng.random(n) < share
    flipped = np.where(wrong, (labels + rng.integers(1, 10, n)) % 10, labels)
    return Flipped(features.astype(np.float32), flipped, wrong)
