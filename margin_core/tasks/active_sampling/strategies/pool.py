"""What a strategy selects from: the samples of a study, some of them labeled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from margin_core.domain.hash_sample import hash_to_unit_interval
from margin_core.errors import MissingPart
from margin_core.function.distances import find_nearest_distances
from margin_core.values import Doubles, Floats, Ints, Texts


@dataclass(frozen=True, eq=False, kw_only=True)
class SamplingPool:
    """The samples of a study in the order of their ids, so that no tie depends on the order of the source.

    Attributes
    ----------
    ids : array of str (n,)
        Ascending.
    features : float32 array (n, e)
        Centered; 0 where there are none.
    points : float32 array (n, d)
        Features that samples are compared by; on a given graph averaged over neighbors, and of length 1.
    weights : CSR array (n, n)
        Of the graph.
    influence : float array (n,)
        Of the signal, in [0, 1]; larger = predicted worse by its neighbors.
    candidates : int array (u,)
        Rows of the samples without a label that may be selected, ascending.
    labeled : int array (l,)
        Rows of the samples with a label, ascending.
    probabilities : float array (n, c) or None
        Predicted class probabilities; rows sum to 1.
    classes : int array (n,) or None
        The class that each sample is counted in where classes are to be balanced: the predicted one, or in a
        simulation the true one.
    seed : int
        Decides what is random.
    """

    ids: Texts
    features: Floats
    points: Floats
    weights: sparse.csr_array
    influence: Doubles
    candidates: Ints
    labeled: Ints
    probabilities: Doubles | None = None
    classes: Ints | None = None
    seed: int = 0

    @property
    def random_order(self) -> Ints:
        """The candidates in an order at random that depends on ids and seed alone, whatever is labeled by now."""
        names = np.array([f"{self.seed}:{one}" for one in self.ids[self.candidates].tolist()], dtype=str)
        return self.candidates[np.argsort(hash_to_unit_interval(names), kind="stable")]

    @property
    def predictions(self) -> Doubles:
        """The predicted class probabilities of the candidates, (u, c).

        Raises
        ------
        MissingPart
            There are none.
        """
        if self.probabilities is None:
            raise MissingPart("There are no predicted class probabilities. Label samples of two classes first.")
        return self.probabilities[self.candidates]

    def away_from_labels(self, rows: Ints) -> Floats:
        """Compute how far each of some samples is from the nearest labeled one.

        Parameters
        ----------
        rows : int array (r,)
            Of the pool.

        Returns
        -------
        float32 array (r,)
            Infinite where none is labeled.
        """
        if not len(self.labeled):
            return np.full(len(rows), np.inf, dtype=np.float32)
        return find_nearest_distances(self.points[rows], self.points[self.labeled])
