"""A linear classifier of texts by the words that occur in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from margin_core.errors import ModelError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.models.linear_softmax import predict_softmax
from margin_core.study.models.words import split_words
from margin_core.values.arrays import Doubles, Floats

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer


def word_counter(vocabulary: Sequence[str] | None = None, max_words: int | None = None) -> TfidfVectorizer:
    """Return what weighs the words of texts: the logarithm of how often they occur, times how rare they are.

    Parameters
    ----------
    vocabulary : sequence of str, optional
        The words that count, unique, in order. Default: those that occur where it is fitted.
    max_words : int, optional
        How many of those count, the commonest first. Default: all.

    Returns
    -------
    TfidfVectorizer
        Not fitted. Words are those of `margin_core.study.models.words.split_words`.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # slow to import, and few studies hold texts

    return TfidfVectorizer(sublinear_tf=True, analyzer=split_words, vocabulary=vocabulary, max_features=max_words)


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearWordModel:
    """A linear classifier of texts by their weighted words (TF-IDF).

    Attributes
    ----------
    words : tuple of str, length v
        The words that count.
    rarity : float array (v,)
        Inverse document frequency of each word.
    weights : float32 array (c, v)
    bias : float32 array (c,)
    description : str
        In words, for a person.
    class_names : tuple of str, length c
    stated_accuracy : float or None
        Share of the labels that fits without them predict, as its file states it, in [0, 1].
    """

    words: tuple[str, ...]
    rarity: Doubles
    weights: Floats
    bias: Floats
    description: str
    class_names: tuple[str, ...]
    stated_accuracy: float | None = None

    @property
    def classes(self) -> int:
        """Number of outputs c."""
        return len(self.bias)

    @property
    def gives_features(self) -> bool:
        """Whether `embed` returns features: it has none of its own."""
        return False

    @property
    def fingerprint(self) -> str:
        """Identity by content."""
        return fingerprint("linear words", self.words, self.rarity, self.weights, self.bias, self.class_names)

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : sequence of str, length b

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The inputs are not texts.
        """
        texts = np.asarray(inputs, dtype=object).ravel().tolist()
        if not all(isinstance(text, str) for text in texts):
            raise ModelError(f"{self.description} takes texts.")
        if not texts:
            return np.empty((0, self.classes), np.float32)
        return predict_softmax(self._counter.transform(texts), self.weights, self.bias)

    @cached_property
    def _counter(self) -> TfidfVectorizer:
        counter = word_counter(self.words)
        counter.idf_ = self.rarity
        return counter
