"""The queue of reruns: one at a time, so that who clicks first is answered first.

Python runs one thread at a time. Twenty reruns side by side all end when the last one does; one after the other, half
of the viewers have their answer in half the time, and nobody waits longer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

MAX_WAIT = 0.1
"""Seconds that a rerun waits for its turn; one that computes for long does not hold the others up."""


class RerunQueue:
    """One after another in the order of coming, which the locks of the standard library do not promise."""

    def __init__(self, max_wait: float = MAX_WAIT) -> None:
        self._max_wait = max_wait
        self._lock = Lock()
        self._is_taken = False
        self._waiting: deque[Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Wait until those that came before have ended, or for the longest time; yield whether it is one's turn."""
        mine = self._wait()
        try:
            yield mine
        finally:
            if mine:
                self._hand_on()

    def _wait(self) -> bool:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            ticket = Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        if ticket.acquire(timeout=self._max_wait):
            return True
        with self._lock:
            if ticket not in self._waiting:  # It was handed over at the last moment.
                return True
            self._waiting.remove(ticket)
            return False

    def _hand_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


RERUN_QUEUE = RerunQueue()
"""Of all sessions of this process."""
