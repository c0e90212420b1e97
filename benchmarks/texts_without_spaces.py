"""Rankings of texts in scripts without spaces: words, runs of characters, and both, by the errors planted in them.

Made up are texts of words of two to four characters that are written one after the other, some of which tell the
classes apart. With `--table FILE`, a CSV of real texts (columns ``text`` and ``label``) is measured as well.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import average_precision_score, roc_auc_score

from margin_core import Study, explain
from margin_core.errors import MarginWarning
from margin_core.study.models.words import split_words
from margin_core.tasks import LabelFlips

FLIPPED = 0.06
N_SAMPLES, N_CLASSES, N_SHARED, N_OWN = 2_000, 6, 1_500, 120
TOPICAL = 0.12
"""Share of the words of a text that are of its class's own."""

ALPHABETS = {"ideographs": range(0x4E00, 0x4E00 + 800), "Thai letters": range(0x0E01, 0x0E2F)}

Analyzer = Callable[[str], list[str]]


def runs(shortest: int, longest: int) -> Analyzer:
    """Return what splits a text into all runs of so many characters, those of spaced words included."""

    def split(text: str) -> list[str]:
        return [
            piece[start : start + length]
            for piece in text.lower().split()
            for length in range(shortest, longest + 1)
            for start in range(len(piece) - length + 1)
        ]

    return split


METHODS: dict[str, dict[str, object]] = {
    "words (before)": {"token_pattern": r"(?u)\b\w+\b"},
    "words, runs of characters (default)": {"analyzer": split_words},
    "runs of 1 to 2 characters": {"analyzer": runs(1, 2)},
    "runs of 1 to 3 characters": {"analyzer": runs(1, 3)},
    "runs of 2 to 4 characters": {"analyzer": runs(2, 4)},
}


def made_up(alphabet: range, *, spaced: bool, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Write texts with a vocabulary of their class's own beside one that all share; words by Zipf's law."""
    rng = np.random.default_rng(seed)
    words = {"".join(map(chr, rng.choice(alphabet, rng.integers(2, 5)))) for _ in range(4 * N_SHARED)}
    every = rng.permutation(sorted(words))
    shared, own = every[:N_SHARED], every[N_SHARED : N_SHARED + N_CLASSES * N_OWN].reshape(N_CLASSES, N_OWN)
    common, special = (1 / np.arange(1, count + 1) for count in (N_SHARED, N_OWN))
    truth = rng.integers(0, N_CLASSES, N_SAMPLES)
    texts = []
    for label in truth.tolist():
        is_own = rng.random(rng.poisson(18) + 3) < TOPICAL
        drawn = np.where(
            is_own,
            rng.choice(own[label], len(is_own), p=special / special.sum()),
            rng.choice(shared, len(is_own), p=common / common.sum()),
        )
        texts.append((" " if spaced else "").join(drawn.tolist()))
    return texts, truth


def measure(name: str, texts: list[str], truth: np.ndarray) -> None:
    """Print a line for each way to make words."""
    rng = np.random.default_rng(1)
    labels, wrong = truth.copy(), rng.random(len(truth)) < FLIPPED
    n_classes = int(truth.max()) + 1
    labels[wrong] = (labels[wrong] + rng.integers(1, n_classes, wrong.sum())) % n_classes
    for method, options in METHODS.items():
        start = time.monotonic()
        weighted = TfidfVectorizer(sublinear_tf=True, **options).fit_transform(texts)
        points = TruncatedSVD(min(128, weighted.shape[1] - 1), random_state=0).fit_transform(weighted)
        seconds = time.monotonic() - start
        length = np.linalg.norm(points, axis=1, keepdims=True)
        points = np.where(length > 1e-9, points / np.maximum(length, 1e-9), np.nan).astype(np.float32)
        found = explain(LabelFlips(), Study.build(embedding=points, labels=labels))
        scores = np.zeros(len(texts))
        scores[found.rows] = found.findings.scores
        print(
            f"| {name} | {method} | {roc_auc_score(wrong, scores):.3f} | {average_precision_score(wrong, scores):.3f} "
            f"| {weighted.shape[1]:,} | {seconds:.1f} |",
            flush=True,
        )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", type=Path, nargs="*", default=[], help="CSV with the columns text and label")
    asked = parser.parse_args()
    warnings.simplefilter("ignore", MarginWarning)
    print("| texts | words | AUROC | average precision | vocabulary | features, s |\n|---|---|---:|---:|---:|---:|")
    for name, alphabet in ALPHABETS.items():
        measure(f"{name}, joined", *made_up(alphabet, spaced=False))
    measure("ideographs with spaces", *made_up(ALPHABETS["ideographs"], spaced=True))
    for path in asked.table:
        table = pd.read_csv(path)
        measure(path.stem, table["text"].astype(str).tolist(), table["label"].factorize()[0])


if __name__ == "__main__":
    main()
