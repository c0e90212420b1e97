"""Scores that follow the corrections."""

from __future__ import annotations

import numpy as np

from margin_core.tasks.label_flips.label_error_score import LabelErrorScore
from margin_core.values import Doubles, Ints


class LiveLabelErrorScore:
    """The label error score under the labels as they stand now; the one mutable thing about a score.

    Parameters
    ----------
    label_error_score : LabelErrorScore
        Its models and pool stay as they were fitted; the neighbors' votes are always up to date.
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
        """Change labels, and compute the scores that change with them.

        Exactly what `LabelErrorScore.scores` would give for every sample, computed only for the rows themselves and
        those whose neighbors they are.

        Parameters
        ----------
        rows : int array (r,)
            Samples whose labels change; each once.
        labels : int array (r,)
            `UNLABELED` takes a sample's vote away.

        Returns
        -------
        affected : int array (a,)
            Ascending.
        scores : float array (a,)
            In [0, 1]; larger = more likely an error.

        Notes
        -----
        O(r k^2): no more for a million samples than for a thousand.
        """
        self._labels[rows] = labels
        affected = self.label_error_score.affected_by(rows)
        return affected, self.label_error_score.scores(self._labels, affected)

    def suggestions(self, rows: Ints, given: Ints) -> Ints:
        """Compute which class each sample most likely has instead of its given label, as the others' labels stand now.

        Parameters
        ----------
        rows : int array (r,)
            Samples of the study.
        given : int array (r,)
            `UNLABELED`: any class may be suggested.

        Returns
        -------
        int array (r,)
        """
        pooled = self.label_error_score.probabilities(self._labels, rows)
        return self.label_error_score.score_alternatives(pooled, given).argmax()
