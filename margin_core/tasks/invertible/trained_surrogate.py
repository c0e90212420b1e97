"""A trained surrogate: its network, its logits, and how well it agrees with labels and model on held-out samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ParameterError
from margin_core.storage.archive import atomic_write
from margin_core.study.samples import counted, listed
from margin_core.tasks.invertible.input_space import InputSpace
from margin_core.tasks.invertible.margins import compute_signed_margins
from margin_core.tasks.invertible.surrogate import Surrogate
from margin_core.values import UNLABELED, Floats, Ints, freeze, read_only

if TYPE_CHECKING:
    from margin_core.tasks.invertible.network import InvertibleClassifier

MIN_HELD_OUT = 10
"""Of fewer held-out samples no accuracy is stated."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TrainedSurrogate:
    """A trained invertible classifier of a study's samples, and its accuracy.

    Attributes
    ----------
    recipe : Surrogate
        How it was trained.
    space : InputSpace
        How samples are encoded for it.
    class_names : tuple of str, length c
        Of the study.
    weights : uint8 array (bytes,)
        The bytes of a safetensors file.
    logits : float32 array (n, c)
        Of every sample; NaN where a value is missing.
    head_weights : float32 array (c, channels)
        Weights of the linear layer.
    positions : int
        Positions of the last feature map.
    held_out : bool array (n,)
        Samples that are not trained on, for evaluation.
    training_counts : int array (c,)
        Training samples of each class.
    labels : int array (n,)
        As given; all `UNLABELED` where the study has none.
    predicted : int array (n,) or None
        Classes predicted by the user's own model; None when the study has none.
    fingerprint : str
        Of the study's parts and the recipe.
    """

    recipe: Surrogate
    space: InputSpace
    class_names: tuple[str, ...]
    weights: NDArray[np.uint8]
    logits: Floats
    head_weights: Floats
    positions: int
    held_out: NDArray[np.bool_]
    training_counts: Ints
    labels: Ints
    predicted: Ints | None
    fingerprint: str

    def __post_init__(self) -> None:
        freeze(self, "weights", "logits", "head_weights", "held_out", "training_counts", "labels", "predicted")

    @property
    def accuracy(self) -> float:
        """Accuracy on the held-out samples against the given labels, in [0, 1]; NaN where too few are held out."""
        return self._share(self.labels, self.held_out)

    @property
    def majority_accuracy(self) -> float:
        """Accuracy on the same samples of always predicting the most frequent training class, in [0, 1]."""
        labels = self.labels[self.held_out & (self.labels != UNLABELED)]
        return float((labels == self.training_counts.argmax()).mean()) if len(labels) >= MIN_HELD_OUT else float("nan")

    @property
    def agreement(self) -> float:
        """Share of the held-out samples with the prediction of the user's model, in [0, 1]; NaN where there is none."""
        return float("nan") if self.predicted is None else self._share(self.predicted, self.held_out)

    @property
    def summary(self) -> tuple[str, ...]:
        """Accuracy on held-out samples and agreement with the user's model, a sentence each."""
        summary = [f"Trained on {counted(int(self.training_counts.sum()), 'sample')}: {self.space.description}."]
        if not np.isnan(self.accuracy):
            summary.append(
                f"Accuracy on held-out samples: {self.accuracy:.1%} (the most frequent class alone: "
                f"{self.majority_accuracy:.1%})."
            )
        if self.predicted is None:
            summary.append("This study has no predictions of a model to compare it with.")
        elif not np.isnan(self.agreement):
            summary.append(f"Agreement with your model on held-out samples: {self.agreement:.1%}.")
        return tuple(summary)

    @property
    def notes(self) -> tuple[str, ...]:
        """Classes with one training sample or none, a sentence each."""
        single = [name for name, count in zip(self.class_names, self.training_counts, strict=True) if count == 1]
        absent = [name for name, count in zip(self.class_names, self.training_counts, strict=True) if count == 0]
        notes = []
        if single:
            notes.append(f"Trained on one sample only: {listed(single)}. Do not trust a boundary of it.")
        if absent:
            notes.append(f"Without a sample, so without a boundary: {listed(absent)}.")
        return tuple(notes)

    @cached_property
    def network(self) -> InvertibleClassifier:
        """The network, in double precision: a path is exact to a dozen digits, and costs no more for one sample."""
        from margin_core.tasks.invertible.weights import from_bytes  # torch takes a second to import

        return from_bytes(self.weights.tobytes()).double().requires_grad_(False)

    @cached_property
    def margins(self) -> Floats:
        """The signed margin (n,) of every sample; see `margin_core.tasks.invertible.compute_signed_margins`."""
        return read_only(compute_signed_margins(self.logits, self.head_weights, self.positions, self.labels))

    def top_two(self, row: int) -> tuple[int, int]:
        """Return the two likeliest classes of a sample, among those with training samples.

        Parameters
        ----------
        row : int
            The sample.

        Returns
        -------
        (int, int)
            The likeliest first.
        """
        known = np.where(self.training_counts > 0, np.nan_to_num(self.logits[row], nan=0.0), -np.inf)
        first, second = np.argsort(-known, kind="stable")[:2].tolist()
        return first, second

    def save(self, path: Path) -> None:
        """Write the weights as a safetensors file.

        Parameters
        ----------
        path : Path
            Replaced as a whole.

        Raises
        ------
        WorkspaceError
            The file cannot be written.
        """
        with atomic_write(path) as scratch:
            scratch.write_bytes(self.weights.tobytes())

    def _share(self, truth: Ints, among: NDArray[np.bool_]) -> float:
        labeled = among & (truth != UNLABELED)
        if labeled.sum() < MIN_HELD_OUT:
            return float("nan")
        return float((self.logits[labeled].argmax(axis=1) == truth[labeled]).mean())


def check_class_pair(trained: TrainedSurrogate, pair: Sequence[int]) -> tuple[int, int]:
    """Check that a pair of classes has a boundary.

    Parameters
    ----------
    trained : TrainedSurrogate
        Trained on the classes.
    pair : (int, int)
        Two classes, in either order.

    Returns
    -------
    (int, int)
        The same.

    Raises
    ------
    ParameterError
        The same class twice, or a class without training samples.
    """
    first, second = pair
    names = trained.class_names
    if first == second:
        raise ParameterError(f"A boundary lies between two classes; got '{names[first]}' twice. Choose another class.")
    for one in (first, second):
        if not trained.training_counts[one]:
            raise ParameterError(f"No sample is labeled '{names[one]}', so it has no boundary. Choose another class.")
    return first, second
