"""Why one sample is suspect: who is heard, what each says, and what a correction next door would change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.graph.weights import normalised
from margin_core.tasks.label_flips.label_error_score import LabelErrorScore, log_votes
from margin_core.values import UNLABELLED, Doubles, Floats, Graph, Ints, freeze

EVEN_ODDS = 0.5
"""From this score on the witnesses believe another class rather than the label."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One neighbour that has a say.

    Attributes
    ----------
    row : int
    label : int
        Its label now.
    share : float in [0, 1]
        Its part of all neighbours' weight.
    agrees : bool
        Whether it carries the sample's own label.
    settled : bool
        Whether a person has confirmed or corrected its label.
    fix : int or None
        The class that it looks like, where it is a suspect itself and nobody has settled it; None: nothing to fix.
    fixed : float or None
        The sample's score if this neighbour, and no other, were of class `fix`.
    """

    row: int
    label: int
    share: float
    agrees: bool
    settled: bool
    fix: int | None
    fixed: float | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Witness:
    """What one of the witnesses says, alone.

    Attributes
    ----------
    weight : float
        Its exponent in the pool; 0 = not believed.
    says : float array (c,)
        Probabilities, which sum to 1.
    """

    weight: float
    says: Doubles

    def __post_init__(self) -> None:
        freeze(self, "says")


@dataclass(frozen=True, eq=False, kw_only=True)
class ScoreBreakdown:
    r"""The score of one sample, taken apart.

    .. math:: s = \frac{p(r) R_{ry}}{p(r) R_{ry} + p(y)},\qquad p(c) \propto \prod_s p_s(c)^{w_s}

    with the label y, the rival r, the pooled p and the factor R.

    Attributes
    ----------
    row : int
    label : int
        The label now, which the score is about; `UNLABELLED` for none.
    rival : int or None
        The strongest other class; None where there is only one.
    score : float in [0, 1]
        As `LabelErrorScore.scores` gives it; larger = more suspect.
    factor : float
        R: how much more often than on average the rival is taken for the label; 1 without a label.
    pooled : float array (c,)
        All witnesses together.
    witnesses : tuple of Witness
        The neighbours, then the models in the order of `LabelErrorScore.models`.
    heard : tuple of Heard
        Heaviest first, ties by row. Neighbours without a label have no say and are left out.
    all_fixed : float or None
        The score if every neighbour that can be fixed were; None where none can.
    """

    row: int
    label: int
    rival: int | None
    score: float
    factor: float
    pooled: Doubles
    witnesses: tuple[Witness, ...]
    heard: tuple[Heard, ...]
    all_fixed: float | None

    def __post_init__(self) -> None:
        freeze(self, "pooled")


def compute_breakdown(
    label_error_score: LabelErrorScore, labels: Ints, row: int, settled: NDArray[np.bool_] | None = None
) -> ScoreBreakdown:
    """Take the score of one sample apart.

    Parameters
    ----------
    label_error_score : LabelErrorScore
    labels : int array (n,)
        As they stand now.
    row : int
    settled : bool array (n,), optional
        Samples whose label a person has confirmed or corrected: there is nothing to fix about these; default none.

    Returns
    -------
    ScoreBreakdown
        Each ``fixed`` is what `LabelErrorScore.scores` gives with that neighbour's label changed and nothing else. A
        sample without a label has no score to change.

    Notes
    -----
    O(k^2 + k c): some milliseconds, whatever the size of the study.
    """
    c, own = label_error_score.n_classes, int(labels[row])
    heard, weights = _heard(label_error_score.graph, labels, row)
    cast = np.zeros((len(heard), c))
    cast[np.arange(len(heard)), labels[heard]] = weights

    beside = label_error_score.probabilities(labels, heard)
    fix = label_error_score.rivals(beside, labels[heard]).argmax(axis=1)
    doubted = label_error_score.weigh(beside, labels[heard]) > EVEN_ODDS
    free = np.ones(len(heard), dtype=bool) if settled is None else ~settled[heard]
    fixable = np.flatnonzero(doubted & free & (own != UNLABELLED))

    # One way the neighbours may vote a row: as they are, with one of them fixed, with all of these.
    change = np.zeros((len(fixable), c))
    change[np.arange(len(fixable)), fix[fixable]] = weights[fixable]
    change -= cast[fixable]
    ballots = cast.sum(axis=0) + np.vstack([np.zeros(c), change, change.sum(axis=0)])
    total = weights.sum()
    shares = ballots / total if total > 0 else np.zeros_like(ballots)
    votes = log_votes(shares)
    models = tuple(model[[row]] for model in label_error_score.models)
    pooled = label_error_score.pool.probabilities((votes, *(np.repeat(model, len(votes), axis=0) for model in models)))
    scores = label_error_score.weigh(pooled, np.full(len(votes), own))

    fixed: dict[int, float] = dict(zip(fixable.tolist(), scores[1:-1].tolist(), strict=True))
    rivals = label_error_score.rivals(pooled[:1], np.array([own]))[0]
    rival = int(rivals.argmax()) if own == UNLABELLED or c > 1 else None
    order = np.lexsort((heard, -weights))
    return ScoreBreakdown(
        row=row,
        label=own,
        rival=rival,
        score=float(scores[0]),
        factor=_factor(label_error_score, rival, own),
        pooled=pooled[0],
        witnesses=tuple(
            Witness(weight=weight, says=_plain(log[0]))
            for weight, log in zip(label_error_score.pool.weights, (votes[:1], *models), strict=True)
        ),
        heard=tuple(
            Heard(
                row=int(heard[place]),
                label=int(labels[heard[place]]),
                share=float(weights[place] / total) if total > 0 else 0.0,
                agrees=bool(labels[heard[place]] == own),
                settled=not free[place],
                fix=int(fix[place]) if place in fixed else None,
                fixed=fixed.get(place),
            )
            for place in order.tolist()
        ),
        all_fixed=float(scores[-1]) if fixed else None,
    )


def nearest_among(
    graph: Graph, points: Floats, row: int, chosen: NDArray[np.bool_], *, limit: int, metric: str = "euclidean"
) -> Ints:
    """Find the nearest of some samples among a sample's neighbours and their neighbours.

    Parameters
    ----------
    graph : Graph
    points : float32 array (n, d)
    row : int
    chosen : bool array (n,)
    limit : int
        At most this many.
    metric : {'euclidean', 'cosine'}
        As for the graph.

    Returns
    -------
    int array
        Nearest first, ties by row; never `row` itself. Fewer where fewer are that near.

    Notes
    -----
    O(k^2 d): no search.
    """
    near = graph.neighbours[row]
    near = near[near >= 0]
    around = np.unique(np.concatenate([near, graph.neighbours[near].ravel()])).astype(np.int64)
    found = around[(around >= 0) & (around != row)]
    found = found[chosen[found]]
    places = np.vstack([points[[row]], points[found]])
    if metric == "cosine":
        places = normalised(places)
    distances = np.linalg.norm((places[1:] - places[0]).astype(np.float64), axis=1)
    nearest: Ints = found[np.lexsort((found, distances))][:limit]
    return nearest


def _heard(graph: Graph, labels: Ints, row: int) -> tuple[Ints, Doubles]:
    """Give the neighbours that vote, and what they weigh."""
    weights = graph.weights[[row]]
    voting = labels[weights.indices] != UNLABELLED
    return weights.indices[voting].astype(np.int64), weights.data[voting].astype(np.float64)


def _factor(label_error_score: LabelErrorScore, rival: int | None, own: int) -> float:
    if label_error_score.noise_transition is None or rival is None or own == UNLABELLED:
        return 1.0
    return float(label_error_score.noise_transition.mistakes[rival, own])


def _plain(logs: Doubles) -> Doubles:
    """Turn log probabilities, a little above zero everywhere, into shares of 1."""
    chances: Doubles = np.exp(logs)
    chances /= chances.sum()
    return chances
