"""Strategies that select which samples to label next, one a file, by name, each with what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from margin_core.storage.engine import Run
from margin_core.tasks.active_sampling.strategies.badge import badge
from margin_core.tasks.active_sampling.strategies.balanced_random import balanced_random
from margin_core.tasks.active_sampling.strategies.entropy import entropy
from margin_core.tasks.active_sampling.strategies.influence import influence
from margin_core.tasks.active_sampling.strategies.influence_coverage import influence_coverage
from margin_core.tasks.active_sampling.strategies.k_center import k_center
from margin_core.tasks.active_sampling.strategies.least_margin import least_margin
from margin_core.tasks.active_sampling.strategies.pool import SamplingPool
from margin_core.tasks.active_sampling.strategies.probabilistic_resampling import probabilistic_resampling
from margin_core.tasks.active_sampling.strategies.probcover import probcover
from margin_core.tasks.active_sampling.strategies.random import random
from margin_core.tasks.active_sampling.strategies.typiclust import typiclust
from margin_core.values import Ints

Selection: TypeAlias = Callable[[SamplingPool, int, Run], Ints]
"""``rows (count,)`` in the order in which they are selected, or fewer where there are not as many candidates."""


@dataclass(frozen=True)
class Strategy:
    """A strategy and what it reads.

    Attributes
    ----------
    select : callable
        ``select(pool, count, run)``, rows of the pool in the order selected.
    title : str
        For a person.
    needs_predictions : bool
        Whether it reads predicted classes, which need labels of two classes, or a model.
    reads_influence : bool
        Whether it reads the influence of the signal.
    """

    select: Selection
    title: str
    needs_predictions: bool = False
    reads_influence: bool = False


STRATEGIES: dict[str, Strategy] = {
    "influence_coverage": Strategy(influence_coverage, "MARGIN with coverage", reads_influence=True),
    "influence": Strategy(influence, "Most influential first", reads_influence=True),
    "random": Strategy(random, "Random"),
    "balanced_random": Strategy(balanced_random, "Random, balanced over predicted classes", needs_predictions=True),
    "entropy": Strategy(entropy, "Entropy", needs_predictions=True),
    "least_margin": Strategy(least_margin, "Margin of the two likeliest classes", needs_predictions=True),
    "k_center": Strategy(k_center, "k-center (core-set)"),
    "typiclust": Strategy(typiclust, "TypiClust"),
    "probcover": Strategy(probcover, "ProbCover"),
    "badge": Strategy(badge, "BADGE", needs_predictions=True),
    "probabilistic_resampling": Strategy(probabilistic_resampling, "Probabilistic resampling"),
}
"""Every strategy by name, the default first."""

__all__ = ["STRATEGIES", "SamplingPool", "Selection", "Strategy"]
