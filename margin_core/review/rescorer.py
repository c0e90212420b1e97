"""What a review session asks of the models behind a ranking."""

from __future__ import annotations

from typing import Protocol

from margin_core.values import Doubles, Ints


class Rescorer(Protocol):
    """Scores that follow changes of labels, without being computed all again."""

    def update(self, rows: Ints, labels: Ints) -> tuple[Ints, Doubles]:
        """Set samples to new labels and return the scores that change by it.

        Parameters
        ----------
        rows : int array (r,)
            Rows of the study, each once.
        labels : int array (r,)
            `UNLABELED` for a sample that is excluded: it no longer has a vote.

        Returns
        -------
        changed : int array (q,)
            Rows whose score may have changed, each once.
        scores : float array (q,)
            Their scores, exactly as if everything were computed again.
        """
        ...

    def suggestions(self, rows: Ints, given: Ints) -> Ints:
        """Return the most likely class of each sample other than its given label, as labels stand now.

        Parameters
        ----------
        rows : int array (r,)
            Samples of the study.
        given : int array (r,)
            `UNLABELED` for a sample without a label: then its most likely class.

        Returns
        -------
        int array (r,)
            Class numbers.
        """
        ...
