"""The noise transition: how true classes come out as given labels, fitted to the labels themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.probe.softmax import softmax
from margin_core.tasks.label_flips.labeled_rows import sample_labeled
from margin_core.values import UNLABELED, Doubles, Ints

MAX_ROWS = 10_000
MAX_CELLS = 2_000_000
"""So many samples are fitted to, and fewer where there are many classes; more only cost time."""

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


@dataclass(frozen=True, eq=False)
class NoiseTransition:
    r"""Class-conditional label noise: the probability of each given label for each true class.

    Parameters
    ----------
    exponent : float
        w: class probabilities p are calibrated as :math:`p(c)^w / Z`.
    transition : float array (c, c)
        ``T[c, y]``: probability that a sample of true class c is given label y; rows sum to 1.
    confusion : float array (c, c)
        ``N[c, y]``: mean calibrated probability of class y where class c is probable; rows sum to 1. Two classes
        that look alike are confused without a single wrong label.
    """

    exponent: float
    transition: Doubles
    confusion: Doubles

    @property
    def relative_rates(self) -> Doubles:
        r"""How much more often than on average a class is mistaken for another, (c, c).

        .. math:: R_{cy} \propto \frac{T_{cy} + e}{\sqrt{N_{cy} + e}},\qquad e = \frac{0.05}{c - 1},\quad c \ne y

        with mean 1 over all pairs and 1 on the diagonal. Without the root every pair of classes that look alike
        would pass for a habitual confusion; dividing by all of N would deny that people, too, confuse what looks
        alike (docs/decisions/0007).
        """
        n_classes = len(self.transition)
        rates: Doubles = np.ones((n_classes, n_classes))
        if n_classes > 1:
            pairs, evenly = ~np.eye(n_classes, dtype=bool), EVEN_SHARE / (n_classes - 1)
            ratio = (self.transition[pairs] + evenly) / np.sqrt(self.confusion[pairs] + evenly)
            rates[pairs] = ratio / ratio.mean()
        return rates

    def posterior(self, log_probabilities: Doubles, labels: Ints) -> Doubles:
        r"""Compute the probability of each true class, the given label included.

        .. math:: P(c \mid x, y) \propto p(c \mid x)^w \, T_{cy}

        Parameters
        ----------
        log_probabilities : float array (n, c)
            Out of sample: no row may rest on its own label.
        labels : int array (n,)
            An `UNLABELED` row gets its calibrated probabilities.

        Returns
        -------
        float array (n, c)
            In [0, 1]; rows sum to 1.
        """
        calibrated = softmax(self.exponent * log_probabilities)
        labeled = labels != UNLABELED
        calibrated[labeled] *= self.transition[:, labels[labeled]].T
        calibrated /= calibrated.sum(axis=1, keepdims=True)
        return calibrated


def fit_noise_transition(log_probabilities: Doubles, labels: Ints) -> NoiseTransition:
    r"""Fit the transition under which the given labels are likeliest.

    Maximizes :math:`\sum_i \log \sum_c p_i(c)^w T_{c y_i} / Z_i` over w and T by expectation maximization, with a
    Dirichlet prior that spreads the label errors of each class evenly.

    Parameters
    ----------
    log_probabilities : float array (n, c)
        Out of sample: no row may rest on its own label.
    labels : int array (n,)

    Returns
    -------
    NoiseTransition
        Five per cent of label errors, spread evenly, where there is no label or only one class.

    Notes
    -----
    O(iterations n c) for at most 10,000 samples. What a model mistakes with confidence looks like a wrong label to
    the fit; only reviews can tell these apart.

    References
    ----------
    Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied Statistics 28
    (1979); here with one annotator, and class probabilities in place of class shares.
    """
    n_classes = log_probabilities.shape[1]
    even = np.full((n_classes, n_classes), INITIAL_NOISE / max(n_classes - 1, 1))
    np.fill_diagonal(even, 1 - INITIAL_NOISE if n_classes > 1 else 1.0)
    rows = sample_labeled(labels, min(MAX_ROWS, max(MAX_CELLS // n_classes, 1)))
    if not len(rows) or n_classes < 2:
        return NoiseTransition(1.0, even, even)

    rows = rows[np.argsort(labels[rows], kind="stable")]
    # Classes along the first axis: sums over a few of them then run along memory.
    logs, given = np.ascontiguousarray(log_probabilities[rows].T, dtype=np.float64), labels[rows]
    present, starts = np.unique(given, return_index=True)
    transition, exponent = even, 1.0
    for _ in range(MAX_ITERATIONS):
        calibrated = softmax(exponent * logs, axis=0)
        truth = calibrated * transition[:, given]
        truth /= truth.sum(axis=0)
        counts = np.zeros((n_classes, n_classes))
        counts[:, present] = np.add.reduceat(truth, starts, axis=1)
        mistaken = 1 - np.trace(counts) / len(rows)
        prior = np.full((n_classes, n_classes), mistaken / (n_classes - 1))
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
    return NoiseTransition(exponent, transition, confusion)
