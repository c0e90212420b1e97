"""An engine that remembers the most recent steps in memory, so that a heatmap goes on from its draft."""

from __future__ import annotations

from cachetools import LRUCache

from margin_core.storage.engine import Arrays, Work

MAX_STEPS = 48
"""Steps that are remembered; the least recently used is forgotten first."""


class RecentSteps:
    """An engine that runs every step here and remembers the most recent ones.

    Parameters
    ----------
    max_steps : int
    """

    def __init__(self, max_steps: int = MAX_STEPS) -> None:
        self._steps: LRUCache[tuple[str, str], Arrays] = LRUCache(max_steps)

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return the arrays of a step, or run it and remember them.

        Parameters
        ----------
        name : str
        key : str
        work : callable

        Returns
        -------
        mapping of str to array
        """
        if (name, key) not in self._steps:
            self._steps[name, key] = work()
        return self._steps[name, key]
