"""How likely each label is wrong, before anybody has looked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.tasks.label_flips.label_error_score import LabelErrorScore
from margin_core.tasks.label_flips.noise_transition import fit_noise_transition
from margin_core.values import UNLABELLED, Doubles, Floats, Ints, freeze

LEAST = 5e-5
"""No label is believed more surely than this: of 20,000 faultless ones, one."""

FURTHEST = 12.0
"""Doubts are told apart up to this many nats either way."""

LEAST_SHARE = 1e-12
"""Keeps logarithms finite."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ErrorProbabilities:
    r"""What model and neighbours alone say of each label.

    Attributes
    ----------
    given : int array (n,)
        The labels as given.
    doubt : float array (n,)
        :math:`\log(s / (1 - s))` of the score s that the queue goes by, within ±12; larger = more suspect.
    p_error : float array (n,) in [0, 1]
        Chance that the given label is wrong, never falling as doubt rises; 0 for an unlabelled sample.
    rivals : float32 array (n, c)
        Which class is right if the given one is wrong; rows sum to 1, or are 0 where there is no other class.
    """

    given: Ints
    doubt: Doubles
    p_error: Doubles
    rivals: Floats

    def __post_init__(self) -> None:
        freeze(self, "given", "doubt", "p_error", "rivals")

    def __len__(self) -> int:
        return len(self.given)


def estimate_error_probabilities(
    label_error_score: LabelErrorScore, labels: Ints, scores: Doubles | None = None
) -> ErrorProbabilities:
    r"""Say how likely each given label is wrong, from the noisy channel, in the order of the queue.

    The channel's chance :math:`1 - P(y_i \mid x_i, y_i)` (`NoiseTransition.posterior`) is fitted by a function that
    never falls as the score rises (least squares, pool adjacent violators). Its sum, the expected number of errors,
    stays the same. What remains is a function of the score alone: reviews taken in the order of the score then tell
    nothing false about the samples that were not reviewed (docs/decisions/0008).

    Parameters
    ----------
    label_error_score : LabelErrorScore
        With the labels as given, before any correction.
    labels : int array (n,)
        The given labels; `UNLABELLED` for none.
    scores : float array (n,) in [0, 1], optional
        What the queue goes by, larger = more suspect; default `LabelErrorScore.scores`.

    Returns
    -------
    ErrorProbabilities

    Notes
    -----
    O(n c + n log n). It is well calibrated for flips that strike regardless of the features, counts too many errors
    where classes overlap and few labels are wrong, and a tenth of them where labels are wrong just where the model
    is unsure. Before reviews nobody can tell which; `fit_error_posterior` says how uncertain it is.
    """
    labelled = np.flatnonzero(labels != UNLABELLED)
    own = labels[labelled]
    beliefs = np.log(np.maximum(label_error_score.probabilities(labels), LEAST_SHARE))
    channel = label_error_score.noise_transition or fit_noise_transition(beliefs, labels)
    rivals = channel.posterior(beliefs, labels)
    rivals[labelled, own] = 0
    wrong = rivals[labelled].sum(axis=1)
    total = rivals.sum(axis=1, keepdims=True)
    rivals = np.divide(rivals, total, out=np.zeros_like(rivals), where=total > 0)
    ordered_by = label_error_score.scores(labels) if scores is None else scores
    doubt = np.full(len(labels), -FURTHEST)
    doubt[labelled] = _logit(ordered_by[labelled])
    p_error = np.zeros(len(labels))
    p_error[labelled] = rising(doubt[labelled], wrong)
    return ErrorProbabilities(given=labels, doubt=doubt, p_error=p_error, rivals=rivals.astype(np.float32))


def rising(doubt: Doubles, chances: Doubles) -> Doubles:
    """Fit chances (m,) by a function that never falls as doubt (m,) rises; equal doubts get equal chances."""
    if not len(doubt):
        return np.empty(0)
    from scipy.optimize import isotonic_regression  # slow to import, and a study is opened without it

    _, place, counts = np.unique(doubt, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=chances) / counts
    fitted: Doubles = isotonic_regression(means, weights=counts).x[place]
    return np.clip(fitted, LEAST, 1 - LEAST)


def _logit(scores: Doubles) -> Doubles:
    edge = 1 / (1 + np.exp(FURTHEST))
    kept = np.clip(scores, edge, 1 - edge)
    found: Doubles = np.log(kept / (1 - kept))
    return found
