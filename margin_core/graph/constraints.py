"""Who may not hear whom, whatever the distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Domain, Ints


@dataclass(frozen=True, eq=False)
class EdgeConstraints:
    """Splits and groups of the points that are searched.

    A point hears neither its own group nor a split other than its own and split 0 (docs/decisions/0009).

    Attributes
    ----------
    splits : int array (m,) or None
    groups : int array (m,) or None
        Negative = in no group.
    """

    splits: Ints | None
    groups: Ints | None

    @classmethod
    def of(cls, domain: Domain, rows: Ints) -> Self | None:
        """Take those of a domain for some of its nodes; None where it has none."""
        if domain.splits is None and domain.groups is None:
            return None
        splits, groups = (None if part is None else part[rows] for part in (domain.splits, domain.groups))
        return cls(splits, groups)

    def between(self, listeners: Ints, speakers: Ints) -> NDArray[np.bool_]:
        """Say who may not hear whom, (listeners, speakers)."""
        barred = np.zeros((len(listeners), len(speakers)), dtype=bool)
        if self.splits is not None:
            heard = self.splits[speakers]
            barred |= (heard > 0) & (heard != self.splits[listeners][:, None])
        if self.groups is not None:
            own = self.groups[listeners][:, None]
            barred |= (own >= 0) & (own == self.groups[speakers])
        return barred

    def one_way(self, listeners: Ints, speakers: Ints) -> NDArray[np.bool_]:
        """Say, pair by pair, where the speaker may not hear the listener in turn."""
        if self.splits is None:
            return np.zeros(len(listeners), dtype=bool)
        return np.asarray((self.splits[listeners] > 0) & (self.splits[speakers] != self.splits[listeners]))
