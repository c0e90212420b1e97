"""How many labels are wrong: in all, and by given and true class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.review.estimates.error_posterior import N_BINS, ErrorPosterior
from margin_core.review.estimates.reviews import WRONG, Reviews
from margin_core.values import UNLABELED, Doubles, Ints

QUANTILES = (0.025, 0.5, 0.975)

PAIR_SHAPE = 2.0
"""Shape of the Gamma prior of a pair's rate: so many errors' worth of evidence that it has its share and no more."""


@dataclass(frozen=True)
class ErrorCount:
    """An estimated number of wrong labels; those found are in it.

    Parameters
    ----------
    found : int
        Labels that reviews found wrong.
    low, high : int
        95 % credible interval of all wrong labels, `found` included.
    median : int
    """

    found: int
    low: int
    median: int
    high: int


@dataclass(frozen=True)
class PairCount(ErrorCount):
    """An estimated number of wrong labels of one given and one true class.

    Parameters
    ----------
    found, low, median, high : int
        As for `ErrorCount`.
    given, true : int
        Class numbers: given as one, in truth the other.
    """

    given: int
    true: int


def estimate_error_count(posterior: ErrorPosterior) -> ErrorCount:
    """Estimate how many of all labels are wrong, those found included.

    For every draw of the posterior the open samples are wrong or not independently; the interval holds 95 % of the
    outcomes. It does not promise 95 % coverage, as `bound_remaining_errors` does, but uses more: every review, and the
    model.

    Parameters
    ----------
    posterior : ErrorPosterior

    Returns
    -------
    ErrorCount
        0 to 0 when there is no labeled sample.

    Notes
    -----
    O(n), and some 20 ms for the draws. In simulation the interval holds the truth in at least 93 % of studies
    (docs/benchmarks/all.md); before any review it is wide, since only a review can distinguish a difficult sample from
    a wrong label.
    """
    found = int((posterior.reviews.outcomes == WRONG).sum())
    left = draw_errors_left(posterior)
    return ErrorCount(found, *_interval(left.astype(np.float64), found, len(posterior.open_rows)))


def draw_errors_left(posterior: ErrorPosterior) -> Ints:
    """Draw how many of the labels that nobody has reviewed are wrong.

    Parameters
    ----------
    posterior : ErrorPosterior

    Returns
    -------
    int array (draws,)
        One number for each draw of the posterior; always the same for one posterior.
    """
    counts = np.bincount(posterior.bins[posterior.open_rows], minlength=N_BINS)
    left: Ints = np.random.default_rng(1).binomial(counts, posterior.draws).sum(axis=1)
    return left


def estimate_error_count_by_pair(posterior: ErrorPosterior, *, limit: int = 20) -> tuple[PairCount, ...]:
    r"""Estimate how many labels are wrong, by given and true class.

    The number left of a pair is Poisson with mean :math:`\lambda \sum_i p'_i\, r_{ic}` over the open samples i given
    as y, r the share of class c among the alternatives. :math:`\lambda \sim \mathrm{Gamma}(2 + f, 2 + e)` is how much
    more often the pair is confused than the noise transition predicts: f were found and e expected among the reviewed
    samples.

    Parameters
    ----------
    posterior : ErrorPosterior
    limit : int
        At most so many pairs.

    Returns
    -------
    tuple of PairCount
        Most errors first, ties by class numbers. Excluded samples are in no pair.

    Notes
    -----
    O(n c + limit n).
    """
    prior, reviews = posterior.prior, posterior.reviews
    n_classes = prior.alternatives.shape[1]
    open_rows = posterior.open_rows
    mean = posterior.posterior_mean
    found = _found_by_pair(reviews, prior.given, n_classes)
    open_sums = _sum_by_class(prior.given[open_rows], mean[open_rows, None] * prior.alternatives[open_rows], n_classes)
    reviewed = reviews.known
    expected = _sum_by_class(prior.given[reviewed], mean[reviewed, None] * prior.alternatives[reviewed], n_classes)
    rate = (PAIR_SHAPE + found) / (PAIR_SHAPE + expected)
    total = found + rate * open_sums
    np.fill_diagonal(total, 0)
    order = np.argsort(-total.ravel(), kind="stable")[:limit]
    rng = np.random.default_rng(2)
    counts = []
    for given, true in zip(*np.unravel_index(order[total.ravel()[order] > 0], total.shape), strict=True):
        rows = open_rows[prior.given[open_rows] == given]
        weights = np.bincount(posterior.bins[rows], weights=prior.alternatives[rows, true], minlength=N_BINS)
        rates = rng.gamma(
            PAIR_SHAPE + found[given, true], 1 / (PAIR_SHAPE + expected[given, true]), len(posterior.draws)
        )
        left = rng.poisson(rates * (posterior.draws @ weights))
        known = int(found[given, true])
        low, median, high = _interval(left.astype(np.float64), known, len(rows))
        counts.append(PairCount(known, low, median, high, int(given), int(true)))
    return tuple(sorted(counts, key=lambda pair: (-pair.median, -pair.high, pair.given, pair.true)))


def _interval(left: Doubles, found: int, n_open: int) -> tuple[int, int, int]:
    low, median, high = np.quantile(left, QUANTILES)
    return found + int(np.floor(low)), found + min(round(median), n_open), found + min(int(np.ceil(high)), n_open)


def _sum_by_class(given: Ints, weights: Doubles, n_classes: int) -> Doubles:
    """Sum rows (m, c) by given class, (c, c)."""
    order = np.argsort(given, kind="stable")
    total = np.zeros((n_classes, n_classes))
    present = np.unique(given)
    if len(present):
        total[present] = np.add.reduceat(weights[order], np.searchsorted(given[order], present), axis=0)
    return total


def _found_by_pair(reviews: Reviews, given: Ints, n_classes: int) -> Doubles:
    """Count the errors that reviews found, given class by true class, (c, c)."""
    relabeled = (reviews.outcomes == WRONG) & (reviews.true_labels != UNLABELED)
    places = given[reviews.rows[relabeled]] * n_classes + reviews.true_labels[relabeled]
    return np.bincount(places, minlength=n_classes**2).reshape(n_classes, n_classes).astype(np.float64)
