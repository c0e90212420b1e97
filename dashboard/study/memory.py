"""What was computed of one study, kept in memory in front of its workspace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from cachetools import LRUCache

T = TypeVar("T")

CAPACITY = 16
"""Values of one kind that are kept, unless the caller names another number."""


class Memory:
    """The values of each kind that were used last; safe for any number of threads.

    The workspace keeps arrays on disk; what is built of them for a page is kept here, so that a rerun builds nothing.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, LRUCache[Hashable, Any]] = {}
        self._lock = threading.Lock()

    def keep(self, kind: str, key: Hashable, value: Any, *, capacity: int = CAPACITY) -> None:
        """Store a value; beyond `capacity` of one kind, the one that was not used for longest goes."""
        with self._lock:
            self._kinds.setdefault(kind, LRUCache(capacity))[key] = value

    def get(self, kind: str, key: Hashable) -> Any | None:
        """Return a value, or None when it is not kept (any more)."""
        with self._lock:
            return self._kinds[kind].get(key) if kind in self._kinds else None

    def take_over(self, other: Memory, kind: str) -> None:
        """Store the values of one kind that another memory keeps."""
        with other._lock:
            kept = other._kinds.get(kind)
            values = [] if kept is None else list(kept.items())
        for key, value in values:
            self.keep(kind, key, value, capacity=int(kept.maxsize) if kept is not None else CAPACITY)

    def recall(self, kind: str, key: Hashable, compute: Callable[[], T], *, capacity: int = CAPACITY) -> T:
        """Return a value, computed unless it is kept.

        Parameters
        ----------
        kind : str
            What the value is, in snake case: ``slice``, ``crossing`` ...
        key : hashable
            Everything the value depends on, apart from the study.
        compute : callable
            Called without the lock: two threads that ask at once both compute. What it raises is raised and not kept.
        capacity : int
            Values of this kind that are kept.
        """
        kept: T | None = self.get(kind, key)
        if kept is None:
            kept = compute()
            self.keep(kind, key, kept, capacity=capacity)
        return kept
