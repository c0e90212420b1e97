"""Texts: the inputs of a study of sentences, and what stands for them when no model gives features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.samples import Request, Samples, counted
from margin_core.values import Floats, Texts

DIMENSIONS = 128
"""Of the features that are made of words, at most."""

SEED = 0

VERSION = 1
"""Raised whenever the same texts would have other features."""


@dataclass(frozen=True, eq=False)
class TextList:
    """Texts; ``texts[3]`` is one, ``texts[rows]`` an array of some.

    Not one array of fixed width: a single long text would make each as wide as itself.

    Attributes
    ----------
    values : tuple of str, length n
    """

    values: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Any) -> str | Texts:
        picked = np.arange(len(self))[rows]
        return self.values[int(picked)] if picked.ndim == 0 else np.array([self.values[row] for row in picked.tolist()])

    @property
    def shape(self) -> tuple[int]:
        """``(n,)``."""
        return (len(self),)

    @cached_property
    def fingerprint(self) -> str:
        """By content."""
        return fingerprint("texts", self.values)


def are_texts(inputs: Any) -> bool:
    """Say whether samples are texts: there is one value a sample."""
    shape = getattr(inputs, "shape", None)  # files of pictures have none
    return shape is not None and len(shape) == 1


def with_word_features(samples: Samples, request: Request) -> Samples:
    """Give samples that are texts the features of their words, as a step of the run.

    Raises
    ------
    SourceError
        Not two different words occur.
    """
    texts = samples.inputs
    assert isinstance(texts, TextList)
    key = fingerprint("words", VERSION, texts.fingerprint)
    points = request.run.step("words", key, lambda: {"embedding": word_features(str(request.path), texts)})["embedding"]
    return replace(
        samples, embedding=points, features=f"words and how rare they are, {counted(points.shape[1], 'dimension')}"
    )


def word_features(source: str, texts: TextList) -> Floats:
    """Embed texts by their words: counts, less for a word that many have, brought down to a few dimensions.

    Parameters
    ----------
    source : str
        What to call the texts in an error.
    texts : TextList, n of them

    Returns
    -------
    float32 array (n, d), d <= `DIMENSIONS`
        Each row of length 1; NaN for a text without a word.

    Raises
    ------
    SourceError
        Not two different words occur.

    References
    ----------
    Deerwester et al., Indexing by latent semantic analysis, JASIS 1990.
    """
    from sklearn.decomposition import TruncatedSVD  # slow to import, and few studies hold texts
    from sklearn.feature_extraction.text import TfidfVectorizer

    counts = TfidfVectorizer(sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
    words_of = counts.build_analyzer()
    words = {word for text in texts.values for word in words_of(text)}
    if len(words) < 2:
        raise SourceError(
            f"'{source}': not two different words occur in its {len(texts):,} texts, so nothing tells them apart. "
            "Give texts, or bring features of them as an array 'embedding'."
        )
    weighted = counts.fit_transform(texts.values)
    reduced = TruncatedSVD(min(DIMENSIONS, weighted.shape[1] - 1, len(texts)), random_state=SEED)
    points = reduced.fit_transform(weighted)
    length = np.linalg.norm(points, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled: Floats = np.where(length > 1e-9, points / length, np.nan).astype(np.float32)
    return scaled
