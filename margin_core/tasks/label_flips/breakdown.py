"""The breakdown of one score: which neighbors vote, what each opinion is, and what a correction would change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.graph.weights import normalize_rows
from margin_core.probe.softmax import softmax
from margin_core.tasks.label_flips.label_error_score import SUSPECT_THRESHOLD, LabelErrorScore, compute_log_votes
from margin_core.values import UNLABELED, Doubles, Floats, Graph, Ints, TopClasses, freeze


@dataclass(frozen=True, kw_only=True)
class VotingNeighbor:
    """One neighbor that votes on a sample.

    Parameters
    ----------
    row : int
    label : int
        Its label now.
    share : float
        Its part of all voting neighbors' weight, in [0, 1].
    agrees : bool
        Whether it carries the sample's own label.
    verified : bool
        Whether a reviewer has confirmed or corrected its label.
    suggested : int or None
        The class that it most likely is, where its own label is suspect and not verified; None: nothing to correct.
    score_if_corrected : float or None
        The sample's score if this neighbor, and no other, were of the suggested class; in [0, 1].
    """

    row: int
    label: int
    share: float
    agrees: bool
    verified: bool
    suggested: int | None
    score_if_corrected: float | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Opinion:
    """One opinion on what a sample is, taken alone.

    Parameters
    ----------
    weight : float
        Its exponent in the pool; 0 = not used.
    probabilities : float array (c,)
        In [0, 1]; sum to 1.
    """

    weight: float
    probabilities: Doubles

    def __post_init__(self) -> None:
        freeze(self, "probabilities")


@dataclass(frozen=True, eq=False, kw_only=True)
class ScoreBreakdown:
    r"""The score of one sample, term by term.

    .. math:: s = \frac{p(r) R_{ry}}{p(r) R_{ry} + p(y)},\qquad p(c) \propto \prod_s p_s(c)^{w_s}

    with the label y, the suggested class r, the pooled p and the factor R.

    Parameters
    ----------
    row : int
    label : int
        The label now, which the score is about; `UNLABELED` for none.
    suggested : int or None
        The strongest other class, by `LabelErrorScore.score_alternatives`; None where there is only one.
    score : float
        That of `LabelErrorScore.scores`, in [0, 1]; larger = more likely an error.
    factor : float
        R: how much more often than on average the suggested class is mistaken for the label; 1 without a label.
    pooled : float array (c,)
        All opinions together; in [0, 1], sum to 1.
    opinions : tuple of Opinion
        The neighbors', then the models' in the order of `LabelErrorScore.models`.
    neighbors : tuple of VotingNeighbor
        Heaviest first, ties by row. Neighbors without a label do not vote and are left out.
    score_if_all_corrected : float or None
        The score if every neighbor with a suggested class were of it; None where none has one.
    """

    row: int
    label: int
    suggested: int | None
    score: float
    factor: float
    pooled: Doubles
    opinions: tuple[Opinion, ...]
    neighbors: tuple[VotingNeighbor, ...]
    score_if_all_corrected: float | None

    def __post_init__(self) -> None:
        freeze(self, "pooled")


def compute_breakdown(
    label_error_score: LabelErrorScore, labels: Ints, row: int, verified: NDArray[np.bool_] | None = None
) -> ScoreBreakdown:
    """Compute the terms of one sample's score, and what it would be if neighbors were corrected.

    Parameters
    ----------
    label_error_score : LabelErrorScore
    labels : int array (n,)
        As they stand now.
    row : int
    verified : bool array (n,), optional
        Samples whose label a reviewer has confirmed or corrected: there is nothing to correct about these; default
        none.

    Returns
    -------
    ScoreBreakdown
        Each ``score_if_corrected`` is what `LabelErrorScore.scores` gives with that neighbor's label changed and
        nothing else. A sample without a label has no score to change.

    Notes
    -----
    O(k^2 + k c): some milliseconds, whatever the size of the study.
    """
    c, own = label_error_score.n_classes, int(labels[row])
    voters, weights = _voting_neighbors(label_error_score.graph, labels, row)
    votes = np.zeros((len(voters), c))
    votes[np.arange(len(voters)), labels[voters]] = weights

    pooled_of_voters = label_error_score.probabilities(labels, voters)
    suggested_of_voters = label_error_score.score_alternatives(pooled_of_voters, labels[voters]).argmax()
    suspect = label_error_score.scores_of(pooled_of_voters, labels[voters]) >= SUSPECT_THRESHOLD
    open_to_correction = np.ones(len(voters), dtype=bool) if verified is None else ~verified[voters]
    correctable = np.flatnonzero(suspect & open_to_correction & (own != UNLABELED))

    # One way the neighbors may vote a row: as they are, with one of them corrected, with all of these.
    change = np.zeros((len(correctable), c))
    change[np.arange(len(correctable)), suggested_of_voters[correctable]] = weights[correctable]
    change -= votes[correctable]
    ballots = votes.sum(axis=0) + np.vstack([np.zeros(c), change, change.sum(axis=0)])
    total = weights.sum()
    shares = ballots / total if total > 0 else np.zeros_like(ballots)
    smoothing = label_error_score.smoothing_of(np.array([row]))
    log_shares = compute_log_votes(TopClasses.complete(shares), np.repeat(smoothing, len(shares)))
    models = [model.take(np.array([row])).dense() for model in label_error_score.models]
    repeated = (TopClasses.complete(np.repeat(model, len(log_shares), axis=0)) for model in models)
    pooled = label_error_score.pool.probabilities((log_shares, *repeated))
    scores = label_error_score.scores_of(pooled, np.full(len(log_shares), own))

    corrected: dict[int, float] = dict(zip(correctable.tolist(), scores[1:-1].tolist(), strict=True))
    alternatives = label_error_score.score_alternatives(pooled.take(np.array([0])), np.array([own])).values[0]
    suggested = int(alternatives.argmax()) if own == UNLABELED or c > 1 else None
    order = np.lexsort((voters, -weights))
    return ScoreBreakdown(
        row=row,
        label=own,
        suggested=suggested,
        score=float(scores[0]),
        factor=_factor(label_error_score, suggested, own),
        pooled=pooled.values[0],
        opinions=tuple(
            Opinion(weight=weight, probabilities=softmax(log[0], axis=0))
            for weight, log in zip(label_error_score.pool.weights, (log_shares.values, *models), strict=True)
        ),
        neighbors=tuple(
            VotingNeighbor(
                row=int(voters[place]),
                label=int(labels[voters[place]]),
                share=float(weights[place] / total) if total > 0 else 0.0,
                agrees=bool(labels[voters[place]] == own),
                verified=not open_to_correction[place],
                suggested=int(suggested_of_voters[place]) if place in corrected else None,
                score_if_corrected=corrected.get(place),
            )
            for place in order.tolist()
        ),
        score_if_all_corrected=float(scores[-1]) if corrected else None,
    )


def select_nearest(
    graph: Graph, points: Floats, row: int, chosen: NDArray[np.bool_], *, limit: int, metric: str = "euclidean"
) -> Ints:
    """Select the nearest of some samples among a sample's neighbors and their neighbors.

    Parameters
    ----------
    graph : Graph
    points : float32 array (n, d)
        Feature vectors of all samples.
    row : int
    chosen : bool array (n,)
        Which samples may be selected.
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
        places = normalize_rows(places)
    distances = np.linalg.norm((places[1:] - places[0]).astype(np.float64), axis=1)
    nearest: Ints = found[np.lexsort((found, distances))][:limit]
    return nearest


def _voting_neighbors(graph: Graph, labels: Ints, row: int) -> tuple[Ints, Doubles]:
    """Select the neighbors that vote, and their weights."""
    weights = graph.weights[[row]]
    voting = labels[weights.indices] != UNLABELED
    return weights.indices[voting].astype(np.int64), weights.data[voting].astype(np.float64)


def _factor(label_error_score: LabelErrorScore, suggested: int | None, own: int) -> float:
    if label_error_score.noise_transition is None or suggested is None or own == UNLABELED:
        return 1.0
    return float(label_error_score.noise_transition.relative_rates.take(np.array(suggested), np.array(own)))
