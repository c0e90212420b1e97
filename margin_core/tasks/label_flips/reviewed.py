"""What reviewers have decided about a study whose labels are corrected by it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.values import UNLABELED, Doubles, Ints

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

    def training_pairs(self, log_probabilities: Doubles, labels: Ints) -> tuple[Doubles, Ints]:
        """Return what a noise transition is fitted to: class probabilities, and the labels as they were given.

        A noise transition models how true classes come out as *given* labels. Of a verified sample the true class is
        known; fitted to corrected labels alone, it would forget just those errors that were found.

        Parameters
        ----------
        log_probabilities : float array (n, c)
            Out of sample: no row may rest on its own label.
        labels : int array (n,)
            As they stand now; `UNLABELED` samples are left out.

        Returns
        -------
        log_probabilities : float array (n, c)
            Certain of the named class where a sample is verified.
        given : int array (n,)
            The labels before any correction; `UNLABELED` where there is none now.
        """
        known = np.flatnonzero(self.verified & (labels != UNLABELED))
        certain = log_probabilities.copy()
        certain[known] = np.log(MIN_PROBABILITY)
        certain[known, labels[known]] = 0.0
        return certain, np.where(labels == UNLABELED, UNLABELED, self.given)
