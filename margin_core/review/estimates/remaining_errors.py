"""When to stop: what a random sample of the unflagged, mixed into the queue, says of the errors that are left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ParameterError
from margin_core.review.estimates.reviews import RIGHT, UNKNOWN, WRONG, Reviews
from margin_core.values import UNLABELLED, Doubles, Ints, Texts

CONFIDENCE = 0.95
SUPPORT = 400
"""Numbers of errors that the bound is played against, evenly spread by size."""

MARKED = 64
"""After so many random samples the game is marked, so that a changed answer need not start it again."""


@dataclass(frozen=True)
class RandomChecks:
    """Which places of the queue show a random sample, and which one.

    Attributes
    ----------
    key : str
        Fingerprint of the study; with the same key the same samples are drawn.
    every : int
        In each run of so many places one is random.
    """

    key: str
    every: int = 10

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ParameterError(
                f"RandomChecks.every must be at least 1; got {self.every}. With 10, one in ten is random."
            )

    def at_random(self, position: int) -> bool:
        """Say whether place `position` of the queue, counted from 0, shows a random sample.

        Which place of each run it is changes from run to run, so that nobody can foresee it.
        """
        run, place = divmod(position, self.every)
        return place == self._number("place", run) % self.every

    def order(self, ids: Texts) -> Ints:
        """Give all rows in the order in which they are drawn, (n,); renaming rows draws the same samples.

        Notes
        -----
        O(n log n); do it once a study.
        """
        return self.shuffled(np.argsort(ids, kind="stable"))

    def shuffled(self, by_id: Ints) -> Ints:
        """Give the same for rows (n,) that are in the order of their ids already; O(n)."""
        shuffled: Ints = by_id[np.random.default_rng(self._number("order", 0)).permutation(len(by_id))]
        return shuffled

    def _number(self, what: str, number: int) -> int:
        text = f"{self.key}:{what}:{number}".encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


@dataclass(frozen=True)
class RemainingErrors:
    """How many errors are left, at most.

    Attributes
    ----------
    found : int
        Labels that reviews say are wrong.
    least, most : int
        At least, at most so many wrong labels are left among those that are not settled; each holds with 95 %
        confidence by itself, at every look, however often one looks.
    drawn : int
        Random samples that this rests on.
    """

    found: int
    least: int
    most: int
    drawn: int


def bound_remaining_errors(
    given: Ints, unflagged: NDArray[np.bool_], reviews: Reviews, *, confidence: float = CONFIDENCE
) -> RemainingErrors:
    r"""Bound the number of wrong labels left, from random samples of the unflagged alone.

    Let T be the number of wrong labels among the unflagged. Before the j-th random draw, :math:`f_j` of them were found
    and :math:`n_j` unflagged samples not yet shown; whatever the queue did before, the draw is an error with
    probability :math:`p_j(T) = (T - f_j) / n_j`. A gambler spreads one unit of capital :math:`\rho` over the numbers
    below T and lets it grow by the likelihood ratios:

    .. math:: E_j(T) = \sum_{S < T} \rho(S \mid S < T)
              \prod_{i \le j} \frac{p_i(S)^{e_i} (1 - p_i(S))^{1 - e_i}}{p_i(T)^{e_i} (1 - p_i(T))^{1 - e_i}}

    If T is the truth the game is fair, so his capital ever reaches 20 with probability 5 % at most (Ville). The bound
    is the largest T at which it stands below 20. It holds at all looks together and for a queue that changes with
    every answer, and is a tenth (no error drawn) to a third wider than Clopper and Pearson's (`hypergeometric_bound`),
    which holds for one look decided on beforehand and fails three times as often when looked at again and again.
    :math:`\rho` is spread evenly over the size (logarithm) of T; any choice is valid. Flagged samples that nobody has
    looked at may all be wrong, and count so. The lower bound is the same for the right labels.

    Parameters
    ----------
    given : int array (n,)
        The labels as given.
    unflagged : bool array (n,)
        Samples that were no suspects before the first review; random samples are drawn from these. Settled once:
        suspects of another model or of corrected labels are another study.
    reviews : Reviews
        In the order in which they were first shown; the draws in the order of `RandomChecks.order`. A label of which a
        review says nothing is taken for wrong in `most`, for right in `least`.
    confidence : float in (0, 1)

    Returns
    -------
    Remaining
        0 to all that is open while nothing was drawn.

    Raises
    ------
    ParameterError
        The confidence is not between 0 and 1.

    Notes
    -----
    O(n + 400 × draws). `RemainingErrorsTracker` follows a log that grows.

    References
    ----------
    Waudby-Smith and Ramdas: Confidence sequences for sampling without replacement. NeurIPS 2020.
    """
    tally = RemainingErrorsTracker(given, unflagged, confidence=confidence)
    for row, says, drawn in zip(reviews.rows.tolist(), reviews.says.tolist(), reviews.drawn.tolist(), strict=True):
        tally.update(row, says, drawn)
    return tally.remaining()


class RemainingErrorsTracker:
    """`bound_remaining_errors` of a log that grows: brought up to date by what is new, not computed again.

    Parameters
    ----------
    given, unflagged, confidence
        As for `bound_remaining_errors`.

    Raises
    ------
    ParameterError
        The confidence is not between 0 and 1.

    Notes
    -----
    O(n) once; then O(400) a random sample, nothing for another, and O(400 + draws) to read. An answer that changes
    costs the random samples since, and at most 64 more.
    """

    def __init__(self, given: Ints, unflagged: NDArray[np.bool_], *, confidence: float = CONFIDENCE) -> None:
        _check(confidence)
        self._labelled = given != UNLABELLED
        self._unflagged = unflagged
        population = int((self._labelled & unflagged).sum())
        self._unseen_suspects = int(self._labelled.sum()) - population
        self._says: dict[int, int] = {}
        self._place: dict[int, int] = {}
        self._inside: list[tuple[int, bool]] = []
        self._found = self._unknown = self._drawn = 0
        self._population = population
        self._if_wrong, self._if_right = _Game(population, confidence), _Game(population, confidence)

    def update(self, row: int, says: int, drawn: bool) -> None:
        """Take in what a review says of a row: one shown for the first time, or one whose answer has changed.

        Parameters
        ----------
        row : int
        says : int
            `RIGHT`, `WRONG` or `UNKNOWN`. A row without a label is passed over.
        drawn : bool
            Whether it was drawn at random; for one that was shown before, what was said then holds.
        """
        before = self._says.get(row)
        if before == says or not self._labelled[row]:
            return
        self._found += (says == WRONG) - (before == WRONG)
        self._unknown += (says == UNKNOWN) - (before == UNKNOWN)
        self._says[row] = says
        if before is None and not self._unflagged[row]:
            self._unseen_suspects -= 1
        elif before is None:
            self._place[row] = len(self._inside)
            self._inside.append((says, drawn))
            self._drawn += drawn
        elif row in self._place:
            place = self._place[row]
            self._inside[place] = (says, self._inside[place][1])
            for game in (self._if_wrong, self._if_right):
                game.go_back(place)

    def remaining(self) -> RemainingErrors:
        """Bound the number of wrong labels left, as `bound_remaining_errors` does for the same answers."""
        self._catch_up()
        least = self._population - len(self._inside) - self._if_right.most()
        return RemainingErrors(
            found=self._found,
            least=max(least, 0),
            most=self._if_wrong.most() + self._unseen_suspects + self._unknown,
            drawn=self._drawn,
        )

    def checks_until(self, most: int) -> int | None:
        """Count how many more random samples, all of them right, bring the bound down to a number.

        Parameters
        ----------
        most : int
            At most so many wrong labels are to be left.

        Returns
        -------
        int or None
            0 when that is so already; None when suspects nobody has looked at and skipped samples alone are more.

        Notes
        -----
        O((400 + draws) log n).
        """
        self._catch_up()
        allowed = most - self._unseen_suspects - self._unknown
        if allowed < 0:
            return None
        few, many = 0, self._population - len(self._inside)
        while few < many:
            middle = (few + many) // 2
            if self._if_wrong.exceeds(allowed, clean=middle):
                few = middle + 1
            else:
                many = middle
        return few

    def _catch_up(self) -> None:
        for says, drawn in self._inside[self._if_wrong.shown :]:
            self._if_wrong.show(says != RIGHT, drawn)
        for says, drawn in self._inside[self._if_right.shown :]:
            self._if_right.show(says != WRONG, drawn)


def hypergeometric_bound(population: int, drawn: int, wrong: int, *, confidence: float = CONFIDENCE) -> int:
    r"""Bound the number of errors in a finite population from one random sample, for one look.

    The largest T with :math:`P(X \le \text{wrong}) > 1 - \text{confidence}`, X hypergeometric: Clopper
    and Pearson's bound for a finite population, never wider than the binomial one.

    Parameters
    ----------
    population : int
        Samples drawn from, those drawn included.
    drawn, wrong : int
        Sample size, settled before any answer was seen, and errors in it.
    confidence : float in (0, 1)

    Returns
    -------
    int
        Of the whole population; those in the sample are in it.

    Raises
    ------
    ParameterError
        Not 0 <= wrong <= drawn <= population, or a confidence outside (0, 1).
    """
    from scipy.stats import hypergeom  # slow to import, and a study is opened without it

    _check(confidence)
    if not 0 <= wrong <= drawn <= population:
        raise ParameterError(
            f"hypergeometric_bound needs 0 <= wrong <= drawn <= population; got wrong {wrong}, drawn {drawn}, "
            f"population {population}."
        )
    low, high = wrong, population - (drawn - wrong)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeom.cdf(wrong, population, middle, drawn) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


def _check(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ParameterError(f"The confidence must be between 0 and 1; got {confidence!r}. For 95 % give 0.95.")


@dataclass(frozen=True, eq=False)
class _Mark:
    """Where a game stood."""

    shown: int
    found: int
    draws: int
    logs: Doubles


class _Game:
    """The gambler's game against every number of errors in a population, one shown sample after another."""

    def __init__(self, population: int, confidence: float) -> None:
        self._population = population
        self._support = np.unique(np.round(np.geomspace(1, population + 1, SUPPORT)).astype(np.int64)) - 1
        # Even in size: each number of the support stands for the stretch of log(1 + T) up to the next.
        self._stakes = np.log(np.diff(np.log1p(np.append(self._support, population + 1))))
        self._staked = np.logaddexp.accumulate(self._stakes)
        self._limit = -np.log1p(-confidence)
        # Looked at whatever comes: the numbers staked on, and the first after each.
        self._totals = np.concatenate([self._support, self._support + 1])
        # Log likelihood of each of them, before numbers that cannot be are left out.
        self._logs = np.zeros(len(self._totals))
        self.shown = self._found = 0
        # Of each random sample: how many were not shown yet, how many errors were found, and whether it is one.
        self._draws: list[tuple[int, int, bool]] = []
        self._table: Ints | None = None
        self._marks = [_Mark(0, 0, 0, self._logs.copy())]

    def show(self, is_wrong: bool, is_drawn: bool) -> None:
        """Take in the sample shown next."""
        if is_drawn:
            draw = (self._population - self.shown, self._found, is_wrong)
            self._logs += _log_chance(self._totals, *draw)
            self._draws.append(draw)
            self._table = None
        self.shown += 1
        self._found += is_wrong
        if is_drawn and len(self._draws) % MARKED == 0:
            self._marks.append(_Mark(self.shown, self._found, len(self._draws), self._logs.copy()))

    def go_back(self, place: int) -> None:
        """Forget the samples shown from a place on, and those since the last mark before it."""
        if place >= self.shown:
            return
        while self._marks[-1].shown > place:
            self._marks.pop()
        mark = self._marks[-1]
        self.shown, self._found, self._logs = mark.shown, mark.found, mark.logs.copy()
        del self._draws[mark.draws :]
        self._table = None

    def most(self) -> int:
        """Bound the errors among what was not shown."""
        stands, stretches = self._ruling(0)
        if not len(stretches):
            return 0
        last = int(stretches[-1])
        low = int(self._support[last]) + 1
        high = int(self._support[last + 1]) if last + 1 < len(self._support) else self._population
        while low < high:
            middle = (low + high + 1) // 2
            if stands(middle):
                low = middle
            else:
                high = middle - 1
        return low - self._found

    def exceeds(self, allowed: int, clean: int) -> bool:
        """Say whether the bound were above a number, were so many random samples more drawn and none an error."""
        stands, stretches = self._ruling(clean)
        least = self._found + allowed + 1
        return stands(least) or bool(len(stretches) and self._support[stretches[-1]] >= least)

    def _ruling(self, clean: int) -> tuple[Callable[[int], bool], Ints]:
        """Tell which numbers the gambler has not ruled out, after so many clean samples more: by number, by stretch."""
        unseen = self._population - self.shown
        largest = self._found + unseen - clean
        if self._table is None:
            self._table = np.array(self._draws, np.int64).reshape(-1, 3)
        pools, founds, hits = self._table[:, 0], self._table[:, 1], self._table[:, 2] > 0

        def possible(totals: Ints, logs: Doubles) -> Doubles:
            """Add what clean samples would say; minus infinity where a number cannot be."""
            fits = (totals >= self._found) & (totals <= largest)
            left = np.where(fits, totals - self._found, 0)
            more = _log_falling(unseen - left, clean) - _log_falling(np.array(unseen), clean) if clean else 0.0
            found: Doubles = np.where(fits, logs + more, -np.inf)
            return found

        everywhere = possible(self._totals, self._logs)
        own, after = everywhere[: len(self._support)], everywhere[len(self._support) :]
        pot = np.logaddexp.accumulate(self._stakes + own) - self._staked

        def stands(total: int) -> bool:
            totals = np.array([total])
            likelihood = float(possible(totals, _log_chance(totals[:, None], pools, founds, hits).sum(axis=1))[0])
            below = int(np.searchsorted(self._support, total)) - 1
            return likelihood > -np.inf and (below < 0 or float(pot[below]) - likelihood < self._limit)

        # Between two numbers of the support the pot is the same and the likelihood falls, beyond its peak: the first
        # number after each tells whether any in the stretch stands.
        with np.errstate(invalid="ignore"):
            return stands, np.flatnonzero((after > -np.inf) & (pot - after < self._limit))


def _log_chance(totals: Ints, pool: Ints | int, found: Ints | int, is_wrong: NDArray[np.bool_] | bool) -> Doubles:
    """Give the log chance that a random sample of a pool is an error, or none, for each total of errors."""
    left = totals - found
    with np.errstate(divide="ignore"):
        logs: Doubles = np.log(np.maximum(np.where(is_wrong, left, pool - left), 0) / pool)
    return logs


def _log_falling(size: Ints, steps: int) -> Doubles:
    """Give the logarithm of ``size * (size - 1) * ...``, so many factors, none of them 0."""
    from scipy.special import gammaln  # slow to import, and a study is opened without it

    logs: Doubles = gammaln(size + 1.0) - gammaln(size - steps + 1.0)
    return logs
