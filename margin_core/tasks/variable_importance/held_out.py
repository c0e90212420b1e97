"""The network with the samples that it has not learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from margin_core.tasks.variable_importance.network import Network, is_held_out
from margin_core.tasks.variable_importance.variables import Variables
from margin_core.values import Ints


@dataclass(frozen=True, eq=False, kw_only=True)
class HeldOut:
    """A network, and samples that it has not learned from.

    Attributes
    ----------
    network : Network
    variables : Variables
        Of r samples.
    labels : int array (r,)
    """

    network: Network
    variables: Variables
    labels: Ints

    @classmethod
    def of(cls, network: Network, variables: Variables, labels: Ints) -> Self:
        """Select the samples that a network has not learned from; all, where there are fewer than ten.

        Parameters
        ----------
        network : Network
        variables : Variables
            Of all n samples.
        labels : int array (n,)

        Returns
        -------
        HeldOut
        """
        chosen = is_held_out(len(labels))
        rows = np.flatnonzero(chosen if chosen.any() else ~chosen)
        return cls(network=network, variables=variables.of_rows(rows), labels=labels[rows])

    def accuracy(self, values: ArrayLike | None = None) -> float:
        """Return the share of the labels that the network predicts.

        Parameters
        ----------
        values : float array (r, p), optional
            In place of those of the samples.

        Returns
        -------
        float
        """
        given = self.variables.values if values is None else values
        return float((self.network.log_probabilities(given).argmax(axis=1) == self.labels).mean())

    def log_loss(self, values: ArrayLike | None = None) -> float:
        """Return the mean negative logarithm of the probability of the labels.

        Parameters
        ----------
        values : float array (r, p), optional
            In place of those of the samples.

        Returns
        -------
        float
        """
        given = self.variables.values if values is None else values
        return float(-self.network.log_probabilities(given)[np.arange(len(self.labels)), self.labels].mean())
