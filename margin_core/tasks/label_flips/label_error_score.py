"""How suspect each label is, from all witnesses together, and again after a correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from margin_core.interpretation.votes import neighbour_votes
from margin_core.tasks.label_flips.noise_transition import NoiseTransition
from margin_core.tasks.label_flips.opinion_pool import OpinionPool
from margin_core.values import UNLABELLED, Doubles, Graph, Ints

SMOOTHING = 0.05
"""Added to every class's share of the neighbours, so that none is ruled out by twenty votes."""

LEAST_PROBABILITY = 1e-3
"""Added to what a model says of every class, so that none is ruled out by one model."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelErrorScore:
    """The witnesses and how far each is believed.

    Attributes
    ----------
    graph : Graph
    models : tuple of float array (n, c)
        Log probabilities of the models; they stay as they are while labels are corrected.
    pool : OpinionPool
        Weights for the neighbours first, then for each model.
    noise_transition : NoiseTransition, optional
        Tells which classes are taken for which; default: every mistake is as likely.
    heard_by : CSR array (n, n), optional
        Row j = who hears j; default: the graph's weights, which are symmetric unless there are splits.
    """

    graph: Graph
    models: tuple[Doubles, ...]
    pool: OpinionPool
    noise_transition: NoiseTransition | None = None
    heard_by: sparse.csr_array | None = None

    @property
    def n_classes(self) -> int:
        """Number of classes c."""
        return int(self.models[0].shape[1])

    def probabilities(self, labels: Ints, rows: Ints | None = None) -> Doubles:
        """Say what each sample is, by neighbours and models together, (r, c).

        Parameters
        ----------
        labels : int array (n,)
            The labels as they stand now; a sample's own label plays no part in its row.
        rows : int array (r,), optional
            Only these; the answer for a row does not depend on the others asked.
        """
        neighbours = log_votes(neighbour_votes(self.graph, labels, self.n_classes, rows))
        models = self.models if rows is None else tuple(model[rows] for model in self.models)
        return self.pool.probabilities((neighbours, *models))

    def scores(self, labels: Ints, rows: Ints | None = None) -> Doubles:
        """Weigh each label against its strongest rival.

        ``max_{c != y} p(c) R[c, y] / (max_{c != y} p(c) R[c, y] + p(y))`` in [0, 1], (r,); larger = more suspect;
        0 for an unlabelled sample. Unlike ``1 - p(y)``, it does not take a sample between two other classes
        for a wrong one.
        """
        own = labels if rows is None else labels[rows]
        return self.weigh(self.probabilities(labels, rows), own)

    def weigh(self, pooled: Doubles, given: Ints) -> Doubles:
        """Score labels (r,) by what is believed of their samples (r, c); see `scores`."""
        labelled = np.flatnonzero(given != UNLABELLED)
        own = pooled[labelled, given[labelled]]
        rival = self.rivals(pooled, given)[labelled].max(axis=1, initial=0.0)
        scores = np.zeros(len(given))
        scores[labelled] = rival / (rival + own)
        return scores

    def rivals(self, pooled: Doubles, given: Ints) -> Doubles:
        """Weigh every other class by how likely the sample is of it and was given its label by mistake, (r, c).

        ``p(c) R[c, y]``, with R the mistakes of the channel; 0 in the column of the given label y. An unlabelled row is
        its probabilities.
        """
        labelled = np.flatnonzero(given != UNLABELLED)
        rivals = pooled.copy()
        if self.noise_transition is not None:
            rivals[labelled] *= self.noise_transition.mistakes[:, given[labelled]].T
        rivals[labelled, given[labelled]] = 0
        return rivals

    def touched(self, rows: Ints) -> Ints:
        """Give the samples whose score can change when the labels of `rows` do: these and who hears them."""
        heard_by = self.graph.weights if self.heard_by is None else self.heard_by
        return np.union1d(rows, heard_by[rows].indices).astype(np.int64)


def log_votes(votes: Doubles) -> Doubles:
    """Take the log of smoothed shares; a sample without voting neighbours gets a flat row (no opinion)."""
    smoothed = votes + SMOOTHING
    logs: Doubles = np.log(smoothed / smoothed.sum(axis=1, keepdims=True))
    return logs


def log_probabilities(tables: Sequence[np.ndarray]) -> tuple[Doubles, ...]:
    """Take logs of probability tables, a little above zero everywhere."""
    return tuple(np.log(table.astype(np.float64) + LEAST_PROBABILITY) for table in tables)
