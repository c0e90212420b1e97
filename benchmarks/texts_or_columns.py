"""Texts beside columns: what the ten nearest neighbors say of the label by each, and which the samples are taken to be.

Four tables of measurements get a column of remarks that tells the class in a share of its rows; messages get counts of
their characters, as columns that people derive from texts.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from data import messages
from sklearn import datasets

from margin_core.study.readers.text_or_columns import TextsAndColumns, compare_texts_and_columns
from margin_core.study.typed_column import ColumnKind, TypedColumn

SHARES = (0.0, 0.3, 0.6, 1.0)
"""Shares of the remarks that tell the class."""

WORDS = [f"word{number}" for number in range(40)]


def remarks(labels: np.ndarray, share: float, random: np.random.Generator) -> list[str]:
    """Return a text for each label, some of which name the class."""
    found = []
    for label in labels.tolist():
        words = random.choice(WORDS, random.integers(8, 25)).tolist()
        found.append(" ".join([f"kind{label}", *words] if random.random() < share else words))
    return found


def numbers(points: np.ndarray) -> list[TypedColumn]:
    """Return the columns of a table of numbers."""
    return [TypedColumn(str(place), ColumnKind.NUMBER, column) for place, column in enumerate(points.T.astype(float))]


def print_line(data: str, share: str, found: TextsAndColumns) -> None:
    """Print a row of the table."""
    skills = [(each - found.majority) / (1 - found.majority) for each in (found.columns, found.texts)]
    print(f"| {data} | {share} | {skills[0]:.2f} | {skills[1]:.2f} | {'texts' if found.are_texts else 'rows'} |")


def main() -> None:
    """Print a table, a row for each data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=Path, nargs="*", default=[], help="CSV files of Enron-Spam and others")
    asked = parser.parse_args()
    print("| data | remarks that tell the class | skill of the columns | skill of the texts | samples |")
    print("|---|---:|---:|---:|---|")
    for name in ("iris", "wine", "breast_cancer", "digits"):
        random = np.random.default_rng(0)
        points, labels = getattr(datasets, f"load_{name}")(return_X_y=True)
        for share in SHARES:
            texts = remarks(labels, share, random)
            print_line(name, f"{share:.0%}", compare_texts_and_columns(texts, numbers(points), labels))
    for path in asked.messages:
        texts, labels = messages(path)
        counts = [
            [len(text), sum(map(str.isdigit, text)), text.count("!"), sum(map(str.isupper, text))] for text in texts
        ]
        found = compare_texts_and_columns(texts, numbers(np.array(counts)), labels)
        print_line(f"{path.name}, counts of characters", "", found)


if __name__ == "__main__":
    main()
