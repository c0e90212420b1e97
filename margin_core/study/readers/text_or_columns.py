"""Whether the samples of a table are its long texts, or rows of its other columns: by which say more of the label.

A column of reviews beside the number of stars holds the samples; a column of remarks beside ten measurements does not,
and to compare rows by such remarks would rank labels by chance. Names do not tell the two apart, the label does: each
sample's ten nearest neighbors are asked for it, once by words and once by columns. Texts are the samples where they
have at least half of the skill of the columns: where both tell, a person reads the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.engine import Run
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.features.encoded_columns import encode_columns
from margin_core.study.features.standardized_columns import standardize
from margin_core.study.features.word_features import compute_word_features
from margin_core.study.inputs.texts import TextList
from margin_core.study.notes import Note, loss
from margin_core.study.readers.column_kinds import is_long_text
from margin_core.study.readers.column_table import ColumnTable
from margin_core.study.samples import listed_columns
from margin_core.study.typed_column import FEATURE_KINDS, ColumnKind, TypedColumn
from margin_core.values import UNLABELED, Floats, Ints

VERSION = 1
"""Raised whenever the same table is decided on differently."""

MIN_SHARE_OF_SKILL = 0.5
"""Skill of the texts, as a share of that of the columns, from which the texts are the samples."""

_NEIGHBORS = 10
_MAX_ROWS, _MAX_CHARACTERS = 1_000, 2_000
"""Rows that are looked at, evenly spaced, and characters of each text."""


@dataclass(frozen=True)
class TextsAndColumns:
    """The shares of labels that neighbors predict right, in [0, 1].

    Attributes
    ----------
    texts, columns : float
        By the words of the texts, and by the other columns.
    majority : float
        Without any: by always guessing the most frequent class.
    """

    texts: float
    columns: float
    majority: float

    @property
    def are_texts(self) -> bool:
        """Whether the samples are the texts."""
        skill_of_columns = self.columns - self.majority
        return skill_of_columns <= 0 or self.texts - self.majority >= MIN_SHARE_OF_SKILL * skill_of_columns


def choose_text_column(
    table: ColumnTable, typed: Sequence[TypedColumn], labels: Ints, run: Run, key: str
) -> tuple[str | None, tuple[Note, ...]]:
    """Return the column of texts that holds the samples, and why.

    Parameters
    ----------
    table : ColumnTable
    typed : sequence of TypedColumn
        Columns without another role.
    labels : int array (n,)
        Class numbers; `UNLABELED` where there is none.
    run : Run
        Remembers what was measured.
    key : str
        Fingerprint of the table and of how it is read.

    Returns
    -------
    column : str or None
        None where the samples are rows.
    notes : tuple of Note
        Why not, where there is one.
    """
    features = [column for column in typed if column.kind in FEATURE_KINDS]
    # A name of three words beside other columns describes a row; a review may be one.
    found = [
        column for column in typed if column.kind is ColumnKind.TEXT and (is_long_text(column) or len(features) < 2)
    ]
    if not found:
        return None, ()
    longest = max(found, key=lambda column: column.words)
    text = longest.name
    if not features:
        return text, ()

    def work() -> dict[str, np.ndarray]:
        compared = compare_texts_and_columns(table.texts(text), features, labels)
        return {"accuracies": np.array([compared.texts, compared.columns, compared.majority])}

    names = listed_columns([column.name for column in features], 3)
    compared = TextsAndColumns(0.0, 0.0, 0.0)
    if is_long_text(longest):
        stored = run.step("texts_or_columns", fingerprint("texts or columns", VERSION, key), work)
        compared = TextsAndColumns(*stored["accuracies"].tolist())
    if compared.are_texts:
        return text, ()
    return None, (
        loss(
            f"The samples are rows and not the texts of column '{text}': of the labels, nearest neighbors guess "
            f"{compared.columns:.0%} by the other columns ({names}) and {compared.texts:.0%} by these texts. If the "
            f"samples are the texts, choose --feature {text}:text."
        ),
    )


def compare_texts_and_columns(texts: Sequence[str], columns: Sequence[TypedColumn], labels: Ints) -> TextsAndColumns:
    """Estimate how much texts and how much columns say of labels.

    Parameters
    ----------
    texts : sequence of str, length n
    columns : sequence of TypedColumn
        From which features are computed.
    labels : int array (n,)
        Class numbers; `UNLABELED` where there is none.

    Returns
    -------
    TextsAndColumns
        All 0 where fewer than two classes have a label, or too few samples.
    """
    labeled = np.flatnonzero(labels != UNLABELED)
    rows = labeled[np.unique(np.linspace(0, len(labeled) - 1, _MAX_ROWS).astype(np.int64))] if len(labeled) else labeled
    given = labels[rows]
    counts = np.bincount(given, minlength=1)
    if len(rows) <= 2 * _NEIGHBORS or np.count_nonzero(counts) < 2:
        return TextsAndColumns(0.0, 0.0, 0.0)
    some = TextList(tuple(texts[row][:_MAX_CHARACTERS] for row in rows.tolist()))
    majority = float(counts.max() / len(rows))
    try:
        by_texts = _accuracy(compute_word_features("", some), given)
    except SourceError:
        by_texts = majority
    try:
        encoded = encode_columns(columns)
        points, _ = standardize("", encoded.values, encoded.names, encoded.unscaled)
        by_columns = _accuracy(points[rows], given)
    except SourceError:
        by_columns = majority
    return TextsAndColumns(by_texts, by_columns, majority)


def _accuracy(points: Floats, labels: Ints) -> float:
    """Return the share of labels that most of the nearest others have; a row that cannot be compared has none."""
    usable = np.asarray(np.isfinite(points).all(axis=1))
    points = np.where(usable[:, None], points, 0)
    lengths = (points**2).sum(axis=1)
    squared = lengths[:, None] + lengths[None, :] - 2 * points @ points.T
    squared[:, ~usable] = np.inf
    np.fill_diagonal(squared, np.inf)
    near = np.argpartition(squared, _NEIGHBORS, axis=1)[:, :_NEIGHBORS]
    votes = np.zeros((len(labels), int(labels.max()) + 1))
    np.add.at(votes, (np.repeat(np.arange(len(labels)), _NEIGHBORS), labels[near].ravel()), 1)
    return float(((votes.argmax(axis=1) == labels) & usable).mean())
