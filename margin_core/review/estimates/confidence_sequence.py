"""A confidence sequence for the number of errors in a finite population, sampled without replacement.

It holds at every look, however often one looks: a betting martingale against every possible number of errors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Doubles, Ints

N_SUPPORT = 400
"""Numbers of errors that the stake is spread over, evenly by size."""

CHECKPOINT_EVERY = 64
"""Random samples between checkpoints, from which it is computed again when an earlier answer changes."""


@dataclass(frozen=True, eq=False)
class _Checkpoint:
    """The state after some samples."""

    n_shown: int
    found: int
    n_draws: int
    log_likelihoods: Doubles


class ConfidenceSequence:
    """An upper confidence bound of the errors in a population, updated sample by sample.

    Parameters
    ----------
    population : int
        Samples in all.
    confidence : float in (0, 1)

    Notes
    -----
    See `margin_core.review.estimates.bound_remaining_errors` for the formula. A random sample costs O(`N_SUPPORT`), a
    bound O(`N_SUPPORT` + random samples).
    """

    def __init__(self, population: int, confidence: float) -> None:
        self._population = population
        self._support = np.unique(np.round(np.geomspace(1, population + 1, N_SUPPORT)).astype(np.int64)) - 1
        # Even in size: each number of the support stands for the stretch of log(1 + T) up to the next.
        self._log_stakes = np.log(np.diff(np.log1p(np.append(self._support, population + 1))))
        self._log_staked = np.logaddexp.accumulate(self._log_stakes)
        self._log_limit = -np.log1p(-confidence)
        # Followed whatever comes: the numbers staked on, and the first after each.
        self._totals = np.concatenate([self._support, self._support + 1])
        # Log likelihood of each of them, before impossible numbers are left out.
        self._log_likelihoods = np.zeros(len(self._totals))
        self.n_shown = self._found = 0
        # Of each random sample: how many were not shown yet, how many errors were found, and whether it is one.
        self._draws: list[tuple[int, int, bool]] = []
        self._table: Ints | None = None
        self._checkpoints = [_Checkpoint(0, 0, 0, self._log_likelihoods.copy())]

    def observe(self, is_error: bool, is_random: bool) -> None:
        """Update the sequence by the sample that was shown next.

        Parameters
        ----------
        is_error : bool
        is_random : bool
            Whether it was sampled at random from those not shown yet; others only leave the population.
        """
        if is_random:
            draw = (self._population - self.n_shown, self._found, is_error)
            self._log_likelihoods += _log_probability(self._totals, *draw)
            self._draws.append(draw)
            self._table = None
        self.n_shown += 1
        self._found += is_error
        if is_random and len(self._draws) % CHECKPOINT_EVERY == 0:
            self._checkpoints.append(
                _Checkpoint(self.n_shown, self._found, len(self._draws), self._log_likelihoods.copy())
            )

    def rewind(self, place: int) -> None:
        """Forget the samples shown from a place on, and those since the last checkpoint before it.

        Parameters
        ----------
        place : int
            Counted from 0; `n_shown` says from where to observe again.
        """
        if place >= self.n_shown:
            return
        while self._checkpoints[-1].n_shown > place:
            self._checkpoints.pop()
        last = self._checkpoints[-1]
        self.n_shown, self._found, self._log_likelihoods = last.n_shown, last.found, last.log_likelihoods.copy()
        del self._draws[last.n_draws :]
        self._table = None

    def upper_bound(self) -> int:
        """Compute the upper bound of the errors among the samples that were not shown.

        Returns
        -------
        int
        """
        is_plausible, stretches = self._not_rejected(0)
        if not len(stretches):
            return 0
        last = int(stretches[-1])
        low = int(self._support[last]) + 1
        high = int(self._support[last + 1]) if last + 1 < len(self._support) else self._population
        while low < high:
            middle = (low + high + 1) // 2
            if is_plausible(middle):
                low = middle
            else:
                high = middle - 1
        return low - self._found

    def exceeds(self, allowed: int, n_clean: int) -> bool:
        """Return whether the bound would be above a number after further random samples without an error.

        Parameters
        ----------
        allowed : int
        n_clean : int
            Further random samples.

        Returns
        -------
        bool
        """
        is_plausible, stretches = self._not_rejected(n_clean)
        least = self._found + allowed + 1
        return is_plausible(least) or bool(len(stretches) and self._support[stretches[-1]] >= least)

    def _not_rejected(self, n_clean: int) -> tuple[Callable[[int], bool], Ints]:
        """Return which totals are not rejected after so many clean samples more: by number, by stretch."""
        unseen = self._population - self.n_shown
        largest = self._found + unseen - n_clean
        if self._table is None:
            self._table = np.array(self._draws, np.int64).reshape(-1, 3)
        pools, founds, hits = self._table[:, 0], self._table[:, 1], self._table[:, 2] > 0

        def with_clean(totals: Ints, logs: Doubles) -> Doubles:
            """Add the log likelihood of the clean samples; minus infinity where a total is impossible."""
            fits = (totals >= self._found) & (totals <= largest)
            left = np.where(fits, totals - self._found, 0)
            more = _log_falling(unseen - left, n_clean) - _log_falling(np.array(unseen), n_clean) if n_clean else 0.0
            likelihoods: Doubles = np.where(fits, logs + more, -np.inf)
            return likelihoods

        everywhere = with_clean(self._totals, self._log_likelihoods)
        own, after = everywhere[: len(self._support)], everywhere[len(self._support) :]
        log_capital = np.logaddexp.accumulate(self._log_stakes + own) - self._log_staked

        def is_plausible(total: int) -> bool:
            totals = np.array([total])
            likelihoods = _log_probability(totals[:, None], pools, founds, hits).sum(axis=1)
            likelihood = float(with_clean(totals, likelihoods)[0])
            below = int(np.searchsorted(self._support, total)) - 1
            return likelihood > -np.inf and (below < 0 or float(log_capital[below]) - likelihood < self._log_limit)

        # Between two numbers of the support the capital is the same and the likelihood falls, beyond its peak: the
        # first number after each tells whether any in the stretch is plausible.
        with np.errstate(invalid="ignore"):
            return is_plausible, np.flatnonzero((after > -np.inf) & (log_capital - after < self._log_limit))


def _log_probability(totals: Ints, pool: Ints | int, found: Ints | int, is_error: NDArray[np.bool_] | bool) -> Doubles:
    """Compute the log probability that a random sample of a pool is an error, or none, for each total of errors."""
    left = totals - found
    with np.errstate(divide="ignore"):
        logs: Doubles = np.log(np.maximum(np.where(is_error, left, pool - left), 0) / pool)
    return logs


def _log_falling(size: Ints, steps: int) -> Doubles:
    """Compute the logarithm of ``size * (size - 1) * ...``, so many factors, none of them 0."""
    from scipy.special import gammaln  # slow to import, and a study is opened without it

    logs: Doubles = gammaln(size + 1.0) - gammaln(size - steps + 1.0)
    return logs
