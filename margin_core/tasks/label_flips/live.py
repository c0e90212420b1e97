"""Scores that follow the corrections."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.label_flips.label_error_score import LabelErrorScore
from margin_core.values import Doubles, Ints


class LiveLabelErrorScore:
    """LabelErrorScore under the labels as they stand now; the one mutable thing about a score.

    Parameters
    ----------
    label_error_score : LabelErrorScore
        Its models and pool stay as they were fitted; what the neighbours say is always up to date.
    labels : int array (n,)
        The labels to start from; copied.
    """

    def __init__(self, label_error_score: LabelErrorScore, labels: Ints) -> None:
        self.label_error_score = label_error_score
        self._labels = np.array(labels)

    @property
    def labels(self) -> Ints:
        """The labels now, (n,); a view that cannot be written to."""
        view = self._labels.view()
        view.flags.writeable = False
        return view

    def update(self, rows: Ints, labels: Ints) -> tuple[Ints, Doubles]:
        """Give samples new labels and return who is touched by it, with their new scores.

        Exactly what `LabelErrorScore.scores` would give for everybody, asked only for the rows themselves and
        their neighbours. `UNLABELLED` takes a sample's say away.

        Notes
        -----
        O(rows k^2): no more for a million samples than for a thousand.
        """
        self._labels[rows] = labels
        touched = self.label_error_score.touched(rows)
        return touched, self.label_error_score.scores(self._labels, touched)

    def suggestions(self, rows: Ints, given: Ints) -> Ints:
        """Say which class each sample most likely has instead of its given label, as the others' labels stand now.

        Parameters
        ----------
        rows : int array (r,)
        given : int array (r,)
            `UNLABELLED`: any class may be suggested.
        """
        suggested: Ints = self.label_error_score.rivals(
            self.label_error_score.probabilities(self._labels, rows), given
        ).argmax(axis=1)
        return suggested
