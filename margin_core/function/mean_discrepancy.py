"""The signal of the paper's case study I: the maximum mean discrepancy that a sample and its neighbors make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.function.distances import MAX_BLOCK_ENTRIES
from margin_core.function.kernel import sum_one_minus_kernel
from margin_core.storage.engine import Run
from margin_core.values import Doubles, Floats, Ints

VERSION = 1
"""Raised whenever the same points, groups and gamma would give other values."""

VARIANTS = ("V2", "V1")

MAX_EXACT_PAIRS = 50_000**2
"""Up to so many pairs, summed over the groups, kernels are summed exactly; beyond, by random Fourier features."""

FREQUENCIES = 512
"""Random frequencies, each giving a cosine and a sine feature."""

FREQUENCY_BLOCK = 32
"""Frequencies that are held at once; within such a block they are orthogonal to each other."""


def mean_discrepancy(
    points: Floats,
    neighbors: NDArray[np.int32],
    groups: Sequence[Ints],
    *,
    gamma: float,
    variant: str = "V2",
    exact_pairs: float = MAX_EXACT_PAIRS,
    run: Run | None = None,
) -> Doubles:
    r"""Compute the maximum mean discrepancy of every sample in its group, in closed form.

    Of a group G with n members, let :math:`R_i` be sample i with those of its neighbors that belong to G,
    :math:`q = |R_i|`, :math:`A_i = G \setminus R_i`, :math:`m = |A_i|`, and :math:`\mu` the mean of the kernel's
    features.

    V1, the paper's text
        :math:`f_i = \mathrm{MMD}(A_i, A_i \cup \{x_i\}) = \lVert \phi(x_i) - \mu_{A_i} \rVert / (m + 1)`.
    V2, its poster
        :math:`f_i = \mathrm{MMD}(G, A_i) = \tfrac{q}{n} \lVert \mu_{R_i} - \mu_{A_i} \rVert`.

    With :math:`E = 1 - K`, and :math:`E_{XY}` its sum over X and Y,

    .. math::

        \lVert \mu_R - \mu_A \rVert^2 = \frac{2 E_{RA}}{q m} - \frac{E_{RR}}{q^2} - \frac{E_{AA}}{m^2},\quad
        E_{RA} = E_{RG} - E_{RR},\quad E_{AA} = E_{GG} - 2 E_{RG} + E_{RR},

    and V1 is the same with the sample alone for R where A is not. So only the row sums of E and a block of
    (k + 1)^2 a sample are needed.

    Parameters
    ----------
    points : float32 array (m, d)
        The embedding.
    neighbors : int32 array (m, k)
        -1 where there is none.
    groups : sequence of int arrays (g,)
        Rows, of a class or of all; they share no row.
    gamma : float
        Of the Gaussian kernel, see `estimate_gamma`.
    variant : {'V1', 'V2'}
        Which of the two formulas.
    exact_pairs : float
        Where the squared sizes of the groups sum to more, means of random Fourier features (orthogonal within
        blocks) stand for kernel sums.
    run : Run, optional
        Receives the progress.

    Returns
    -------
    float array (m,)
        At least 0; larger = its removal (V2) or addition (V1) moves the mean more. 0 outside all groups and for a
        group of one. Where R would be the whole group, the neighbors stay.

    Notes
    -----
    O(sum of n^2 d + m k^2 d) exact; else O(m r (d + k)) with r = 512 frequencies, in memory for 64 columns at a time.
    """
    run = run or Run()
    values = np.zeros(len(points))
    exact = sum(float(len(rows)) ** 2 for rows in groups) <= exact_pairs
    for number, rows in enumerate(groups):
        part = run.part(number / len(groups), (number + 1) / len(groups))
        if len(rows) > 1:
            near = _within(neighbors, rows, len(points))
            measure = _exactly if exact else _by_features
            values[rows] = measure(points, rows, near, gamma, variant, part)
    return values


def _within(neighbors: NDArray[np.int32], rows: Ints, n: int) -> Ints:
    """Return neighbors as positions in the group, -1 for those outside; all -1 where they would be all of it."""
    place = np.full(n + 1, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    near = place[neighbors[rows]]
    near[(near >= 0).sum(axis=1) == len(rows) - 1] = -1
    return near


def _exactly(points: Floats, rows: Ints, near: Ints, gamma: float, variant: str, run: Run) -> Doubles:
    own = points[rows] - points[rows].mean(axis=0)  # |x - y|^2 = |x|^2 - 2xy + |y|^2 loses digits far from the origin
    n, members = len(own), near.shape[1] + 1
    sums = sum_one_minus_kernel(own, own, gamma, run, f"Comparing {n:,} samples with each other")
    everything = sums.sum()
    values = np.empty(n)
    for some in np.array_split(np.arange(n), n * members * (members + own.shape[1]) // MAX_BLOCK_ENTRIES + 1):
        removed = np.hstack([some[:, None], near[some]])
        present = (removed >= 0).astype(np.float64)
        inside = _one_minus_kernel_within(own[removed], gamma) * present[:, :, None] * present[:, None, :]
        whole = inside.sum(axis=(1, 2))
        outward = (sums[removed] * present).sum(axis=1)  # from R to the whole group
        q = present.sum(axis=1)
        m = n - q
        left = everything - 2 * outward + whole
        if variant == "V1":
            squared = 2 * (sums[some] - inside[:, 0].sum(axis=1)) / m - left / m**2
            values[some] = np.sqrt(np.maximum(squared, 0)) / (m + 1)
        else:
            squared = 2 * (outward - whole) / (q * m) - whole / q**2 - left / m**2
            values[some] = np.sqrt(np.maximum(squared, 0)) * q / n
    return values


def _one_minus_kernel_within(sets: Floats, gamma: float) -> Doubles:
    """Compute 1 - k between the members of each of many small sets, (b, s, d) to (b, s, s)."""
    inner = np.matmul(sets, sets.transpose(0, 2, 1)).astype(np.float64)
    lengths = np.einsum("bss->bs", inner)
    apart = np.maximum(lengths[:, :, None] + lengths[:, None, :] - 2 * inner, 0)
    np.einsum("bss->bs", apart)[:] = 0
    distant: Doubles = -np.expm1(-gamma * apart)
    return distant


def _by_features(points: Floats, rows: Ints, near: Ints, gamma: float, variant: str, run: Run) -> Doubles:
    own = points[rows]
    n, d = own.shape
    row, column = np.nonzero(near >= 0)
    ends = (np.concatenate([np.arange(n), row]), np.concatenate([np.arange(n), near[row, column]]))
    removed = sparse.csr_array((np.ones(len(ends[0]), dtype=np.float32), ends), shape=(n, n))
    del row, column, ends
    q = np.diff(removed.indptr).astype(np.float32)[:, None]
    m = n - q
    rng = np.random.default_rng(0)
    squared = np.zeros(n)
    height = max(MAX_BLOCK_ENTRIES // (2 * FREQUENCY_BLOCK), 1)
    for first in range(0, FREQUENCIES, FREQUENCY_BLOCK):
        run.report(first / FREQUENCIES, f"Comparing {n:,} samples with each other")
        turned = own @ _frequencies(rng, d, gamma)
        features = np.hstack([np.cos(turned), np.sin(turned)])
        del turned
        total = features.sum(axis=0, dtype=np.float64)
        for start in range(0, n, height):
            some = slice(start, start + height)
            taken = removed[some] @ features
            left = (total - taken) / m[some]
            difference = (features[some] if variant == "V1" else taken / q[some]) - left
            squared[some] += np.einsum("bf,bf->b", difference, difference)
    away = np.sqrt(squared / FREQUENCIES)
    values: Doubles = away / (m[:, 0] + 1) if variant == "V1" else away * q[:, 0] / n
    return values


def _frequencies(rng: np.random.Generator, d: int, gamma: float) -> Floats:
    """Sample a block of frequencies, (d, 32): Gaussian, but orthogonal as far as d allows (Yu et al., 2016)."""
    blocks = []
    for first in range(0, FREQUENCY_BLOCK, d):
        width = min(d, FREQUENCY_BLOCK - first)
        directions, _ = np.linalg.qr(rng.standard_normal((d, width)))
        blocks.append(directions * np.sqrt(rng.chisquare(d, width)))
    frequencies: Floats = (np.sqrt(2 * gamma) * np.hstack(blocks)).astype(np.float32)
    return frequencies
