"""Learning from reviews how far the chances are off, where the reviews were made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.review.estimates.error_probabilities import FURTHEST, LEAST, ErrorProbabilities
from margin_core.review.estimates.reviews import UNKNOWN, WRONG, Reviews
from margin_core.values import UNLABELLED, Doubles, Ints, freeze

KNOTS = np.linspace(-FURTHEST, FURTHEST, 17)
LEVELS = 240
"""Doubt is binned so finely, a tenth of a nat."""

DRAWS = 1000
"""Possible recalibrations that stand for the posterior."""

MEAN = -0.5
"""Where the channel errs it counts too many rather than too few: labels hard to tell are not wrong."""

SPREADS = (4.0, 2.0)
"""Standard deviation of the correction at low and at high doubt, in nats: wrong labels that nothing betrays."""

TURN, SOFTNESS = 3.0, 1.5
"""Doubt at which one spread gives way to the other, and how gently."""

LENGTH = 5.0
"""Nats of doubt over which a correction carries."""

COMMON = 0.3
"""Share of the correction's variance that all levels of doubt have in common."""

EVERY = 10
"""After so many reviews, and later after a tenth more, chances are learnt anew to be judged."""

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
"""For means over a normal correction."""

STEPS = 100
SETTLED = 1e-8


@dataclass(frozen=True, eq=False, kw_only=True)
class ErrorPosterior:
    """What is believed of every label after some reviews.

    Attributes
    ----------
    prior : ErrorProbabilities
    reviews : Reviews
    level : int array (n,)
        The bin of doubt of each sample.
    possible : float array (draws, levels)
        Possible chances of an error at each level of doubt, as likely one as another.
    """

    prior: ErrorProbabilities
    reviews: Reviews
    level: Ints
    possible: Doubles

    def __post_init__(self) -> None:
        freeze(self, "level", "possible")

    @property
    def expected(self) -> Doubles:
        """Chance of an error of each sample, its own review left aside; 0 for an unlabelled one, (n,)."""
        found: Doubles = np.where(self.prior.given == UNLABELLED, 0.0, self.possible.mean(axis=0)[self.level])
        return found

    @property
    def p_error(self) -> Doubles:
        """Chance that each given label is wrong, in [0, 1]; 1 or 0 where a review has settled it, (n,)."""
        found = self.expected
        known = self.reviews.says != UNKNOWN
        found[self.reviews.rows[known]] = self.reviews.says[known] == WRONG
        return found

    @property
    def open(self) -> Ints:
        """Labelled rows of which no review says whether they are wrong."""
        unsettled = self.prior.given != UNLABELLED
        unsettled[self.reviews.known] = False
        return np.flatnonzero(unsettled)


def fit_error_posterior(chances: ErrorProbabilities, reviews: Reviews | None = None) -> ErrorPosterior:
    r"""Correct the chances by what reviews found.

    .. math:: \operatorname{logit} p'_i = \operatorname{logit} p_i + g(t_i), \qquad
              g \sim \mathrm{GP}\bigl(-0.5,\; a(t) a(t') (0.3 + 0.7\, e^{-(t - t')^2 / 50})\bigr)

    with t the doubt. a falls from 4 nats at low doubt to 2 at high doubt: that labels are wrong where nothing betrays
    it is known only when somebody looks. g is kept at 17 knots, linear between them; its posterior is found by
    Laplace's approximation and carried on as 1000 draws. Reviews change the chances at the doubts where they were
    made; elsewhere the spread stays what it was.

    Parameters
    ----------
    prior : ErrorProbabilities
    reviews : Reviews, optional
        Their order and how they came about play no part; default none.

    Returns
    -------
    ErrorPosterior

    Notes
    -----
    O(n), and some 10 ms for the draws. The chances are those before reviews, so that reviews enter once.
    """
    reviews = Reviews.none() if reviews is None else reviews
    start = _start(chances)
    mode, precision = _posterior(start, reviews)
    random = np.random.default_rng(0).standard_normal((len(KNOTS), DRAWS))
    # precision = L L', so L'^-1 z has the covariance of the posterior.
    drawn = mode[:, None] + np.linalg.solve(np.linalg.cholesky(precision).T, random)
    possible = expit(start.base + (start.reach @ drawn).T)
    return ErrorPosterior(prior=chances, reviews=reviews, level=start.level, possible=possible)


def prequential_probabilities(chances: ErrorProbabilities, reviews: Reviews) -> Doubles:
    r"""Give the chance of an error that was stated of each reviewed label before its review.

    The chances are corrected by the reviews before it and by no other, as `fit_error_posterior` does: what they say of
    a label was said without its answer, so `reliability` and `brier_score` judge them fairly.

    Parameters
    ----------
    prior : ErrorProbabilities
        As stated before any review.
    reviews : Reviews
        In the order in which they were made.

    Returns
    -------
    float array (r,) in (0, 1)
        One for each review. They are learnt anew after every tenth review, later after a tenth more.

    Notes
    -----
    O(n), and some 2 ms for each time they are learnt: 17 times for 200 reviews, 34 for 1,000.
    """
    start = _start(chances)
    stated = np.empty(len(reviews))
    first = 0
    while first < len(reviews):
        last = min(first + max(EVERY, first // EVERY), len(reviews))
        mode, precision = _posterior(start, reviews.first(first))
        height = start.base + start.reach @ mode
        spread = np.sqrt((np.linalg.solve(np.linalg.cholesky(precision), start.reach.T) ** 2).sum(axis=0))
        mean = expit(height + spread * NODES[:, None]).T @ WEIGHTS
        stated[first:last] = mean[start.level[reviews.rows[first:last]]]
        first = last
    return stated


@dataclass(frozen=True, eq=False)
class _Start:
    """What is the same whatever reviews say: each sample's level, each level's log odds and its share in the knots."""

    level: Ints
    base: Doubles
    reach: Doubles


def _start(chances: ErrorProbabilities) -> _Start:
    level = levels(chances.doubt)
    labelled = chances.given != UNLABELLED
    centres = np.linspace(-FURTHEST, FURTHEST, LEVELS, endpoint=False) + FURTHEST / LEVELS
    counts = np.bincount(level[labelled], minlength=LEVELS)
    sums = np.bincount(level[labelled], weights=chances.p_error[labelled], minlength=LEVELS)
    # A level without samples is asked for nothing; any chance will do.
    base = logit(np.clip(sums / np.maximum(counts, 1), LEAST, 1 - LEAST)) + MEAN
    return _Start(level, base, between_knots(centres) @ prior_factor())


def _posterior(start: _Start, reviews: Reviews) -> tuple[Doubles, Doubles]:
    """Find the likeliest correction after some reviews, and the precision there."""
    known = reviews.says != UNKNOWN
    place, says = start.level[reviews.rows[known]], reviews.says[known]
    looked = np.bincount(place, minlength=LEVELS).astype(np.float64)
    wrong = np.bincount(place, weights=says, minlength=LEVELS).astype(np.float64)
    return _mode(start.reach, start.base, looked, wrong)


def levels(doubt: Doubles) -> Ints:
    """Give the bin of each doubt, (n,)."""
    place = ((doubt + FURTHEST) * (LEVELS / (2 * FURTHEST))).astype(np.int64)
    return np.clip(place, 0, LEVELS - 1)


def between_knots(doubt: Doubles) -> Doubles:
    """Give the weights of linear interpolation, (m, knots); rows sum to 1."""
    step = KNOTS[1] - KNOTS[0]
    weights: Doubles = np.maximum(1 - np.abs(doubt[:, None] - KNOTS) / step, 0)
    return weights


def prior_factor() -> Doubles:
    """Give the lower Cholesky factor of the prior covariance at the knots."""
    low, high = SPREADS
    spread = high + (low - high) * expit((TURN - KNOTS) / SOFTNESS)
    alike = COMMON + (1 - COMMON) * np.exp(-((KNOTS[:, None] - KNOTS) ** 2) / (2 * LENGTH**2))
    covariance = spread[:, None] * spread * alike + 1e-6 * np.eye(len(KNOTS))
    return np.linalg.cholesky(covariance).astype(np.float64)


def _mode(reach: Doubles, base: Doubles, looked: Doubles, wrong: Doubles) -> tuple[Doubles, Doubles]:
    """Find the likeliest whitened correction and the precision there, by Newton's method with step halving."""
    at = np.zeros(reach.shape[1])

    def height(v: Doubles) -> float:
        z = base + reach @ v
        return float(wrong @ z - looked @ np.logaddexp(0, z) - v @ v / 2)

    def bend(v: Doubles) -> tuple[Doubles, Doubles]:
        p = expit(base + reach @ v)
        return reach.T @ (wrong - looked * p) - v, np.eye(len(v)) + (reach.T * (looked * p * (1 - p))) @ reach

    slope, precision = bend(at)
    for _ in range(STEPS):
        move = np.linalg.solve(precision, slope)
        start = height(at)
        while height(at + move) < start and np.abs(move).max() > SETTLED:
            move /= 2
        at = at + move
        slope, precision = bend(at)
        if np.abs(move).max() <= SETTLED:
            break
    return at, precision


def expit(log_odds: Doubles) -> Doubles:
    """Give the chances in (0, 1) that log odds stand for; scipy has it too, but takes a tenth of a second to import."""
    found: Doubles = (1 + np.tanh(log_odds / 2)) / 2
    return found


def logit(chances: Doubles) -> Doubles:
    """Give the log odds of chances in (0, 1)."""
    found: Doubles = np.log(chances) - np.log1p(-chances)
    return found
