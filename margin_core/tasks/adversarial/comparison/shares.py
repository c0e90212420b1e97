"""Whether clean samples that look attacked are criticisms more often than others: the paper's claim, tested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from margin_core.values import Findings, Texts
from margin_core.wilson_interval import wilson_interval


@dataclass(frozen=True)
class ShareComparison:
    """The share of marked samples inside and outside of a group.

    Attributes
    ----------
    inside, outside : int
        How many samples there are.
    marked_inside, marked_outside : int
        How many of them are marked.
    difference, low, high : float
        Share inside minus share outside, with its 95 % interval (Newcombe's, from Wilson's of both); NaN where one of
        the two is empty.
    odds_ratio, odds_low, odds_high : float
        Conditional maximum likelihood estimate and exact 95 % interval; NaN likewise.
    """

    inside: int
    outside: int
    marked_inside: int
    marked_outside: int
    difference: float
    low: float
    high: float
    odds_ratio: float
    odds_low: float
    odds_high: float

    @property
    def share_inside(self) -> float:
        """Share of marked samples in the group; 0 where it is empty."""
        return self.marked_inside / max(self.inside, 1)

    @property
    def share_outside(self) -> float:
        """Share of marked samples among all others; 0 where there are none."""
        return self.marked_outside / max(self.outside, 1)


def compare_shares(inside: NDArray[np.bool_], marked: NDArray[np.bool_]) -> ShareComparison:
    """Compare the share of marked samples in a group with that among all others.

    Parameters
    ----------
    inside : bool array (n,)
        Whether a sample belongs to the group.
    marked : bool array (n,)
        Whether each sample is counted.

    Returns
    -------
    ShareComparison

    References
    ----------
    Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17 (1998),
    method 10.
    """
    from scipy.stats.contingency import odds_ratio  # slow to import

    n, others = int(inside.sum()), int((~inside).sum())
    found, found_others = int((marked & inside).sum()), int((marked & ~inside).sum())
    if not n or not others:
        return ShareComparison(n, others, found, found_others, *[np.nan] * 6)
    low, high = wilson_interval(found, n)
    low_others, high_others = wilson_interval(found_others, others)
    share, share_others = found / n, found_others / others
    difference = share - share_others
    odds = odds_ratio(np.array([[found, n - found], [found_others, others - found_others]]), kind="conditional")
    interval = odds.confidence_interval(0.95)
    return ShareComparison(
        n, others, found, found_others, difference,
        difference - float(np.hypot(share - low, high_others - share_others)),
        difference + float(np.hypot(high - share, share_others - low_others)),
        float(odds.statistic), float(interval.low), float(interval.high),
    )  # fmt: skip


def compare_criticisms(looks_attacked: Texts, clean: Texts, prototypes: Findings) -> ShareComparison:
    """Compare how often clean samples that look attacked are criticisms with how often other clean samples are.

    Parameters
    ----------
    looks_attacked : array of str
        Ids of clean samples in the overlap.
    clean : array of str (a,)
        Ids of all clean samples.
    prototypes : Findings
        Of the task `Prototypes` on the same study.

    Returns
    -------
    ShareComparison
    """
    criticisms = prototypes.ids[prototypes.roles == "criticism"]
    return compare_shares(np.isin(clean, looks_attacked), np.isin(clean, criticisms))
