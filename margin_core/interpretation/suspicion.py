"""How suspect each label is, from all witnesses together, and again after a correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from margin_core.interpretation.pool import Pool
from margin_core.interpretation.votes import neighbour_votes
from margin_core.types import UNLABELLED, Doubles, Graph, Ints

SMOOTHING = 0.02
"""Added to every class's share of the neighbours, so that none is ruled out by twenty votes."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Suspicion:
    """The witnesses and how far each is believed.

    Attributes
    ----------
    graph : Graph
    models : tuple of float array (n, c)
        Log probabilities of the models; they stay as they are while labels are corrected.
    pool : Pool
        Weights for the neighbours first, then for each model.
    """

    graph: Graph
    models: tuple[Doubles, ...]
    pool: Pool

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
        """Return ``1 - p(own label)`` in [0, 1], (r,); larger = more suspect; 0 for an unlabelled sample."""
        own = labels if rows is None else labels[rows]
        pooled = self.probabilities(labels, rows)
        labelled = own != UNLABELLED
        scores = np.zeros(len(own))
        scores[labelled] = 1 - pooled[labelled, own[labelled]]
        return scores

    def touched(self, rows: Ints) -> Ints:
        """Give the samples whose score can change when the labels of `rows` do: these and their neighbours."""
        return np.union1d(rows, self.graph.weights[rows].indices).astype(np.int64)


def log_votes(votes: Doubles) -> Doubles:
    """Take the log of smoothed shares; a sample without voting neighbours gets a flat row (no opinion)."""
    smoothed = votes + SMOOTHING
    return np.log(smoothed / smoothed.sum(axis=1, keepdims=True))


def log_probabilities(tables: Sequence[np.ndarray]) -> tuple[Doubles, ...]:
    """Take logs of probability tables, never below one in a million."""
    return tuple(np.log(np.clip(table.astype(np.float64), 1e-6, 1.0)) for table in tables)
