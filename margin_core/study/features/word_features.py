"""Features of texts without a model: the words that occur in them, weighted by how rare these are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.inputs.texts import TextList
from margin_core.study.models.linear_words import word_counter
from margin_core.study.models.words import count_unspaced, split_words
from margin_core.study.notes import assumption
from margin_core.study.samples import ReadRequest, Samples, counted
from margin_core.values import Floats
from margin_core.values.reference import fitted_space

MAX_DIMENSIONS = 128
"""Of the features."""

SEED = 0

_NOTHING = 1e-9
"""Length up to which a text lies in none of the dimensions."""

VERSION = 3
"""Raised whenever the same texts would have other features."""


def with_word_features(samples: Samples, request: ReadRequest) -> Samples:
    """Return samples that are texts with the features of their words, computed as a step of the run.

    Parameters
    ----------
    samples : Samples
        Its `inputs` are a `TextList`.
    request : ReadRequest
        Its path names the source in an error; its run remembers the features.

    Returns
    -------
    Samples
        The same with `embedding` and `features`.

    Raises
    ------
    SourceError
        Fewer than two different words occur.
    """
    texts = samples.inputs
    assert isinstance(texts, TextList)
    key = fingerprint("words", VERSION, texts.fingerprint)
    points = request.run.step("words", key, lambda: {"embedding": compute_word_features(str(request.path), texts)})
    embedding = points["embedding"]
    dimensions = counted(embedding.shape[1], "dimension")
    unspaced = count_unspaced(texts.values)
    if not unspaced:
        features = f"words and how rare they are, {dimensions}"
        return replace(samples, embedding=embedding, features=features, space=fitted_space(key))
    note = assumption(
        f"{counted(unspaced, 'text')} in a script without spaces between words, such as Chinese, Japanese or Thai: "
        "runs of one to three characters stand for words."
    )
    features = f"words and runs of characters, and how rare they are, {dimensions}"
    notes = (*samples.notes, note)
    return replace(samples, embedding=embedding, features=features, space=fitted_space(key), notes=notes)


def compute_word_features(source: str, texts: TextList) -> Floats:
    """Compute an embedding of texts by latent semantic analysis: TF-IDF counts, reduced by a truncated SVD.

    Parameters
    ----------
    source : str
        What to call the texts in an error.
    texts : TextList
        Of length n.

    Returns
    -------
    float32 array (n, d), d <= `MAX_DIMENSIONS`
        Rows of length 1; NaN for a text without a word.

    Raises
    ------
    SourceError
        Fewer than two different words occur.

    Notes
    -----
    Words are those of `margin_core.study.models.words.split_words`.

    References
    ----------
    Deerwester et al., Indexing by latent semantic analysis, JASIS 1990.
    """
    from sklearn.decomposition import TruncatedSVD  # slow to import, and few studies hold texts

    counts = word_counter()
    words: set[str] = set()
    for text in texts.values:
        words.update(split_words(text))
        if len(words) > 1:
            break
    if len(words) < 2:
        raise SourceError(
            f"'{source}': fewer than two different words occur in its {len(texts):,} texts, so they cannot be "
            "compared. Give texts, or bring features of them as an array 'embedding'."
        )
    weighted = counts.fit_transform(texts.values)
    reduced = TruncatedSVD(min(MAX_DIMENSIONS, weighted.shape[1] - 1, len(texts)), random_state=SEED)
    points = reduced.fit_transform(weighted)
    # Of more rare words than dimensions, some lie in none: a text of such words alone would have no place.
    lost = np.flatnonzero((np.linalg.norm(points, axis=1) <= _NOTHING) & (np.diff(weighted.indptr) > 0))
    points[lost] = _projected(weighted[lost], points.shape[1])
    length = np.linalg.norm(points, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled: Floats = np.where(length > _NOTHING, points / length, np.nan).astype(np.float32)
    return scaled


def _projected(weighted: Any, dimensions: int) -> Floats:
    """Project rows onto random directions, one a word: equal texts stay equal, and of other words they lie apart."""
    words = np.unique(weighted.indices)
    directions = np.random.default_rng(SEED).standard_normal((len(words), dimensions))
    return np.asarray(weighted[:, words] @ directions)
