"""What reviewers have decided about a study whose labels are corrected by it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from margin_core.values import UNLABELED, Ints, TopClasses

MIN_PROBABILITY = 1e-12
"""Keeps logarithms finite."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Reviewed:
    """The labels before any correction, and the samples that a reviewer has verified.

    Parameters
    ----------
    given : int array (n,)
        The labels before any correction.
    verified : bool array (n,)
        Whether a reviewer named the right class.
    """

    given: Ints
    verified: NDArray[np.bool_]

    def training_pairs(self, log_probabilities: TopClasses, labels: Ints) -> tuple[TopClasses, Ints]:
        """Return what a noise transition is fitted to: class probabilities, and the labels as they were given.

        A noise transition models how true classes come out as *given* labels. Of a verified sample the true class is
        known; fitted to corrected labels alone, it would forget just those errors that were found.

        Parameters
        ----------
        log_probabilities : TopClasses
            Out of sample: no row may rest on its own label.
        labels : int array (n,)
            As they stand now; `UNLABELED` samples are left out.

        Returns
        -------
        log_probabilities : TopClasses
            Certain of the named class where a sample is verified.
        given : int array (n,)
            The labels before any correction; `UNLABELED` where there is none now.
        """
        known = np.flatnonzero(self.verified & (labels != UNLABELED))
        values, rest = log_probabilities.values.copy(), log_probabilities.rest.copy()
        values[known] = rest[known] = np.log(MIN_PROBABILITY)
        if log_probabilities.listed is None:
            values[known, labels[known]] = 0.0
            certain = replace(log_probabilities, values=values, rest=rest)
        else:  # A reviewer may name a class that no opinion lists.
            listed = log_probabilities.listed.copy()
            absent = known[~(listed[known] == labels[known, None]).any(axis=1)]
            listed[absent, -1] = labels[absent]
            listed[absent] = np.sort(listed[absent], axis=1)
            values[known] += np.where(listed[known] == labels[known, None], -np.log(MIN_PROBABILITY), 0.0)
            certain = replace(log_probabilities, values=values, listed=listed, rest=rest)
        return certain, np.where(labels == UNLABELED, UNLABELED, self.given)
