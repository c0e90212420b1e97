"""Running a heavy step: through an engine, with progress, stoppable in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Arrays = Mapping[str, np.ndarray]
Work = Callable[[], Arrays]
Progress = Callable[[float, str], None]
"""``progress(fraction, text)``: fraction in [0, 1]. It stops the work by raising `Cancelled`."""


class Engine(Protocol):
    """Anything that can carry out a heavy step."""

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return what ``work()`` returns, or what it returned before under the same name and key.

        Parameters
        ----------
        name : str
            What the step makes, in snake case: ``graph``, ``head``, ``embedding`` ...
        key : str
            Fingerprint of everything the result depends on, a version number included.
        work : callable
        """
        ...


@dataclass(frozen=True)
class ThisMachine:
    """Run every step here and now, and remember nothing."""

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Run the work."""
        return work()


def silent(fraction: float, text: str) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Run:
    """One run of a task: its engine and the person who waits for it."""

    engine: Engine = ThisMachine()
    progress: Progress = silent

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Carry out a heavy step through the engine."""
        return self.engine.step(name, key, work)

    def report(self, fraction: float, text: str) -> None:
        """Say how far the run is; raises `Cancelled` when the user wants it stopped."""
        self.progress(fraction, text)

    def part(self, low: float, high: float) -> Run:
        """Return the same run with its progress squeezed into ``[low, high]``, for a step of a step."""
        return Run(self.engine, lambda fraction, text: self.progress(low + (high - low) * fraction, text))
