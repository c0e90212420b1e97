"""Running a heavy step: through an engine, with progress, and stoppable in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

Arrays = Mapping[str, np.ndarray]
Work = Callable[[], Arrays]
Progress = Callable[[float, str], None]
"""``progress(fraction, text)``, fraction in [0, 1]; it stops the work by raising `Cancelled`."""


class Engine(Protocol):
    """Anything that can run a heavy step, or recall its result."""

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return the result of a step, computed or recalled under the same name and key.

        Parameters
        ----------
        name : str
            What the step computes, in snake case: ``graph``, ``prototypes``, ``map`` ...
        key : str
            Fingerprint of everything the result depends on, a version number included.
        work : callable
            Computes the arrays, without arguments.

        Returns
        -------
        mapping of str to array
            Not to be changed.
        """
        ...


@dataclass(frozen=True)
class LocalEngine:
    """Run every step at once in this process, and store nothing."""

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return the result of the work.

        Parameters
        ----------
        name, key : str
            Not used.
        work : callable
            Computes the arrays.

        Returns
        -------
        mapping of str to array
            Of the work.
        """
        return work()


@dataclass(frozen=True, eq=False)
class MemoryEngine:
    """Run every step in this process, and remember its result in memory.

    Attributes
    ----------
    results : mutable mapping
        By name and key of the step. Default: a dict, so that each is remembered as long as the engine lives;
        `cachetools.LRUCache` remembers so many.
    """

    results: MutableMapping[tuple[str, str], Arrays] = field(default_factory=dict, repr=False)

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return the result of the work, done once.

        Parameters
        ----------
        name, key : str
            As for `Engine.step`.
        work : callable
            Computes the arrays.

        Returns
        -------
        mapping of str to array
            Not to be changed.
        """
        if (name, key) not in self.results:
            self.results[name, key] = work()
        return self.results[name, key]


def silent(fraction: float, text: str) -> None:
    """Discard progress.

    Parameters
    ----------
    fraction : float
        Not used.
    text : str
        Not used.
    """


@dataclass(frozen=True)
class Run:
    """One run of a task: its engine and where its progress is reported.

    Attributes
    ----------
    engine : Engine
        Runs the heavy steps.
    progress : callable
        Gets fraction and text; stops the run by raising `Cancelled`.
    device : str
        Where networks are run: ``cpu``, ``cuda``, ``mps``, or ``auto`` for the fastest that there is.
    """

    engine: Engine = LocalEngine()
    progress: Progress = silent
    device: str = "auto"

    def step(self, name: str, key: str, work: Work) -> Arrays:
        """Return the result of a heavy step, from the engine.

        Parameters
        ----------
        name, key : str
            As for `Engine.step`.
        work : callable
            Computes the arrays.

        Returns
        -------
        mapping of str to array
            Not to be changed.
        """
        return self.engine.step(name, key, work)

    def report(self, fraction: float, text: str) -> None:
        """Report how far the run is.

        Parameters
        ----------
        fraction : float
            In [0, 1].
        text : str
            What is being done.

        Raises
        ------
        Cancelled
            The user wants the run stopped.
        """
        self.progress(fraction, text)

    def part(self, low: float, high: float) -> Run:
        """Return the same run with its progress rescaled, for a part of the work.

        Parameters
        ----------
        low, high : float
            Fractions of the whole at which the part begins and ends, in [0, 1].

        Returns
        -------
        Run
            Reports fractions in [low, high] of this run.
        """
        return replace(self, progress=lambda fraction, text: self.progress(low + (high - low) * fraction, text))
