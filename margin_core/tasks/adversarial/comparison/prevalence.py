"""How areas under the ROC curve depend on the share of attacked samples in the batch, since scores are transductive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from margin_core.storage.engine import Run
from margin_core.tasks.adversarial.comparison.area import point_area
from margin_core.tasks.adversarial.samples import Samples
from margin_core.values import Doubles, Ints

SHARES = (0.5, 0.2, 0.05, 0.01)
"""Shares of attacked samples among all, at which areas are measured."""

DRAWS = 10

MIN_ATTACKED = 2
"""Attacked samples in a batch, at least."""


@dataclass(frozen=True, eq=False)
class Prevalence:
    """Areas under the ROC curve by the share of attacked samples.

    Attributes
    ----------
    shares : float array (s,)
        That batches have, descending.
    attacked, clean : int array (s,)
        How many there were in each batch.
    areas : mapping of str to float array (s, draws)
        By score; NaN where it is unknown.
    """

    shares: Doubles
    attacked: Ints
    clean: Ints
    areas: Mapping[str, Doubles]

    def summary(self, name: str) -> tuple[Doubles, Doubles, Doubles]:
        """Return the mean area of a score at each share, and the range of 95 % of the draws.

        Parameters
        ----------
        name : str
            Of the score.

        Returns
        -------
        mean, low, high : float array (s,)
            Of the batches in which the score is known; NaN where it is known in none.
        """
        found = self.areas[name]
        mean, low, high = np.full((3, len(found)), np.nan)
        for place, draws in enumerate(found):
            known = draws[~np.isnan(draws)]
            if len(known):
                mean[place] = known.mean()
                low[place], high[place] = np.percentile(known, (2.5, 97.5))
        return mean, low, high

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return everything as named arrays, for a step of a run.

        Returns
        -------
        dict of str to array
        """
        areas = {f"area_{name}": found for name, found in self.areas.items()}
        return {"shares": self.shares, "attacked": self.attacked, "clean": self.clean, **areas}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Prevalence:
        """Build it from the arrays of `to_arrays`.

        Parameters
        ----------
        arrays : mapping of str to array
            As `to_arrays` names them.

        Returns
        -------
        Prevalence
        """
        areas = {name.removeprefix("area_"): found for name, found in arrays.items() if name.startswith("area_")}
        return cls(arrays["shares"], arrays["attacked"], arrays["clean"], areas)


def measure_prevalence(
    samples: Samples,
    score: Callable[[Ints], Mapping[str, Doubles]],
    *,
    shares: Sequence[float] = SHARES,
    draws: int = DRAWS,
    seed: int = 0,
    run: Run | None = None,
) -> Prevalence:
    """Compute areas under the ROC curve when attacked samples are fewer: graph, signal and scores anew for each batch.

    Parameters
    ----------
    samples : Samples
        All nodes.
    score : callable
        From the places of some of the nodes, ascending, to scores of these by name, larger = more likely attacked; it
        builds the graph.
    shares : sequence of float
        In (0, 1).
    draws : int
        Random batches of each share.
    seed : int
    run : Run, optional
        Receives the progress.

    Returns
    -------
    Prevalence

    Notes
    -----
    A batch has all clean samples, and attacked ones at random; where there are too few attacked ones, it has fewer
    clean ones, at random too. At least two are attacked, so that shares of few samples are larger than asked for;
    shares that come to the same are measured once.
    """
    run = run or Run()
    clean, attacked = np.flatnonzero(~samples.attacked), np.flatnonzero(samples.attacked)
    rng = np.random.default_rng(seed)
    sizes = list(dict.fromkeys(_sizes(share, len(clean), len(attacked)) for share in shares))
    areas: dict[str, list[list[float]]] = {}
    for place, (some_clean, some_attacked) in enumerate(sizes):
        for draw in range(draws):
            run.report((place * draws + draw) / (len(sizes) * draws), "Scoring batches with fewer attacked samples")
            nodes = np.sort(
                np.concatenate(
                    [rng.permutation(group)[:size] for group, size in ((clean, some_clean), (attacked, some_attacked))]
                )
            )
            for name, values in score(nodes).items():
                rows = areas.setdefault(name, [[] for _ in sizes])
                rows[place].append(point_area(values, samples.attacked[nodes]))
    return Prevalence(
        np.array([size[1] / sum(size) for size in sizes]),
        np.array([size[1] for size in sizes], dtype=np.int64),
        np.array([size[0] for size in sizes], dtype=np.int64),
        {name: np.array(rows) for name, rows in areas.items()},
    )


def _sizes(share: float, clean: int, attacked: int) -> tuple[int, int]:
    """Return how many clean and attacked samples make a batch with a share of attacked ones."""
    wanted = max(round(clean * share / (1 - share)), min(MIN_ATTACKED, attacked))
    if wanted <= attacked:
        return clean, wanted
    return max(round(attacked * (1 - share) / share), 1), attacked
