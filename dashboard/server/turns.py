"""Reruns take turns, so that who clicks first is answered first.

Python runs one thread at a time. Twenty reruns side by side all end when the last one does; one after the other, half
of the viewers have their answer in half the time, and nobody waits longer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 0.1
"""Seconds that a rerun waits for its turn; one that computes for long does not hold the others up."""

_TURNS = threading.Semaphore(1)


@contextmanager
def turn() -> Iterator[None]:
    """Wait until the reruns that came before have ended, or for `LONGEST`."""
    mine = _TURNS.acquire(timeout=LONGEST)
    try:
        yield
    finally:
        if mine:
            _TURNS.release()
