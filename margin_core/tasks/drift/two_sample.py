"""Whether two samples come from one distribution: the maximum mean discrepancy, with a permutation test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.function.distances import squared_distances
from margin_core.storage.engine import Run
from margin_core.values import Doubles, Floats

VERSION = 1
"""Raised whenever the same samples would have another result."""

SEED = 0

MAX_BLOCK_ENTRIES = 4_000_000
"""Entries of the permutations that are held at once."""


@dataclass(frozen=True)
class TwoSampleTest:
    """The result of a test.

    Attributes
    ----------
    mmd : float
        Unbiased estimate of the squared discrepancy; about 0, also below it, where both distributions are the same.
    p_value : float
        In [1 / (permutations + 1), 1]; NaN where there was nothing to test.
    permutations : int
    n_new, n_reference : int
        Samples that were compared.
    """

    mmd: float
    p_value: float
    permutations: int
    n_new: int
    n_reference: int

    @property
    def resolution(self) -> float:
        """The smallest p-value that could have been found."""
        return 1 / (self.permutations + 1)


def compare_samples(new: Floats, reference: Floats, permutations: int, run: Run | None = None) -> TwoSampleTest:
    r"""Test whether two samples come from one distribution.

    .. math:: \mathrm{MMD}^2_u = \frac{1}{n(n-1)} \sum_{i \ne j} k(x_i, x_j)
              + \frac{1}{r(r-1)} \sum_{i \ne j} k(y_i, y_j) - \frac{2}{nr} \sum_{i,j} k(x_i, y_j)

    with the Gaussian kernel, its width the median squared distance of all pairs of both samples together. The p-value
    is the share of random divisions of them into n and r, this one included, whose discrepancy is at least as large:
    with exchangeable samples it is at most :math:`\alpha` with probability :math:`\alpha` at most, whatever their
    number.

    Parameters
    ----------
    new : float32 array (n, d)
        Finite.
    reference : float32 array (r, d)
        Finite.
    permutations : int
        Random divisions, at least 1.
    run : Run, optional
        Receives the progress.

    Returns
    -------
    TwoSampleTest
        With NaN where n or r is less than 2.

    References
    ----------
    Gretton, Borgwardt, Rasch, Scholkopf, Smola: A kernel two-sample test. JMLR 13, 2012.
    """
    run = run or Run()
    n, r = len(new), len(reference)
    if n < 2 or r < 2:
        return TwoSampleTest(float("nan"), float("nan"), permutations, n, r)
    kernel = _kernel(np.concatenate([new, reference]).astype(np.float64))
    random = np.random.default_rng(SEED)
    block = max(1, MAX_BLOCK_ENTRIES // (n + r))
    own = np.zeros((1, n + r))
    own[0, :n] = 1
    observed = float(_discrepancies(kernel, own, n, r)[0])
    larger = done = 0
    while done < permutations:
        run.report(done / permutations, f"Testing {n:,} new samples against {r:,} of the reference")
        some = min(block, permutations - done)
        divided = np.zeros((some, n + r))
        chosen = np.argpartition(random.random((some, n + r)), n - 1, axis=1)[:, :n]
        np.put_along_axis(divided, chosen, 1.0, axis=1)
        # Sums in another order differ in the last digits: what is equal but for these counts as equal.
        larger += int((_discrepancies(kernel, divided, n, r) >= observed - 1e-12).sum())
        done += some
    return TwoSampleTest(observed, (1 + larger) / (1 + permutations), permutations, n, r)


def adjust_holm(p_values: Doubles) -> Doubles:
    r"""Correct p-values for their number, so that the chance of any false one stays bounded.

    .. math:: \tilde p_{(i)} = \max_{j \le i} \min(1, (c - j + 1)\, p_{(j)})

    Parameters
    ----------
    p_values : float array (c,)
        NaN where nothing was tested: these do not count.

    Returns
    -------
    float array (c,)
        In [0, 1], not below `p_values`; NaN where these are.

    References
    ----------
    Holm: A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 1979.
    """
    adjusted = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.maximum.accumulate(np.minimum(factors * p_values[order], 1.0))
    return adjusted


def _kernel(points: Doubles) -> Doubles:
    """Return the Gaussian kernel between all points, with zeros on its diagonal."""
    centered = points - points.mean(axis=0)
    squared = squared_distances(centered, centered)
    pairs = squared[np.triu_indices(len(points), 1)]
    width = float(np.median(pairs))
    if width <= 0:
        width = float(pairs.mean()) or 1.0
    kernel: Doubles = np.exp(squared / -width)
    np.fill_diagonal(kernel, 0)
    return kernel


def _discrepancies(kernel: Doubles, divided: Doubles, n: int, r: int) -> Doubles:
    """Compute the discrepancy of each row of 0 and 1, which says who is in the first sample."""
    within = np.einsum("bn,bn->b", divided @ kernel, divided)
    between = divided @ kernel.sum(axis=1) - within
    rest = kernel.sum() - within - 2 * between
    found: Doubles = within / (n * (n - 1)) + rest / (r * (r - 1)) - 2 * between / (n * r)
    return found
