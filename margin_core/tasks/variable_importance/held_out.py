"""The network with the samples that it has not learned from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from margin_core.tasks.variable_importance.network import Network, is_held_out
from margin_core.tasks.variable_importance.variables import Variables
from margin_core.values import Floats, Ints


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
            Class of each sample.

        Returns
        -------
        HeldOut
        """
        chosen = is_held_out(len(labels))
        rows = np.flatnonzero(chosen if chosen.any() else ~chosen)
        return cls(network=network, variables=variables.of_rows(rows), labels=labels[rows])

    @cached_property
    def values(self) -> Floats:
        """The variables' columns, float32 ``(r, p)``."""
        return np.asarray(self.variables.values, dtype=np.float32)

    @cached_property
    def first_layer(self) -> Floats:
        """The network's first layer of the samples, float32 ``(r, 512)``; a changed column adds to it."""
        return self.network.first_layer(self.values)

    def accuracy(self, first_layer: Floats) -> float:
        """Return the share of the labels that the network predicts.

        Parameters
        ----------
        first_layer : float32 array (r, 512)
            `first_layer`, or what it is where columns are shuffled.

        Returns
        -------
        float
        """
        return float((self.network.log_probabilities(first_layer).argmax(axis=1) == self.labels).mean())

    def log_loss(self, first_layer: Floats) -> float:
        """Return the mean negative logarithm of the probability of the labels.

        Parameters
        ----------
        first_layer : float32 array (r, 512)
            `first_layer`, or what it is where columns are shuffled.

        Returns
        -------
        float
        """
        probabilities = self.network.log_probabilities(first_layer)
        return float(-probabilities[np.arange(len(self.labels)), self.labels].mean())

    def change(self, columns: Ints, rows: Ints) -> Floats:
        """Return what is added to the first layer where the values of some columns are those of other samples.

        Parameters
        ----------
        columns : int array
            Their numbers.
        rows : int array (r,)
            Whose values each sample has.

        Returns
        -------
        float32 array (r, 512)
        """
        given = self.values[:, columns]
        return np.asarray((given[rows] - given) @ self.network.first[columns])
