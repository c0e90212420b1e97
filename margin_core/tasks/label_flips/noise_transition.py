"""The noise transition: how true classes come out as given labels, fitted to the labels themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from margin_core.probe.softmax import softmax
from margin_core.tasks.label_flips.labeled_rows import sample_labeled
from margin_core.tasks.label_flips.pair_table import PairTable
from margin_core.values import UNLABELED, Doubles, Ints, TopClasses
from margin_core.values.top_classes import softmax_of

MAX_ROWS = 10_000
"""So many samples are fitted to; more only cost time."""

INITIAL_NOISE = 0.05
"""Share of wrong labels that the fit starts from."""

PSEUDO_COUNT = 2.0
"""Labels' worth of prior, for each true class, that its label errors are spread evenly."""

EVEN_SHARE = 0.05
"""Share of label errors, spread evenly over all pairs of classes, from which a pair has to stand out."""

EXPONENTS = (0.05, 8.0)
MAX_ITERATIONS = 60
TOLERANCE = 1e-4
"""Largest change of a transition probability at which the fit ends."""

MAX_STEP, STEP_TOLERANCE = 0.2, 0.01
"""Largest relative change of the exponent at once where there are many classes, and that at which the fit ends."""

MIN_MISTAKEN = 1e-6
"""Share of wrong labels below which no fit goes, so that a label can be wrong at all."""


@dataclass(frozen=True, eq=False)
class NoiseTransition:
    r"""Class-conditional label noise: the probability of each given label for each true class.

    Parameters
    ----------
    exponent : float
        w: class probabilities p are calibrated as :math:`p(c)^w / Z`.
    transition : PairTable (c, c)
        ``T[c, y]``: probability that a sample of true class c is given label y; rows sum to 1.
    confusion : PairTable (c, c)
        ``N[c, y]``: mean calibrated probability of class y where class c is probable; rows sum to 1. Two classes
        that look alike are confused without a single wrong label.
    """

    exponent: float
    transition: PairTable
    confusion: PairTable

    @cached_property
    def relative_rates(self) -> PairTable:
        r"""The rate at which each class is mistaken for another, over the average rate, (c, c).

        .. math:: R_{cy} \propto \frac{T_{cy} + e}{\sqrt{N_{cy} + e}},\qquad e = \frac{0.05}{c - 1},\quad c \ne y

        with mean 1 over all pairs and 1 on the diagonal. Without the root every pair of classes that look alike
        would pass for a habitual confusion; dividing by all of N would deny that people, too, confuse what looks
        alike (docs/decisions/0007). Of many classes no pair is seen often enough to tell, and all are 1
        (docs/decisions/0028).
        """
        c = self.transition.n_classes
        if self.transition.table.ndim < 2 or c < 2:
            return PairTable(c, np.ones(2))
        pairs, evenly = ~np.eye(c, dtype=bool), EVEN_SHARE / (c - 1)
        rates: Doubles = np.ones((c, c))
        ratio = (self.transition.table[pairs] + evenly) / np.sqrt(self.confusion.table[pairs] + evenly)
        rates[pairs] = ratio / ratio.mean()
        return PairTable.of(rates)

    def posterior(self, log_probabilities: TopClasses, labels: Ints) -> TopClasses:
        r"""Compute the probability of each true class, the given label included.

        .. math:: P(c \mid x, y) \propto p(c \mid x)^w \, T_{cy}

        Parameters
        ----------
        log_probabilities : TopClasses
            Out of sample: no row may rest on its own label.
        labels : int array (n,)
            An `UNLABELED` row gets its calibrated probabilities.

        Returns
        -------
        TopClasses
            In [0, 1]; the classes of a sample sum to 1.
        """
        calibrated = softmax_of(log_probabilities.map(lambda logs: self.exponent * logs))
        labeled = labels != UNLABELED
        values, rest = calibrated.values, calibrated.rest
        values[labeled] *= self.transition.take(calibrated.classes[labeled], labels[labeled, None])
        if calibrated.n_unlisted:
            rest[labeled] *= self.transition.table[1]
        total = calibrated.total  # of the values that were just changed in place
        return replace(calibrated, values=values / total[:, None], rest=rest / total)


def fit_noise_transition(log_probabilities: TopClasses, labels: Ints) -> NoiseTransition:
    r"""Fit the transition under which the given labels are likeliest.

    Maximizes :math:`\sum_i \log \sum_c p_i(c)^w T_{c y_i} / Z_i` over w and T by expectation maximization, with a
    Dirichlet prior that spreads the label errors of each class evenly. Where not all classes are listed, T has but one
    parameter, the share of wrong labels: of a class with a few samples, one says nothing of a habit.

    Parameters
    ----------
    log_probabilities : TopClasses
        Out of sample: no row may rest on its own label.
    labels : int array (n,)
        Given class of each sample; `UNLABELED` where it has none.

    Returns
    -------
    NoiseTransition
        Five per cent of label errors, spread evenly, where there is no label or only one class.

    Notes
    -----
    O(iterations n c) for at most 10,000 samples; of many classes, those that are listed. What a model mistakes with
    confidence looks like a wrong label to the fit; only reviews can tell these apart.

    References
    ----------
    Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied Statistics 28
    (1979); here with one annotator, and class probabilities in place of class shares.
    """
    c = log_probabilities.n_classes
    rows = sample_labeled(labels, MAX_ROWS)
    if not len(rows) or c < 2:
        even = PairTable.even(c, INITIAL_NOISE)
        return NoiseTransition(1.0, even, even)
    if log_probabilities.listed is not None:
        return _fit_even_transition(log_probabilities.take(rows), labels[rows])

    rows = rows[np.argsort(labels[rows], kind="stable")]
    # Classes along the first axis: sums over a few of them then run along memory.
    logs, given = np.ascontiguousarray(log_probabilities.values[rows].T, dtype=np.float64), labels[rows]
    present, starts = np.unique(given, return_index=True)
    exponent, transition = 1.0, np.full((c, c), INITIAL_NOISE / (c - 1))
    np.fill_diagonal(transition, 1 - INITIAL_NOISE)
    for _ in range(MAX_ITERATIONS):
        calibrated = softmax(exponent * logs, axis=0)
        truth = calibrated * transition[:, given]
        truth /= truth.sum(axis=0)
        counts = np.zeros((c, c))
        counts[:, present] = np.add.reduceat(truth, starts, axis=1)
        mistaken = 1 - np.trace(counts) / len(rows)
        prior = np.full((c, c), mistaken / (c - 1))
        np.fill_diagonal(prior, 1 - mistaken)
        before, transition = transition, counts + PSEUDO_COUNT * prior
        transition = transition / transition.sum(axis=1, keepdims=True)
        # One Newton step toward the exponent that fits the true classes best.
        weighted = calibrated * logs
        mean = weighted.sum(axis=0)
        slope = (truth * logs).sum() - mean.sum()
        curvature = (weighted * logs).sum() - (mean**2).sum()
        exponent = float(np.clip(exponent + slope / max(curvature, 1e-9), *EXPONENTS))
        if np.abs(transition - before).max() < TOLERANCE:
            break
    calibrated = softmax(exponent * logs, axis=0)
    confusion = calibrated @ calibrated.T / np.maximum(calibrated.sum(axis=1), 1e-12)[:, None]
    return NoiseTransition(exponent, PairTable.of(transition), PairTable.of(confusion))


def _fit_even_transition(log_probabilities: TopClasses, given: Ints) -> NoiseTransition:
    """Fit the share of wrong labels and the exponent, all label errors being as likely; see `fit_noise_transition`."""
    c, mistaken, exponent = log_probabilities.n_classes, INITIAL_NOISE, 1.0
    logs, rest, own = log_probabilities.values, log_probabilities.rest, log_probabilities.at_one(given)
    for _ in range(MAX_ITERATIONS):
        calibrated = softmax_of(log_probabilities.map(partial(np.multiply, exponent)))
        hit, each = calibrated.at_one(given), mistaken / (c - 1)
        right = hit * (1 - mistaken)
        wrong = (1 - hit) * each
        mean = (calibrated.values * logs).sum(axis=1) + log_probabilities.n_unlisted * calibrated.rest * rest
        squares = (calibrated.values * logs**2).sum(axis=1) + log_probabilities.n_unlisted * calibrated.rest * rest**2
        # Of the true class: the given one, or any other.
        expected = (right * own + each * (mean - hit * own)) / (right + wrong)
        before, mistaken = mistaken, float(np.clip((wrong / (right + wrong)).mean(), MIN_MISTAKEN, 1 - MIN_MISTAKEN))
        # A Newton step toward the exponent that fits the true classes best, and no long one: where most samples are
        # certain there is next to no curvature, and beyond the goal every label in doubt would pass for wrong.
        step = (expected - mean).sum() / max((squares - mean**2).sum(), 1e-9)
        step = float(np.clip(step, -MAX_STEP * exponent, MAX_STEP * exponent))
        exponent = float(np.clip(exponent + step, *EXPONENTS))
        if abs(mistaken - before) < TOLERANCE and abs(step) < STEP_TOLERANCE * exponent:
            break
    even = PairTable.even(c, mistaken)
    return NoiseTransition(exponent, even, even)
