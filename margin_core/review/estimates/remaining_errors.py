"""When to stop: bounds on the label errors that are left, from random checks alone."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ParameterError
from margin_core.review.estimates.confidence_sequence import ConfidenceSequence
from margin_core.review.estimates.reviews import RIGHT, UNKNOWN, WRONG, Reviews
from margin_core.values import UNLABELED, Ints

CONFIDENCE = 0.95


INFORMATIVE_SHARE = 0.2
"""From this share of all labels down an upper bound is worth stating."""


@dataclass(frozen=True)
class RemainingErrors:
    """Bounds on the wrong labels that are left.

    Parameters
    ----------
    found : int
        Labels that reviews found wrong.
    lower, upper : int
        At least, at most so many wrong labels are left among those without an answer; each bound holds with 95 %
        confidence by itself, at every look, however often one looks.
    n_sampled : int
        Random checks that they rest on.
    """

    found: int
    lower: int
    upper: int
    n_sampled: int

    def is_informative(self, labeled: int) -> bool:
        """Return whether the upper bound says more than that little was checked.

        Parameters
        ----------
        labeled : int
            Labels in all.

        Returns
        -------
        bool
            Whether it is at most `INFORMATIVE_SHARE` of them.
        """
        return self.upper <= INFORMATIVE_SHARE * labeled


def bound_remaining_errors(
    given: Ints, unflagged: NDArray[np.bool_], reviews: Reviews, *, confidence: float = CONFIDENCE
) -> RemainingErrors:
    r"""Compute bounds on the number of wrong labels left, from random samples of the unflagged alone.

    Let T be the number of wrong labels among the unflagged. Before the j-th random draw, :math:`f_j` of them were found
    and :math:`n_j` unflagged samples not yet shown; whatever the queue did before, the draw is an error with
    probability :math:`p_j(T) = (T - f_j) / n_j`. Spread one unit of capital :math:`\rho` over the numbers below T and
    let it grow by the likelihood ratios:

    .. math:: E_j(T) = \sum_{S < T} \rho(S \mid S < T)
              \prod_{i \le j} \frac{p_i(S)^{e_i} (1 - p_i(S))^{1 - e_i}}{p_i(T)^{e_i} (1 - p_i(T))^{1 - e_i}}

    If T is the truth, E is a nonnegative martingale, so it ever reaches 20 with probability 5 % at most (Ville). The
    bound is the largest T at which it stands below 20. It holds at all looks together and for a queue that changes with
    every answer, and is a tenth (no error found) to a third wider than Clopper and Pearson's (`hypergeometric_bound`),
    which holds for one look decided on beforehand and fails three times as often when looked at again and again.
    :math:`\rho` is spread evenly over the size (logarithm) of T; any choice is valid. Flagged samples that were not
    reviewed may all be wrong, and count so. The lower bound is the same for the right labels.

    Parameters
    ----------
    given : int array (n,)
        The labels as given.
    unflagged : bool array (n,)
        Samples that were no suspects before the first review; random checks are taken from these. It never changes:
        suspects of another model or of corrected labels are another study.
    reviews : Reviews
        In the order in which they were first shown; the draws in the order of `RandomChecks.order`. A label of which a
        review says nothing is taken for wrong in `upper`, for right in `lower`.
    confidence : float in (0, 1)

    Returns
    -------
    RemainingErrors
        0 to all that is open while nothing was checked.

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
    tracker = RemainingErrorsTracker(given, unflagged, confidence=confidence)
    parts = (reviews.rows, reviews.outcomes, reviews.sampled)
    for row, outcome, sampled in zip(*(part.tolist() for part in parts), strict=True):
        tracker.update(row, outcome, sampled)
    return tracker.remaining()


class RemainingErrorsTracker:
    """The bounds of `bound_remaining_errors` for a log that grows: updated by what is new, not computed again.

    Parameters
    ----------
    given : int array (n,)
        Class of each sample, as it was given; `UNLABELED` where it has none.
    unflagged : bool array (n,)
        Whether each sample is not among the suspects.
    confidence : float in (0, 1)
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
        _check_confidence(confidence)
        self._labeled = given != UNLABELED
        self._unflagged = unflagged
        population = int((self._labeled & unflagged).sum())
        self._unseen_suspects = int(self._labeled.sum()) - population
        self._outcomes: dict[int, int] = {}
        self._place: dict[int, int] = {}
        # Of the unflagged samples shown, in order: the outcome, and whether it was a random check.
        self._shown: list[tuple[int, bool]] = []
        self._found = self._unknown = self._n_sampled = 0
        self._population = population
        self._wrong_sequence = ConfidenceSequence(population, confidence)
        self._right_sequence = ConfidenceSequence(population, confidence)

    def update(self, row: int, outcome: int, sampled: bool) -> None:
        """Update the bounds by the review of a row: one shown for the first time, or one whose answer has changed.

        Parameters
        ----------
        row : int
        outcome : int
            `RIGHT`, `WRONG` or `UNKNOWN`. A row without a label is passed over.
        sampled : bool
            Whether it was a random check; for one that was shown before, what was said then holds.
        """
        before = self._outcomes.get(row)
        if before == outcome or not self._labeled[row]:
            return
        self._found += (outcome == WRONG) - (before == WRONG)
        self._unknown += (outcome == UNKNOWN) - (before == UNKNOWN)
        self._outcomes[row] = outcome
        if before is None and not self._unflagged[row]:
            self._unseen_suspects -= 1
        elif before is None:
            self._place[row] = len(self._shown)
            self._shown.append((outcome, sampled))
            self._n_sampled += sampled
        elif row in self._place:
            place = self._place[row]
            self._shown[place] = (outcome, self._shown[place][1])
            for sequence in (self._wrong_sequence, self._right_sequence):
                sequence.rewind(place)

    def remaining(self) -> RemainingErrors:
        """Compute the bounds, as `bound_remaining_errors` does for the same answers.

        Returns
        -------
        RemainingErrors
        """
        self._catch_up()
        lower = self._population - len(self._shown) - self._right_sequence.upper_bound()
        return RemainingErrors(
            found=self._found,
            lower=max(lower, 0),
            upper=self._wrong_sequence.upper_bound() + self._unseen_suspects + self._unknown,
            n_sampled=self._n_sampled,
        )

    def checks_needed(self, max_remaining: int) -> int | None:
        """Compute how many more random checks, all of them right, lower the upper bound to a number.

        Parameters
        ----------
        max_remaining : int
            At most so many wrong labels are to be left.

        Returns
        -------
        int or None
            0 when that is so already; None when suspects without a review and skipped samples alone are more.

        Notes
        -----
        O((400 + draws) log n).
        """
        self._catch_up()
        allowed = max_remaining - self._unseen_suspects - self._unknown
        if allowed < 0:
            return None
        few, many = 0, self._population - len(self._shown)
        while few < many:
            middle = (few + many) // 2
            if self._wrong_sequence.exceeds(allowed, n_clean=middle):
                few = middle + 1
            else:
                many = middle
        return few

    def _catch_up(self) -> None:
        for outcome, sampled in self._shown[self._wrong_sequence.n_shown :]:
            self._wrong_sequence.observe(outcome != RIGHT, sampled)
        for outcome, sampled in self._shown[self._right_sequence.n_shown :]:
            self._right_sequence.observe(outcome != WRONG, sampled)


def hypergeometric_bound(population: int, n_sampled: int, n_wrong: int, *, confidence: float = CONFIDENCE) -> int:
    r"""Compute an upper bound of the errors in a finite population from one random sample, for one look.

    The largest T with :math:`P(X \le \text{wrong}) > 1 - \text{confidence}`, X hypergeometric: Clopper
    and Pearson's bound for a finite population, never wider than the binomial one.

    Parameters
    ----------
    population : int
        Samples in all, those sampled included.
    n_sampled, n_wrong : int
        Sample size, decided before any answer was seen, and errors in it.
    confidence : float in (0, 1)

    Returns
    -------
    int
        Of the whole population; those in the sample are in it.

    Raises
    ------
    ParameterError
        Not 0 <= n_wrong <= n_sampled <= population, or a confidence outside (0, 1).
    """
    from scipy.stats import hypergeom  # slow to import, and a study is opened without it

    _check_confidence(confidence)
    if not 0 <= n_wrong <= n_sampled <= population:
        raise ParameterError(
            f"hypergeometric_bound needs 0 <= n_wrong <= n_sampled <= population; got n_wrong {n_wrong}, n_sampled "
            f"{n_sampled}, population {population}."
        )
    low, high = n_wrong, population - (n_sampled - n_wrong)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeom.cdf(n_wrong, population, middle, n_sampled) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


def _check_confidence(confidence: float) -> None:
    if isinstance(confidence, bool) or not isinstance(confidence, Real) or not 0 < confidence < 1:
        raise ParameterError(f"The confidence must be between 0 and 1; got {confidence!r}. For 95 % give 0.95.")
