"""The scores of a review by row, which follow its labels."""

from __future__ import annotations

import numpy as np

from margin_core.review.rescorer import Rescorer
from margin_core.values import UNLABELED, Doubles, Findings, Ints


class ReviewScores:
    """Scores and suggestions by row, and the models that bring them up to date.

    Parameters
    ----------
    values : float array (n,)
        Scores, larger = more suspect; changed in place.
    suggested : int array (n,)
        The most likely class of each sample other than its given label; `UNLABELED` for none. Changed in place.
    rescorer : Rescorer or None
        Without one, both stay as they are.
    """

    def __init__(self, values: Doubles, suggested: Ints, rescorer: Rescorer | None) -> None:
        self.values = values
        self.suggested = suggested
        self._rescorer = rescorer

    @classmethod
    def from_findings(cls, findings: Findings, rows: Ints, n: int, rescorer: Rescorer | None) -> ReviewScores:
        """Return the scores and suggestions of findings by row.

        Parameters
        ----------
        findings : Findings
            Evidence ``suggested`` (class numbers), if there is any, gives the suggestions.
        rows : int array (f,)
            The row of each finding.
        n : int
            Samples of the study.
        rescorer : Rescorer or None

        Returns
        -------
        ReviewScores
            Score 0 for a row without a finding, or whose score is NaN.
        """
        values, suggested = np.zeros(n), np.full(n, UNLABELED, np.int64)
        values[rows] = np.nan_to_num(findings.scores)
        if "suggested" in findings.evidence:
            suggested[rows] = findings.evidence["suggested"]
        return cls(values, suggested, rescorer)

    def update(self, rows: Ints, votes: Ints, given: Ints) -> Ints:
        """Update scores and suggestions to labels that have changed.

        Parameters
        ----------
        rows : int array (r,)
            Each once.
        votes : int array (r,)
            The labels with which they vote from now on; `UNLABELED` for an excluded sample.
        given : int array (n,)
            The labels of all samples as given.

        Returns
        -------
        int array
            The rows whose score may have changed.
        """
        if self._rescorer is None or not len(rows):
            return np.empty(0, np.int64)
        changed, values = self._rescorer.update(rows, votes)
        self.values[changed] = values
        self.suggested[changed] = self._rescorer.suggestions(changed, given[changed])
        return changed

    def catch_up(self, before: Ints, after: Ints, given: Ints) -> None:
        """Update scores and suggestions from the labels they stand at to others.

        Parameters
        ----------
        before, after, given : int array (n,)
            Votes of all samples, and their labels as given.
        """
        rows = np.flatnonzero(after != before)
        self.update(rows, after[rows], given)

    def sort(self, rows: Ints, ids: np.ndarray) -> Ints:
        """Sort rows by score.

        Parameters
        ----------
        rows : int array (r,)
            Samples of the study; each once.
        ids : array of str (n,)
            Of all samples.

        Returns
        -------
        int array (r,)
            Most suspect first, ties by id.
        """
        return rows[np.lexsort((ids[rows], -self.values[rows]))]
