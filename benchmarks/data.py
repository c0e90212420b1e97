"""Real data for the benchmarks, with planted label flips."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import cross_val_predict

FASHION = Path("/usr/share/datasets/fashion-mnist")
CLASSES = 10


@dataclass(frozen=True)
class Pictures:
    """Pictures with their true labels: uint8 (n, h, w), int64 (n,)."""

    name: str
    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Flipped:
    """Features, labels with flips, and which labels are flipped."""

    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    wrong: NDArray[np.bool_]


def fashion_is_here() -> bool:
    return FASHION.is_dir()


def fashion_pictures() -> Pictures:
    """Read all 70,000 pictures of Fashion-MNIST.

    Raises
    ------
    SystemExit
        The data set is not installed.
    """
    if not fashion_is_here():
        raise SystemExit("This benchmark reads Fashion-MNIST: apt-get install dataset-fashion-mnist")
    pixels = [_unzipped(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28) for part in ("train", "t10k")]
    labels = [_unzipped(f"{part}-labels-idx1-ubyte.gz", 8) for part in ("train", "t10k")]
    return Pictures("Fashion-MNIST", np.concatenate(pixels), np.concatenate(labels).astype(np.int64))


def digits_pictures() -> Pictures:
    """Take scikit-learn's 1,797 digits, 8 x 8."""
    found = load_digits()
    pixels = (found.images * (255 / 16)).astype(np.uint8)
    return Pictures("digits", pixels, found.target.astype(np.int64))


def enlarged(pictures: Pictures, n: int, *, seed: int) -> Pictures:
    """Fill up to n with copies of pictures, each shifted by one or two pixels, with a little noise."""
    rng = np.random.default_rng(seed)
    missing = n - len(pictures.pixels)
    if missing <= 0:
        return Pictures(pictures.name, pictures.pixels[:n], pictures.labels[:n])
    chosen = rng.integers(0, len(pictures.pixels), missing)
    copies = pictures.pixels[chosen].astype(np.int16)
    across, down = rng.choice([-2, -1, 1, 2], (2, missing))
    for shift in (-2, -1, 1, 2):
        copies[across == shift] = np.roll(copies[across == shift], shift, axis=2)
        copies[down == shift] = np.roll(copies[down == shift], shift, axis=1)
    copies = np.clip(copies + rng.integers(-6, 7, copies.shape), 0, 255).astype(np.uint8)
    return Pictures(
        pictures.name,
        np.concatenate([pictures.pixels, copies]),
        np.concatenate([pictures.labels, pictures.labels[chosen]]),
    )


def principal(pixels: NDArray[np.uint8], dimensions: int) -> NDArray[np.float32]:
    """Give the leading principal components of pixels in [0, 1]."""
    flat = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
    return PCA(dimensions, svd_solver="covariance_eigh").fit_transform(flat).astype(np.float32)


def out_of_sample(features: NDArray[np.float32], labels: NDArray[np.int64], *, seed: int) -> NDArray[np.float64]:
    """Predict each label by a logistic regression fitted on the other four fifths."""
    order = np.random.default_rng(seed).permutation(len(labels))
    scaled = (features - features.mean(axis=0)) / features.std()
    found = np.empty((len(labels), CLASSES))
    found[order] = cross_val_predict(
        LogisticRegression(max_iter=300), scaled[order], labels[order], cv=5, method="predict_proba"
    )
    return found


def uniform(truth: NDArray[np.int64], features: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int64]:
    """Change a label to any other with equal chance."""
    return (truth + rng.integers(1, CLASSES, len(truth))) % CLASSES


def confusable(truth: NDArray[np.int64], features: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int64]:
    """Change a label to the class that a model of the true labels takes its class for most often."""
    taken_for = out_of_sample(features, truth, seed=0).argmax(axis=1)
    confused = confusion_matrix(truth, taken_for, labels=range(CLASSES))
    np.fill_diagonal(confused, -1)
    return confused.argmax(axis=1)[truth]


Flip = Callable[[NDArray[np.int64], NDArray[np.float32], np.random.Generator], NDArray[np.int64]]
FLIPS: dict[str, Flip] = {"uniform": uniform, "confusable": confusable}


def planted(
    features: NDArray[np.float32], truth: NDArray[np.int64], *, share: float, seed: int, flip: Flip = uniform
) -> Flipped:
    """Flip a share of the labels."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(truth)) < share
    return Flipped(features, np.where(wrong, flip(truth, features, rng), truth), wrong)


def fashion(n: int, dimensions: int, *, share: float, seed: int) -> Flipped:
    """Take n Fashion-MNIST pictures, their leading principal components, and flip a share of the labels."""
    pictures = fashion_pictures()
    chosen = np.random.default_rng(seed).permutation(len(pictures.pixels))[:n]
    return planted(principal(pictures.pixels[chosen], dimensions), pictures.labels[chosen], share=share, seed=seed)


def _unzipped(name: str, offset: int) -> NDArray[np.uint8]:
    with gzip.open(FASHION / name) as stream:
        return np.frombuffer(stream.read(), np.uint8, offset=offset)
