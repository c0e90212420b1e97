"""The interval of a share that was counted, without SciPy, which is slow to import."""

from __future__ import annotations

from math import sqrt

_Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """Compute the 95 % Wilson interval of a share.

    Parameters
    ----------
    successes : int
        At most `trials`.
    trials : int
        At least 1.

    Returns
    -------
    low, high : float
        In [0, 1].

    References
    ----------
    Wilson, J. Am. Stat. Assoc. 22:209 (1927).

    Examples
    --------
    >>> from margin_core.wilson_interval import wilson_interval
    >>> low, high = wilson_interval(8, 10)
    >>> f"{low:.2f} to {high:.2f}"
    '0.49 to 0.94'
    """
    p, z2 = successes / trials, _Z**2
    middle = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z / (1 + z2 / trials) * sqrt(p * (1 - p) / trials + z2 / (4 * trials**2))
    return max(0.0, middle - half), min(1.0, middle + half)
