"""The probability that each given label is wrong, before any review."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from margin_core.tasks.label_flips.label_error_score import LabelErrorScore
from margin_core.tasks.label_flips.noise_transition import fit_noise_transition
from margin_core.values import UNLABELED, Doubles, Ints, TopClasses, freeze

MIN_PROBABILITY = 5e-5
"""No label is right or wrong with more certainty than this: one error in 20,000 faultless labels."""

MAX_LOGIT = 12.0
"""Log odds of scores are clipped to this, either way."""

MIN_SHARE = 1e-12
"""Keeps logarithms finite."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ErrorProbabilities:
    r"""Probabilities of label errors by model and neighbors alone.

    Parameters
    ----------
    given : int array (n,)
        The labels as given.
    score_logit : float array (n,)
        :math:`\log(s / (1 - s))` of the score s that the queue is sorted by, within ±12; larger = more suspect.
    p_error : float array (n,) in [0, 1]
        Probability that the given label is wrong, never falling as the score rises; 0 for an unlabeled sample.
    alternatives : TopClasses
        Which class is right if the given one is wrong, single precision; the classes of a sample sum to 1, or are 0
        where there is no other class.
    """

    given: Ints
    score_logit: Doubles
    p_error: Doubles
    alternatives: TopClasses

    def __post_init__(self) -> None:
        freeze(self, "given", "score_logit", "p_error")

    def __len__(self) -> int:
        return len(self.given)


def estimate_error_probabilities(
    label_error_score: LabelErrorScore, labels: Ints, scores: Doubles | None = None
) -> ErrorProbabilities:
    r"""Estimate the probability that each given label is wrong, from the noise transition, in the order of the queue.

    The probability :math:`1 - P(y_i \mid x_i, y_i)` (`NoiseTransition.posterior`) is fitted by a function
    that never falls as the score rises (isotonic regression). Its sum, the expected number of errors, stays the same.
    What remains is a function of the score alone, so that reviews in the order of the score do not bias what is
    estimated of the samples that were not reviewed (docs/decisions/0008).

    Parameters
    ----------
    label_error_score : LabelErrorScore
        With the labels as given, before any correction.
    labels : int array (n,)
        The given labels; `UNLABELED` for none.
    scores : float array (n,) in [0, 1], optional
        What the queue is sorted by, larger = more suspect; default `LabelErrorScore.scores`.

    Returns
    -------
    ErrorProbabilities

    Notes
    -----
    O(n c + n log n). It is well calibrated for flips that strike regardless of the features, counts too many errors
    where classes overlap and few labels are wrong, and a tenth of them where labels are wrong just where the model
    is unsure. Before reviews nothing tells these apart; `fit_error_posterior` estimates how uncertain it is.
    """
    labeled = np.flatnonzero(labels != UNLABELED)
    log_probabilities = label_error_score.probabilities(labels).map(lambda p: np.log(np.maximum(p, MIN_SHARE)))
    transition = label_error_score.noise_transition or fit_noise_transition(log_probabilities, labels)
    alternatives = transition.posterior(log_probabilities, labels).with_one(labels, 0.0)
    total = alternatives.total
    wrong = total[labeled]
    scale = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
    alternatives = replace(
        alternatives,
        values=(alternatives.values * scale[:, None]).astype(np.float32),
        rest=(alternatives.rest * scale).astype(np.float32),
    )
    sorted_by = label_error_score.scores(labels) if scores is None else scores
    score_logit = np.full(len(labels), -MAX_LOGIT)
    score_logit[labeled] = _clipped_logit(sorted_by[labeled])
    p_error = np.zeros(len(labels))
    p_error[labeled] = fit_isotonic(score_logit[labeled], wrong)
    return ErrorProbabilities(given=labels, score_logit=score_logit, p_error=p_error, alternatives=alternatives)


def fit_isotonic(score_logit: Doubles, probabilities: Doubles) -> Doubles:
    """Fit probabilities by a function that never falls as the score rises.

    Parameters
    ----------
    score_logit : float array (m,)
        Logit of each label error score; larger = more suspect.
    probabilities : float array (m,) in [0, 1]

    Returns
    -------
    float array (m,) in (0, 1)
        The least-squares fit (pool adjacent violators); equal scores get equal probabilities.
    """
    if not len(score_logit):
        return np.empty(0)
    from scipy.optimize import isotonic_regression  # slow to import, and a study is opened without it

    _, place, counts = np.unique(score_logit, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=probabilities) / counts
    fitted: Doubles = isotonic_regression(means, weights=counts).x[place]
    return np.clip(fitted, MIN_PROBABILITY, 1 - MIN_PROBABILITY)


def _clipped_logit(scores: Doubles) -> Doubles:
    edge = 1 / (1 + np.exp(MAX_LOGIT))
    clipped = np.clip(scores, edge, 1 - edge)
    log_odds: Doubles = np.log(clipped / (1 - clipped))
    return log_odds
