"""How many labels are wrong: in all, and by given and true class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.review.estimates.error_posterior import N_BINS, ErrorPosterior
from margin_core.review.estimates.error_probabilities import ErrorProbabilities
from margin_core.review.estimates.reviews import WRONG
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
    O(n m log(n m) + limit n), with m listed classes a sample.
    """
    prior, reviews = posterior.prior, posterior.reviews
    c, open_rows, mean = prior.alternatives.n_classes, posterior.open_rows, posterior.posterior_mean
    relabeled = (reviews.outcomes == WRONG) & (reviews.true_labels != UNLABELED)
    found_keys = prior.given[reviews.rows[relabeled]] * c + reviews.true_labels[relabeled]
    # The pairs that occur, given times c plus true, and the sums over each.
    open_keys, open_weights = _alternatives_by_pair(prior, open_rows, mean)
    known_keys, known_weights = _alternatives_by_pair(prior, reviews.known, mean)
    pairs, place = np.unique(np.concatenate([open_keys, known_keys, found_keys]), return_inverse=True)
    places = np.split(place, np.cumsum([len(open_keys), len(known_keys)]))
    open_sums, expected, found = (
        np.bincount(part, weights=weights, minlength=len(pairs))
        for part, weights in zip(places, (open_weights, known_weights, np.ones(len(found_keys))), strict=True)
    )
    total = found + (PAIR_SHAPE + found) / (PAIR_SHAPE + expected) * open_sums
    total[pairs // c == pairs % c] = 0
    order = np.argsort(-total, kind="stable")[:limit]
    rng = np.random.default_rng(2)
    counts = []
    for pair in order[total[order] > 0].tolist():
        given, true = divmod(int(pairs[pair]), c)
        rows = open_rows[prior.given[open_rows] == given]
        alternatives = prior.alternatives.take(rows).at_one(np.full(len(rows), true))
        weights = np.bincount(posterior.bins[rows], weights=alternatives, minlength=N_BINS)
        rates = rng.gamma(PAIR_SHAPE + found[pair], 1 / (PAIR_SHAPE + expected[pair]), len(posterior.draws))
        left = rng.poisson(rates * (posterior.draws @ weights))
        known = int(found[pair])
        low, median, high = _interval(left.astype(np.float64), known, len(rows))
        counts.append(PairCount(known, low, median, high, given, true))
    return tuple(sorted(counts, key=lambda pair: (-pair.median, -pair.high, pair.given, pair.true)))


def _interval(left: Doubles, found: int, n_open: int) -> tuple[int, int, int]:
    low, median, high = np.quantile(left, QUANTILES)
    return found + int(np.floor(low)), found + min(round(median), n_open), found + min(int(np.ceil(high)), n_open)


def _alternatives_by_pair(prior: ErrorProbabilities, rows: Ints, mean: Doubles) -> tuple[Ints, Doubles]:
    """Return given and alternative class of some samples, as one number, and the probability of each such error."""
    some, c = prior.alternatives.take(rows), prior.alternatives.n_classes
    keys: Ints = prior.given[rows, None] * c + some.classes
    weights: Doubles = mean[rows, None] * some.values
    kept = (weights > 0) & (some.classes < c)
    pairs, place = np.unique(keys[kept], return_inverse=True)
    sums: Doubles = np.bincount(place, weights=weights[kept], minlength=len(pairs)).astype(np.float64)
    return pairs, sums
