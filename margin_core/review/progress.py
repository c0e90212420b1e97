"""How far a review is."""

from __future__ import annotations

from dataclasses import dataclass

from margin_core.review.decision import CODES, Verdict
from margin_core.values import Ints


@dataclass(frozen=True)
class ReviewProgress:
    """Counts of decided and open samples.

    Parameters
    ----------
    open : int
        Suspects that nobody has decided on or skipped.
    decided : int
        Samples that are relabeled, kept or excluded, whether they were suspects or not.
    relabeled, kept, excluded, skipped : int
        Samples by the decision that holds. Who skips a sample puts the decision off.
    total : int
        All samples.
    """

    open: int
    decided: int
    relabeled: int
    kept: int
    excluded: int
    skipped: int
    total: int

    @classmethod
    def of(cls, counts: Ints, n_open_suspects: int, total: int) -> ReviewProgress:
        """Return the progress of counted codes.

        Parameters
        ----------
        counts : int array (codes,)
            Rows by code, as `CODES` numbers them.
        n_open_suspects : int
            Suspects that nobody has decided on.
        total : int
            All samples.

        Returns
        -------
        ReviewProgress
        """
        by = {verdict: int(counts[code]) for verdict, code in CODES.items()}
        return cls(
            open=n_open_suspects,
            decided=sum(by.values()) - by[Verdict.SKIP],
            relabeled=by[Verdict.RELABEL],
            kept=by[Verdict.KEEP],
            excluded=by[Verdict.EXCLUDE],
            skipped=by[Verdict.SKIP],
            total=total,
        )
