"""Signals whose influence says which samples are typical and which are not, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from margin_core.function.disagreement import compute_disagreement_share
from margin_core.function.uncertainty import normalized_entropy
from margin_core.interpretation.rounding import round_scores
from margin_core.values import Doubles, Floats, Graph

Values: TypeAlias = NDArray[np.floating]


@dataclass(frozen=True, eq=False, kw_only=True)
class SignalInputs:
    """What signals are computed from, in the order of the samples.

    Attributes
    ----------
    embedding : float32 array (n, d)
        As the study has it; rows without features are 0.
    features : float32 array (n, e)
        The same, centered, of mean squared length 1, at most 128 of them.
    graph : Graph
    probabilities : float array (n, c) or None
        Predicted.
    """

    embedding: Floats
    features: Floats
    graph: Graph
    probabilities: Doubles | None

    @property
    def predicted(self) -> Doubles:
        """The predicted probabilities, (n, c)."""
        assert self.probabilities is not None, "the task checks what a signal needs"
        return self.probabilities


def features(given: SignalInputs) -> Values:
    """Return the features themselves: influential is what differs from its neighbors.

    Parameters
    ----------
    given : SignalInputs

    Returns
    -------
    float array (n, e)
    """
    return given.features


def embedding_norm(given: SignalInputs) -> Values:
    """Compute the length of each embedding vector, the signal of the paper's case study VI.

    Parameters
    ----------
    given : SignalInputs

    Returns
    -------
    float array (n,)
        At least 0.
    """
    norm: Doubles = np.linalg.norm(given.embedding.astype(np.float64), axis=1)
    return norm


def degree(given: SignalInputs) -> Values:
    """Compute the logarithm of one plus the total weight of each node's edges.

    Parameters
    ----------
    given : SignalInputs

    Returns
    -------
    float array (n,)
        At least 0.
    """
    total: Doubles = np.log1p(np.asarray(given.graph.weights.sum(axis=1), dtype=np.float64).ravel())
    return total


def probability(given: SignalInputs) -> Values:
    """Return the predicted probability of each class.

    Parameters
    ----------
    given : SignalInputs

    Returns
    -------
    float array (n, c)
        In [0, 1].
    """
    return given.predicted


def entropy(given: SignalInputs) -> Values:
    """Compute the entropy of the predicted probabilities.

    Parameters
    ----------
    given : SignalInputs

    Returns
    -------
    float array (n,)
        In [0, 1].
    """
    return round_scores(normalized_entropy(given.predicted))


def disagreement(given: SignalInputs) -> Values:
    """Compute the share of neighbors of which another class is predicted, equation 3 on predictions.

    Parameters
    ----------
    given : SignalInputs

    Returns
    -------
    float array (n,)
        In [0, 1].
    """
    p = round_scores(given.predicted)
    return compute_disagreement_share(given.graph, p.argmax(axis=1), p.shape[1])


@dataclass(frozen=True)
class SamplingSignal:
    """A signal, the hypothesis that influential samples contradict, and what it reads.

    Attributes
    ----------
    compute : callable
        ``compute(inputs)``, array (n,) or (n, s).
    hypothesis : str
        One sentence.
    needs_predictions : bool
        Whether it reads predicted classes.
    """

    compute: Callable[[SignalInputs], Values]
    hypothesis: str
    needs_predictions: bool = False


SIGNALS: dict[str, SamplingSignal] = {
    "features": SamplingSignal(features, "Samples that are neighbors have similar features"),
    "embedding_norm": SamplingSignal(embedding_norm, "Samples that are neighbors have embedding vectors of one length"),
    "degree": SamplingSignal(degree, "Samples that are neighbors have as many neighbors"),
    "probability": SamplingSignal(probability, "The same classes are predicted of samples that are neighbors", True),
    "entropy": SamplingSignal(entropy, "Predictions are as uncertain of samples that are neighbors", True),
    "disagreement": SamplingSignal(disagreement, "The class predicted of a sample is that of its neighbors", True),
}
"""Every signal by name, the default first."""
