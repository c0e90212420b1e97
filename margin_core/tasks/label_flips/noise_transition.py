"""How true classes come out as given labels, learnt from the labels themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.tasks.label_flips.calibration import softmax
from margin_core.values import UNLABELLED, Doubles, Ints

MOST_ROWS = 10_000
MOST_CELLS = 2_000_000
"""The channel is learnt from so many samples, and from fewer where there are many classes; more only cost time."""

START = 0.05
"""Share of wrong labels that the fit starts from."""

PSEUDO_COUNT = 2.0
"""Labels' worth of belief, for each true class, that its mistakes are spread evenly."""

EVEN = 0.05
"""Share of mistakes, spread evenly over all pairs of classes, from which a pair has to stand out."""

EXPONENTS = (0.05, 8.0)
ROUNDS = 60
SETTLED = 1e-4


@dataclass(frozen=True, eq=False)
class NoiseTransition:
    r"""A noisy channel from true classes to given labels.

    Attributes
    ----------
    exponent : float
        w: a belief p is calibrated as :math:`p(c)^w / Z`.
    transition : float array (c, c)
        ``T[c, y]``: chance that a sample of true class c is given label y; rows sum to 1.
    confusion : float array (c, c)
        ``N[c, y]``: what the calibrated beliefs say of class y where they believe in c; rows sum to 1. Two classes
        that look alike are confused without a single wrong label.
    """

    exponent: float
    transition: Doubles
    confusion: Doubles

    @property
    def mistakes(self) -> Doubles:
        r"""How much more often than on average a class is taken for another, (c, c).

        .. math:: R_{cy} \propto \frac{T_{cy} + e}{\sqrt{N_{cy} + e}},\qquad e = \frac{0.05}{c - 1},\quad c \ne y

        with mean 1 over all pairs and 1 on the diagonal. Without the root every pair of classes that look alike
        would pass for a habitual mistake; dividing by all of N would deny that people, too, confuse what looks
        alike (docs/decisions/0007).
        """
        n_classes = len(self.transition)
        found: Doubles = np.ones((n_classes, n_classes))
        if n_classes > 1:
            apart, evenly = ~np.eye(n_classes, dtype=bool), EVEN / (n_classes - 1)
            ratio = (self.transition[apart] + evenly) / np.sqrt(self.confusion[apart] + evenly)
            found[apart] = ratio / ratio.mean()
        return found

    def truths(self, beliefs: Doubles, labels: Ints) -> Doubles:
        r"""Say what each sample is, its given label included, (n, c).

        .. math:: P(c \mid x, y) \propto p(c \mid x)^w \, T_{cy}

        Parameters
        ----------
        beliefs : float array (n, c)
            Log probabilities that have not seen the labels.
        labels : int array (n,)
            An `UNLABELLED` row gets its calibrated belief.
        """
        calibrated = softmax(self.exponent * beliefs)
        labelled = labels != UNLABELLED
        calibrated[labelled] *= self.transition[:, labels[labelled]].T
        calibrated /= calibrated.sum(axis=1, keepdims=True)
        return calibrated


def fit_noise_transition(beliefs: Doubles, labels: Ints) -> NoiseTransition:
    r"""Learn the channel under which the given labels are likeliest.

    Maximises :math:`\sum_i \log \sum_c p_i(c)^w T_{c y_i} / Z_i` over w and T by expectation maximisation, with a
    Dirichlet prior that spreads the mistakes of each class evenly (Dawid and Skene, 1979, with one annotator and
    beliefs in place of class shares).

    Parameters
    ----------
    beliefs : float array (n, c)
        Log probabilities, out of sample: no row may rest on its own label.
    labels : int array (n,)

    Returns
    -------
    NoiseTransition
        Five per cent of mistakes, spread evenly, where there is no label or only one class.

    Notes
    -----
    O(rounds rows c) for at most 10,000 rows. What a model mistakes with confidence looks like a wrong label to
    the channel; only reviews can tell these apart.
    """
    n_classes = beliefs.shape[1]
    even = np.full((n_classes, n_classes), START / max(n_classes - 1, 1))
    np.fill_diagonal(even, 1 - START if n_classes > 1 else 1.0)
    rows = np.flatnonzero(labels != UNLABELLED)
    most = min(MOST_ROWS, max(MOST_CELLS // n_classes, 1))
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
    if not len(rows) or n_classes < 2:
        return NoiseTransition(1.0, even, even)

    rows = rows[np.argsort(labels[rows], kind="stable")]
    # Classes along the first axis: sums over a few of them then run along memory.
    logs, given = np.ascontiguousarray(beliefs[rows].T, dtype=np.float64), labels[rows]
    present, starts = np.unique(given, return_index=True)
    transition, exponent = even, 1.0
    for _ in range(ROUNDS):
        believed = softmax(exponent * logs, axis=0)
        truth = believed * transition[:, given]
        truth /= truth.sum(axis=0)
        counts = np.zeros((n_classes, n_classes))
        counts[:, present] = np.add.reduceat(truth, starts, axis=1)
        mistaken = 1 - np.trace(counts) / len(rows)
        prior = np.full((n_classes, n_classes), mistaken / (n_classes - 1))
        np.fill_diagonal(prior, 1 - mistaken)
        before, transition = transition, counts + PSEUDO_COUNT * prior
        transition = transition / transition.sum(axis=1, keepdims=True)
        # One Newton step towards the exponent that fits the truths best.
        weighted = believed * logs
        mean = weighted.sum(axis=0)
        slope = (truth * logs).sum() - mean.sum()
        bend = (weighted * logs).sum() - (mean**2).sum()
        exponent = float(np.clip(exponent + slope / max(bend, 1e-9), *EXPONENTS))
        if np.abs(transition - before).max() < SETTLED:
            break
    believed = softmax(exponent * logs, axis=0)
    confusion = believed @ believed.T / np.maximum(believed.sum(axis=1), 1e-12)[:, None]
    return NoiseTransition(exponent, transition, confusion)
