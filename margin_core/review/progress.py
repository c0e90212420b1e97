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
    suspects : int
        Rows decided plus suspects still open: what `decided` is out of.
    decided, relabeled, kept, excluded, skipped : int
        Rows by the decision that holds; `decided` is the sum of the other four.
    total : int
        All samples.
    """

    suspects: int
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
        decided = sum(by.values())
        return cls(
            suspects=decided + n_open_suspects,
            decided=decided,
            relabeled=by[Verdict.RELABEL],
            kept=by[Verdict.KEEP],
            excluded=by[Verdict.EXCLUDE],
            skipped=by[Verdict.SKIP],
            total=total,
        )
