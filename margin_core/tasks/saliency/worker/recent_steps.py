"""An engine that remembers the last few steps in memory: a map that sharpens goes on from its draft."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from margin_core.storage.engine import Arrays, Work


@dataclass(frozen=True, eq=False)
class RecentSteps:
    """Remembers so many steps, the least recently used is forgotten first.

    Attributes
    ----------
    most : int
    """

    most: int = 48
    _kept: OrderedDict[tuple[str, str], Arrays] = field(default_factory=OrderedDict, repr=False)

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return the arrays of a step, or run it and remember them for a while."""
        kept = self._kept
        if (name, key) not in kept:
            kept[name, key] = work()
        kept.move_to_end((name, key))
        while len(kept) > self.most:
            kept.popitem(last=False)
        return kept[name, key]
