"""The parts of dates that come round again: the time of year and the weekday, each as a point on a circle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from margin_core.values import Doubles

YEAR, WEEK = 365.2425, 7.0
"""Days until the time of year, and the weekday, is the same again."""

SEASON, WEEKDAY = PARTS = ("time of year", "weekday")

_MONDAY = 3
"""Day 0, 1970-01-01, was a Thursday."""


def date_parts(days: Doubles) -> Iterator[tuple[str, Doubles]]:
    r"""Yield sine and cosine of the parts of dates that repeat within the dates, and differ between them.

    The sine and cosine of :math:`2 \pi t / T`, so that December lies beside January, and Sunday beside Monday. Of dates
    that span no more than a year, the day itself says what the time of year would; likewise with the week.

    Parameters
    ----------
    days : float array (n,)
        Since 1970-01-01; NaN where it is missing.

    Yields
    ------
    name : str
        Such as ``weekday (sine)``.
    values : float array (n,)
        In [-1, 1]; NaN where the date is missing.
    """
    known = days[np.isfinite(days)]
    span = np.ptp(known) if len(known) else 0.0
    weekday = np.mod(np.floor(days) + _MONDAY, WEEK)
    for name, period, place in ((SEASON, YEAR, np.mod(days, YEAR)), (WEEKDAY, WEEK, weekday)):
        if span > period and np.ptp(place[np.isfinite(place)]) > 0:
            angle = 2 * np.pi * place / period
            yield f"{name} (sine)", np.sin(angle)
            yield f"{name} (cosine)", np.cos(angle)
