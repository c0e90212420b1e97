"""RISE: random soft masks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from margin_core.storage.engine import Progress
from margin_core.tasks.saliency.methods.black_box import AT_ONCE, Picture, asked
from margin_core.values import Doubles, Floats, Model

MASKS = 1_000
"""The authors take 4,000 to 8,000."""

CELLS = 7
"""Cells of a mask, each way."""

VISIBLE = 0.5
"""Share of the cells that are visible."""


def rise(model: Model, picture: Picture, target: int, progress: Progress) -> Doubles:
    r"""Give :math:`\tfrac{1}{N p} \sum_k p_t(x \odot M_k)\, M_k`, from its least value on.

    Masks M are drawn cell by cell, enlarged smoothly and shifted by chance; the same are drawn every time.

    Parameters
    ----------
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)
    target : int
    progress : callable

    Returns
    -------
    float array (h, w)

    References
    ----------
    Petsiuk, Das and Saenko, RISE, BMVC 2018.
    """
    size = picture.shape[:2]
    total = np.zeros(size)
    for visible, answers in asked(model, picture, target, _masks(size), MASKS, progress):
        total += np.tensordot(answers, visible, axes=1)
    total /= MASKS * VISIBLE
    least: float = total.min()
    return total - least


def _masks(size: tuple[int, ...]) -> Iterator[Floats]:
    drawn = np.random.default_rng(0)
    cells = [min(CELLS, side) for side in size]
    for start in range(0, MASKS, AT_ONCE):
        number = min(AT_ONCE, MASKS - start)
        # A cell more each way to shift into, and one more to blend with.
        grids = (drawn.random((number, *(count + 2 for count in cells))) < VISIBLE).astype(np.float32)
        shifts = drawn.random((number, 2))
        yield np.stack([
            _blended(_blended(grid, size[0], cells[0], up).T, size[1], cells[1], left).T
            for grid, (up, left) in zip(grids, shifts.tolist(), strict=True)
        ])  # fmt: skip


def _blended(grid: Floats, length: int, cells: int, shift: float) -> Floats:
    """Enlarge the rows of a grid to `length`, linearly, from a place between its first two."""
    places = np.arange(length) * (cells / length) + shift
    before = places.astype(int)
    share = (places - before).astype(np.float32)[:, None]
    blended: Floats = (1 - share) * grid[before] + share * grid[before + 1]
    return blended
