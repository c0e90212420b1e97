"""RISE: random soft masks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from margin_core.storage.engine import Progress
from margin_core.tasks.saliency.methods.black_box import BATCH_SIZE, Picture, predict_masked
from margin_core.values import Doubles, Floats, Model

MASKS = 1_000
"""The authors take 4,000 to 8,000."""

CELLS = 7
"""Cells of a mask, each way."""

VISIBLE = 0.5
"""Probability that a cell is visible."""


def rise(model: Model, picture: Picture, target: int, progress: Progress) -> Doubles:
    r"""Compute RISE: the mean of random masks, weighted by the probability under each, less its smallest value.

    .. math:: \frac{1}{N p} \sum_k p_t(x \odot M_k)\, M_k

    Masks M are sampled cell by cell, enlarged smoothly and shifted randomly, the same every time.

    Parameters
    ----------
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)
    target : int
    progress : callable

    Returns
    -------
    float64 array (h, w)
        0 or more, larger = more important.

    References
    ----------
    Petsiuk, Das and Saenko, RISE, BMVC 2018. Captum has none.
    """
    size = picture.shape[:2]
    total = np.zeros(size)
    for visible, probabilities in predict_masked(model, picture, target, _masks(size), MASKS, progress):
        total += np.tensordot(probabilities, visible, axes=1)
    total /= MASKS * VISIBLE
    smallest: float = total.min()
    return total - smallest


def _masks(size: tuple[int, ...]) -> Iterator[Floats]:
    rng = np.random.default_rng(0)
    cells = [min(CELLS, side) for side in size]
    for start in range(0, MASKS, BATCH_SIZE):
        number = min(BATCH_SIZE, MASKS - start)
        # A cell more each way to shift into, and one more to blend with.
        grids = (rng.random((number, *(count + 2 for count in cells))) < VISIBLE).astype(np.float32)
        shifts = rng.random((number, 2))
        yield np.stack([
            _enlarge_rows(_enlarge_rows(grid, size[0], cells[0], up).T, size[1], cells[1], left).T
            for grid, (up, left) in zip(grids, shifts.tolist(), strict=True)
        ])  # fmt: skip


def _enlarge_rows(grid: Floats, length: int, cells: int, shift: float) -> Floats:
    """Interpolate the rows of a grid to `length`, linearly, from a place between its first two."""
    places = np.arange(length) * (cells / length) + shift
    before = places.astype(int)
    share = (places - before).astype(np.float32)[:, None]
    enlarged: Floats = (1 - share) * grid[before] + share * grid[before + 1]
    return enlarged
