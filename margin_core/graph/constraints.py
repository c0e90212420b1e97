"""Constraints on edges: which nodes may not be joined, whatever their distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Domain, Ints


@dataclass(frozen=True, eq=False)
class EdgeConstraints:
    """Splits and groups of the points that are searched.

    An edge leads from a source to a target: a vote of the source counts for the target. A target takes no edge from its
    own group, nor from a split other than its own and split 0 (docs/decisions/0009).

    Parameters
    ----------
    splits : int array (m,) or None
        0 = the split that is learned from.
    groups : int array (m,) or None
        Negative = in no group.
    """

    splits: Ints | None
    groups: Ints | None

    @classmethod
    def of(cls, domain: Domain, rows: Ints) -> Self | None:
        """Return the constraints of a domain on some of its nodes.

        Parameters
        ----------
        domain : Domain
        rows : int array (r,)
            Numbers of the nodes that are constrained.

        Returns
        -------
        EdgeConstraints or None
            None where the domain has neither splits nor groups.
        """
        if domain.splits is None and domain.groups is None:
            return None
        splits, groups = (None if part is None else part[rows] for part in (domain.splits, domain.groups))
        return cls(splits, groups)

    def forbidden(self, targets: Ints, sources: Ints) -> NDArray[np.bool_]:
        """Compute which edges are forbidden.

        Parameters
        ----------
        targets : int array (t,)
            Numbers of the points that edges lead to.
        sources : int array (s,)
            Numbers of the points that edges come from.

        Returns
        -------
        bool array (t, s)
            True for every pair without an edge.
        """
        return self.forbidden_edges(targets[:, None], sources)

    def forbidden_edges(self, targets: Ints, sources: Ints) -> NDArray[np.bool_]:
        """Compute which of some edges are forbidden.

        Parameters
        ----------
        targets : int array (e,)
            Number of the point that each edge leads to.
        sources : int array (e,)
            Number of the point that it comes from: of the same edges, one by one; or of shapes that broadcast.

        Returns
        -------
        bool array (e,)
            True where no edge may be.
        """
        forbidden = np.zeros(np.broadcast_shapes(targets.shape, sources.shape), dtype=bool)
        if self.splits is not None:
            split = self.splits[sources]
            forbidden |= (split > 0) & (split != self.splits[targets])
        if self.groups is not None:
            own = self.groups[targets]
            forbidden |= (own >= 0) & (own == self.groups[sources])
        return forbidden

    def one_way(self, targets: Ints, sources: Ints) -> NDArray[np.bool_]:
        """Compute where the reverse of an allowed edge is forbidden.

        Parameters
        ----------
        targets : int array (e,)
            Number of the point that each edge leads to.
        sources : int array (e,)
            Number of the point that it comes from: of the same edges, one by one.

        Returns
        -------
        bool array (e,)
            True where an edge may lead to the target, and none back.
        """
        if self.splits is None:
            return np.zeros(len(targets), dtype=bool)
        return np.asarray((self.splits[targets] > 0) & (self.splits[sources] != self.splits[targets]))
