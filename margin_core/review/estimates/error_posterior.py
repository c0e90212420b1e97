"""The posterior of label errors after some reviews: a Gaussian process in log odds over the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.review.estimates.error_probabilities import MAX_LOGIT, MIN_PROBABILITY, ErrorProbabilities
from margin_core.review.estimates.reviews import UNKNOWN, WRONG, Reviews
from margin_core.values import UNLABELED, Doubles, Ints, freeze

KNOTS = np.linspace(-MAX_LOGIT, MAX_LOGIT, 17)
N_BINS = 240
"""Bins of the score's log odds, a tenth of a nat each."""

N_DRAWS = 1000
"""Draws from the posterior."""

PRIOR_MEAN = -0.5
"""Where the noise transition errs it counts too many rather than too few: labels hard to tell are not wrong."""

PRIOR_DEVIATIONS = (4.0, 2.0)
"""Standard deviation of the correction at low and at high scores, in nats: some wrong labels show in no score."""

DEVIATION_MIDPOINT, DEVIATION_WIDTH = 3.0, 1.5
"""Log odds of the score at which one deviation gives way to the other, and how gently."""

LENGTH_SCALE = 5.0
"""Of the process, in nats of the score."""

SHARED_VARIANCE = 0.3
"""Share of the correction's variance that all scores have in common."""

REFIT_EVERY = 10
"""Prequential probabilities are fitted anew after so many reviews, later after a tenth more."""

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
"""Gauss-Hermite quadrature, for means over a normal correction."""

MAX_NEWTON_STEPS = 100
STEP_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False, kw_only=True)
class ErrorPosterior:
    """The posterior probability that each label is wrong, after some reviews.

    Parameters
    ----------
    prior : ErrorProbabilities
        Before any review.
    reviews : Reviews
    bins : int array (n,)
        The bin of each sample's score, from 0 to `N_BINS` - 1.
    draws : float array (`N_DRAWS`, `N_BINS`) in (0, 1)
        Probability of an error at each bin, in draws from the posterior.
    """

    prior: ErrorProbabilities
    reviews: Reviews
    bins: Ints
    draws: Doubles

    def __post_init__(self) -> None:
        freeze(self, "bins", "draws")

    @property
    def posterior_mean(self) -> Doubles:
        """Probability of an error at the score of each sample, its own review left out; 0 without a label, (n,)."""
        mean: Doubles = np.where(self.prior.given == UNLABELED, 0.0, self.draws.mean(axis=0)[self.bins])
        return mean

    @property
    def p_error(self) -> Doubles:
        """Probability that each given label is wrong, in [0, 1]; 1 or 0 where a review says so, (n,)."""
        p_error = self.posterior_mean
        known = self.reviews.outcomes != UNKNOWN
        p_error[self.reviews.rows[known]] = self.reviews.outcomes[known] == WRONG
        return p_error

    @property
    def open_rows(self) -> Ints:
        """Labeled rows of which no review says whether they are wrong."""
        is_open = self.prior.given != UNLABELED
        is_open[self.reviews.known] = False
        return np.flatnonzero(is_open)


def fit_error_posterior(prior: ErrorProbabilities, reviews: Reviews | None = None) -> ErrorPosterior:
    r"""Fit the posterior of label errors to what reviews found.

    .. math:: \operatorname{logit} p'_i = \operatorname{logit} p_i + g(t_i), \qquad
              g \sim \mathrm{GP}\bigl(-0.5,\; a(t) a(t') (0.3 + 0.7\, e^{-(t - t')^2 / 50})\bigr)

    with t the log odds of the score. a falls from 4 nats at low scores to 2 at high ones: that labels are wrong where
    no score shows it is known only when somebody looks. g is held at 17 knots, linear between them; its posterior is
    found by Laplace's approximation and carried on as 1000 draws. Reviews change the probabilities at the scores where
    they were made; elsewhere the spread stays what it was.

    Parameters
    ----------
    prior : ErrorProbabilities
        Those before any review, so that reviews enter once.
    reviews : Reviews, optional
        Their order and how they came about play no part; default none.

    Returns
    -------
    ErrorPosterior

    Notes
    -----
    O(n), and some 10 ms for the draws.

    References
    ----------
    Rasmussen and Williams: Gaussian Processes for Machine Learning, section 3.4. MIT Press 2006.
    """
    reviews = Reviews.none() if reviews is None else reviews
    model = _binned(prior)
    mode, precision = _laplace(model, reviews)
    normal = np.random.default_rng(0).standard_normal((len(KNOTS), N_DRAWS))
    # precision = L L', so L'^-1 z has the covariance of the posterior.
    whitened = mode[:, None] + np.linalg.solve(np.linalg.cholesky(precision).T, normal)
    draws = expit(model.base + (model.design @ whitened).T)
    return ErrorPosterior(prior=prior, reviews=reviews, bins=model.bins, draws=draws)


def prequential_probabilities(prior: ErrorProbabilities, reviews: Reviews) -> Doubles:
    r"""Estimate the probability of an error of each reviewed label from the reviews before it alone.

    `fit_error_posterior` after each prefix of the reviews: no label's own answer, and none later, has a part in its
    probability, so `reliability` and `brier_score` judge them fairly.

    Parameters
    ----------
    prior : ErrorProbabilities
        Those before any review.
    reviews : Reviews
        In the order in which they were made.

    Returns
    -------
    float array (r,) in (0, 1)
        One for each review. They are fitted anew after every tenth review, later after a tenth more.

    Notes
    -----
    O(n), and some 2 ms for each fit: 17 of them for 200 reviews, 34 for 1,000.

    References
    ----------
    Dawid: Statistical theory: the prequential approach. J. R. Stat. Soc. A 1984.
    """
    model = _binned(prior)
    probabilities = np.empty(len(reviews))
    first = 0
    while first < len(reviews):
        last = min(first + max(REFIT_EVERY, first // REFIT_EVERY), len(reviews))
        mode, precision = _laplace(model, reviews.first(first))
        center = model.base + model.design @ mode
        deviation = np.sqrt((np.linalg.solve(np.linalg.cholesky(precision), model.design.T) ** 2).sum(axis=0))
        mean = expit(center + deviation * NODES[:, None]).T @ WEIGHTS
        probabilities[first:last] = mean[model.bins[reviews.rows[first:last]]]
        first = last
    return probabilities


@dataclass(frozen=True, eq=False)
class _BinnedPrior:
    """The prior that no review changes: each sample's bin, each bin's log odds and its row of the whitened design."""

    bins: Ints
    base: Doubles
    design: Doubles


def _binned(prior: ErrorProbabilities) -> _BinnedPrior:
    bins = bin_numbers(prior.score_logit)
    labeled = prior.given != UNLABELED
    centers = np.linspace(-MAX_LOGIT, MAX_LOGIT, N_BINS, endpoint=False) + MAX_LOGIT / N_BINS
    counts = np.bincount(bins[labeled], minlength=N_BINS)
    sums = np.bincount(bins[labeled], weights=prior.p_error[labeled], minlength=N_BINS)
    # The probability of a bin without samples is never read; any will do.
    base = logit(np.clip(sums / np.maximum(counts, 1), MIN_PROBABILITY, 1 - MIN_PROBABILITY)) + PRIOR_MEAN
    return _BinnedPrior(bins, base, interpolation_weights(centers) @ prior_cholesky())


def _laplace(model: _BinnedPrior, reviews: Reviews) -> tuple[Doubles, Doubles]:
    """Find the posterior mode of the whitened correction after some reviews, and the precision there."""
    known = reviews.outcomes != UNKNOWN
    bins, wrong = model.bins[reviews.rows[known]], reviews.outcomes[known]
    n_reviewed = np.bincount(bins, minlength=N_BINS).astype(np.float64)
    n_wrong = np.bincount(bins, weights=wrong, minlength=N_BINS).astype(np.float64)
    return find_mode(model.design, model.base, n_reviewed, n_wrong)


def bin_numbers(score_logit: Doubles) -> Ints:
    """Return the bin of each score.

    Parameters
    ----------
    score_logit : float array (n,)
        Logit of each label error score; larger = more suspect.

    Returns
    -------
    int array (n,)
        From 0 to `N_BINS` - 1.
    """
    place = ((score_logit + MAX_LOGIT) * (N_BINS / (2 * MAX_LOGIT))).astype(np.int64)
    return np.clip(place, 0, N_BINS - 1)


def interpolation_weights(score_logit: Doubles) -> Doubles:
    """Return the weights of linear interpolation between the knots.

    Parameters
    ----------
    score_logit : float array (m,)
        Logit of each label error score; larger = more suspect.

    Returns
    -------
    float array (m, knots)
        Rows sum to 1.
    """
    step = KNOTS[1] - KNOTS[0]
    weights: Doubles = np.maximum(1 - np.abs(score_logit[:, None] - KNOTS) / step, 0)
    return weights


def prior_cholesky() -> Doubles:
    """Compute the lower Cholesky factor of the prior covariance at the knots.

    Returns
    -------
    float array (knots, knots)
    """
    low, high = PRIOR_DEVIATIONS
    deviation = high + (low - high) * expit((DEVIATION_MIDPOINT - KNOTS) / DEVIATION_WIDTH)
    kernel = np.exp(-((KNOTS[:, None] - KNOTS) ** 2) / (2 * LENGTH_SCALE**2))
    correlation = SHARED_VARIANCE + (1 - SHARED_VARIANCE) * kernel
    covariance = deviation[:, None] * deviation * correlation + 1e-6 * np.eye(len(KNOTS))
    return np.linalg.cholesky(covariance).astype(np.float64)


def find_mode(design: Doubles, base: Doubles, n_reviewed: Doubles, n_wrong: Doubles) -> tuple[Doubles, Doubles]:
    """Find the posterior mode of a binomial logit model with a standard normal prior.

    Parameters
    ----------
    design : float array (b, k)
        Values that the coefficients multiply, a row a bin.
    base : float array (b,)
        Log odds where the coefficients are 0.
    n_reviewed, n_wrong : float array (b,)
        Trials and hits of each row.

    Returns
    -------
    mode : float array (k,)
        By Newton's method with step halving.
    precision : float array (k, k)
        The negative Hessian of the log posterior there.
    """
    at = np.zeros(design.shape[1])

    def log_posterior(v: Doubles) -> float:
        z = base + design @ v
        return float(n_wrong @ z - n_reviewed @ np.logaddexp(0, z) - v @ v / 2)

    def derivatives(v: Doubles) -> tuple[Doubles, Doubles]:
        p = expit(base + design @ v)
        curvature = (design.T * (n_reviewed * p * (1 - p))) @ design
        return design.T @ (n_wrong - n_reviewed * p) - v, np.eye(len(v)) + curvature

    gradient, precision = derivatives(at)
    for _ in range(MAX_NEWTON_STEPS):
        step = np.linalg.solve(precision, gradient)
        start = log_posterior(at)
        while log_posterior(at + step) < start and np.abs(step).max() > STEP_TOLERANCE:
            step /= 2
        at = at + step
        gradient, precision = derivatives(at)
        if np.abs(step).max() <= STEP_TOLERANCE:
            break
    return at, precision


def expit(log_odds: Doubles) -> Doubles:
    """Compute probabilities from log odds; scipy.special has it too, but takes a tenth of a second to import.

    Parameters
    ----------
    log_odds : float array (...)
        Any finite number.

    Returns
    -------
    float array (...)
        In (0, 1).
    """
    probabilities: Doubles = (1 + np.tanh(log_odds / 2)) / 2
    return probabilities


def logit(probabilities: Doubles) -> Doubles:
    """Compute log odds from probabilities.

    Parameters
    ----------
    probabilities : float array in (0, 1)

    Returns
    -------
    float array
        Of the same shape.
    """
    log_odds: Doubles = np.log(probabilities) - np.log1p(-probabilities)
    return log_odds
