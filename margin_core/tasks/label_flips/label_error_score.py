"""The label error score: how likely each label is wrong, from all opinions together, and again after a correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from margin_core.interpretation.votes import compute_top_votes
from margin_core.probe.trust_weighted import MIN_PROBABILITY
from margin_core.tasks.label_flips.noise_transition import NoiseTransition
from margin_core.tasks.label_flips.opinion_pool import OpinionPool
from margin_core.values import UNLABELED, Doubles, Graph, Ints, TopClasses

SMOOTHING = 0.05
"""Added to every class's share of the neighbors, so that none is ruled out by twenty votes: a vote for each class."""

SUSPECT_THRESHOLD = 0.5
"""From this label error score on a label is suspect: the pooled evidence is for another class."""

RANKED_ROLES = ("suspect", "not_suspect")
"""Roles of labels with a score: from the threshold on, and below it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelErrorScore:
    """The opinions on what each sample is, and how they are pooled into a score of its label.

    Parameters
    ----------
    graph : Graph
        Whose neighbors vote.
    models : tuple of TopClasses
        Log probabilities of the linear probe, then of the study's own model where it is out of sample; they stay as
        they are while labels are corrected.
    pool : OpinionPool
        Weights for the neighbors first, then for each model.
    noise_transition : NoiseTransition, optional
        Which classes are mistaken for which; default: every confusion is as likely.
    dependents : CSR array (n, n), optional
        Row j = whose neighbor j is; default: the graph's weights, which are symmetric unless there are splits.
    smoothing : float array (n,), optional
        Added to every class's share of the neighbors of each sample; default `SMOOTHING` for all.
    """

    graph: Graph
    models: tuple[TopClasses, ...]
    pool: OpinionPool
    noise_transition: NoiseTransition | None = None
    dependents: sparse.csr_array | None = None
    smoothing: Doubles | None = None

    @property
    def n_classes(self) -> int:
        """Number of classes c."""
        return self.models[0].n_classes

    def probabilities(self, labels: Ints, rows: Ints | None = None) -> TopClasses:
        """Compute what each sample is, by neighbors and models together.

        Parameters
        ----------
        labels : int array (n,)
            The labels as they stand now; a sample's own label plays no part in its row.
        rows : int array (r,), optional
            Only these; the answer for a row does not depend on the others asked.

        Returns
        -------
        TopClasses
            Of r samples, in [0, 1]; the classes of one sum to 1.

        Notes
        -----
        O(r (k + c)), and where there are many classes O(r (k + few)).
        """
        votes = compute_top_votes(self.graph, labels, self.n_classes, rows)
        neighbors = compute_log_votes(votes, self.smoothing_of(rows))
        models = tuple(model.take(rows) for model in self.models)
        return self.pool.probabilities((neighbors, *models))

    def scores(self, labels: Ints, rows: Ints | None = None) -> Doubles:
        """Compute the score of each label: the strongest other class against it.

        ``max_{c != y} p(c) R[c, y] / (max_{c != y} p(c) R[c, y] + p(y))``. Unlike ``1 - p(y)``, it does not take a
        sample between two other classes for a wrong one.

        Parameters
        ----------
        labels : int array (n,)
            The labels as they stand now.
        rows : int array (r,), optional
            Only these.

        Returns
        -------
        float array (r,)
            In [0, 1]; larger = more likely an error; 0 for an unlabeled sample.
        """
        own = labels if rows is None else labels[rows]
        return self.scores_of(self.probabilities(labels, rows), own)

    def scores_of(self, pooled: TopClasses, given: Ints) -> Doubles:
        """Compute the scores of labels from their samples' class probabilities; see `scores`.

        Parameters
        ----------
        pooled : TopClasses
            Of r samples.
        given : int array (r,)
            Their given classes; `UNLABELED` where there is none.

        Returns
        -------
        float array (r,)
            In [0, 1]; larger = more likely an error; 0 for an unlabeled sample.
        """
        labeled = np.flatnonzero(given != UNLABELED)
        own = pooled.at_one(given)[labeled]
        strongest = self.score_alternatives(pooled, given).values[labeled].max(axis=1, initial=0.0)
        scores = np.zeros(len(given))
        scores[labeled] = strongest / (strongest + own)
        return scores

    def score_alternatives(self, pooled: TopClasses, given: Ints) -> TopClasses:
        """Compute how likely each sample is of every other class and was given its label in error.

        ``p(c) R[c, y]``, with R the relative rates of the noise transition.

        Parameters
        ----------
        pooled : TopClasses
            Of r samples.
        given : int array (r,)
            Their given classes; `UNLABELED` where there is none.

        Returns
        -------
        TopClasses
            Not negative, not normalized; 0 for the given label y. An unlabeled row is its probabilities.
        """
        labeled = np.flatnonzero(given != UNLABELED)
        if self.noise_transition is not None:
            values = pooled.values.copy()
            rates = self.noise_transition.relative_rates
            values[labeled] *= rates.take(pooled.classes[labeled], given[labeled, None])
            pooled = replace(pooled, values=values)
        return pooled.with_one(given, 0.0)

    def smoothing_of(self, rows: Ints | None = None) -> Doubles | float:
        """Return what is added to the shares of the neighbors.

        Parameters
        ----------
        rows : int array (r,), optional
            Only of these samples.

        Returns
        -------
        float, or float array (r,)
        """
        if self.smoothing is None:
            return SMOOTHING
        return self.smoothing if rows is None else self.smoothing[rows]

    def affected_by(self, rows: Ints) -> Ints:
        """Select the samples whose score can change when the labels of `rows` do.

        Parameters
        ----------
        rows : int array (r,)
            Samples whose labels change.

        Returns
        -------
        int array
            These and all whose neighbor one of them is, ascending.
        """
        dependents = self.graph.weights if self.dependents is None else self.dependents
        return np.union1d(rows, dependents[rows].indices).astype(np.int64)


def compute_smoothing(graph: Graph) -> Doubles:
    r"""Compute what is added to the shares of the neighbors where nodes have one neighbor or hundreds.

    .. math:: s_i = \frac{\sum_j W_{ij}^2}{\big(\sum_j W_{ij}\big)^2}

    which is one over the number of neighbors where all weigh the same: a vote for each class (Laplace's rule), as
    `SMOOTHING` is among twenty nearest neighbors.

    Parameters
    ----------
    graph : Graph

    Returns
    -------
    float array (m,)
        In (0, 1]; 1 for an isolated node.
    """
    total = np.asarray(graph.weights.sum(axis=1), dtype=np.float64)
    squares = np.asarray(graph.weights.multiply(graph.weights).sum(axis=1), dtype=np.float64)
    return np.divide(squares, total**2, out=np.ones(len(total)), where=total > 0)


def compute_log_votes(votes: TopClasses, smoothing: Doubles | float = SMOOTHING) -> TopClasses:
    """Compute the log of smoothed vote shares.

    Parameters
    ----------
    votes : TopClasses
        From `margin_core.interpretation.votes.compute_top_votes`, of n samples.
    smoothing : float, or float array (n,)
        Added to each share.

    Returns
    -------
    TopClasses
        A sample without voting neighbors gets equal numbers (no opinion).
    """
    added = np.broadcast_to(np.asarray(smoothing, dtype=np.float64), len(votes.rest))
    smoothed = replace(votes, values=votes.values + added[:, None], rest=votes.rest + added)
    total = smoothed.total
    return replace(smoothed, values=np.log(smoothed.values / total[:, None]), rest=np.log(smoothed.rest / total))


def compute_log_probabilities(tables: Sequence[TopClasses]) -> tuple[TopClasses, ...]:
    """Compute logs of probability tables, `MIN_PROBABILITY` added so that no class is ruled out by one model.

    Parameters
    ----------
    tables : sequence of TopClasses

    Returns
    -------
    tuple of TopClasses
    """
    return tuple(table.map(lambda p: np.log(p + MIN_PROBABILITY)) for table in tables)
