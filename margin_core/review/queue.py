"""The order of a review: which sample is decided on next."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from margin_core.review.check_sampler import CheckSampler
from margin_core.review.decision import CODES, OPEN, Verdict
from margin_core.review.ranking import ABSENT, Ranking
from margin_core.tasks.label_flips.label_error_score import RANKED_ROLES
from margin_core.values import Doubles, Findings, Ints


class ReviewQueue:
    """Suspects by current score (ties by id), then the other findings in their own order, then skipped samples.

    Parameters
    ----------
    by_id : int array (n,)
        All rows in the order of their ids.
    is_suspect : bool array (n,)
        Findings with the role ``suspect``.
    finding_order : float array (n,)
        Larger = earlier among the findings; `ABSENT` for a row that is none.
    threshold : float
        From this score on a suspect is one.
    """

    def __init__(self, by_id: Ints, is_suspect: NDArray[np.bool_], finding_order: Doubles, threshold: float) -> None:
        self._is_suspect = is_suspect
        self._finding_order = finding_order
        self._threshold = threshold
        self._suspects, self._below, self._others, self._skipped = (Ranking(by_id) for _ in range(4))
        self.open_suspects: NDArray[np.bool_] = np.zeros(len(by_id), bool)

    @classmethod
    def from_findings(cls, findings: Findings, rows: Ints, by_id: Ints, threshold: float) -> ReviewQueue:
        """Return the queue of some findings, in which no row has its place yet.

        Parameters
        ----------
        findings : Findings
        rows : int array (f,)
            The row of each finding.
        by_id : int array (n,)
            All rows in the order of their ids.
        threshold : float
            From this score on a suspect is one.

        Returns
        -------
        ReviewQueue
        """
        is_suspect = np.zeros(len(by_id), bool)
        is_suspect[rows] = np.isin(findings.roles, RANKED_ROLES)  # a score that rises makes a suspect of either
        # Findings that are no suspects follow in the order in which the task gives them.
        finding_order = np.full(len(by_id), ABSENT)
        finding_order[rows] = -np.arange(len(rows), dtype=float)
        return cls(by_id, is_suspect, finding_order, threshold)

    def place(self, rows: Ints, codes: NDArray[np.int8], scores: Doubles) -> None:
        """Update the places of rows in the queue, or remove them from it.

        Parameters
        ----------
        rows : int array (r,)
            Samples whose decision or score has changed.
        codes : int8 array (r,)
            What was decided on them, as `CODES` numbers it.
        scores : float array (r,)
            Larger = more suspect.
        """
        undecided = codes == OPEN
        skipped = codes == CODES[Verdict.SKIP]
        suspect = self._is_suspect[rows]
        over = scores >= self._threshold
        self._suspects.update(rows, np.where(undecided & suspect & over, scores, ABSENT))
        self._below.update(rows, np.where(undecided & suspect & ~over, scores, ABSENT))
        self._others.update(rows, np.where(undecided & ~suspect, self._finding_order[rows], ABSENT))
        self._skipped.update(rows, np.where(skipped, scores, ABSENT))
        self.open_suspects[rows] = undecided & suspect & over

    def upcoming(self, limit: int, *, among: Ints | None, skip: Collection[int], beyond: bool) -> Ints:
        """Return the rows to decide on next, first one first.

        Parameters
        ----------
        limit : int
        among : int array or None
            Only these rows.
        skip : collection of int
            Rows to leave out.
        beyond : bool
            Go on with the samples that are not suspect, before those that were skipped.

        Returns
        -------
        int array (r,)
            At most `limit`.
        """
        between = (self._below, self._others) if beyond else ()
        wanted = limit + len(skip)
        rows: list[int] = []
        for ranking in (self._suspects, *between, self._skipped):
            left = wanted - len(rows)
            rows += (ranking.first(left) if among is None else ranking.first_among(among, left)).tolist()
        held = set(skip)
        return np.array([row for row in rows if row not in held][:limit], np.int64)

    def upcoming_with_checks(
        self, limit: int, sampler: CheckSampler, codes: NDArray[np.int8], *, skip: Collection[int], checks: bool
    ) -> tuple[Ints, NDArray[np.bool_]]:
        """Return the rows to decide on next, random checks at their places.

        Parameters
        ----------
        limit : int
        sampler : CheckSampler
        codes : int8 array (n,)
            What was decided on every row.
        skip : collection of int
            Rows to leave out.
        checks : bool
            Go on with random checks after the last suspect.

        Returns
        -------
        rows : int array (r,)
            At most `limit`.
        sampled : bool array (r,)
            Which of them are random checks.
        """
        wanted = limit + len(skip)
        undecided = codes == OPEN
        position = int(np.count_nonzero(codes))
        rows, sampled = sampler.mix(self._suspects.first(wanted), undecided, position=position, limit=wanted)
        if checks:
            more = sampler.sample(undecided, wanted - len(rows), without=rows)
            rows, sampled = np.concatenate([rows, more]), np.concatenate([sampled, np.ones(len(more), bool)])
        again = self._skipped.first(wanted - len(rows))
        rows, sampled = np.concatenate([rows, again]), np.concatenate([sampled, np.zeros(len(again), bool)])
        fresh = ~np.isin(rows, list(skip))
        return rows[fresh][:limit], sampled[fresh][:limit]
