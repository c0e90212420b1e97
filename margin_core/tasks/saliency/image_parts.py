"""The nodes of an image: superpixels of several sizes, all together."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from margin_core.values import AnyArray, Ints

VERSION = 3
"""Raised whenever the same image would be divided otherwise."""

SEGMENT_COUNTS = (50, 100, 150, 200, 250, 300)
"""Superpixels requested in each division of the image, as the paper has them; SLIC returns about so many."""

COMPACTNESS = 10.0
"""How much nearness counts against similarity of color: scikit-image's default."""

FALLBACKS = ((10.0, 1.0), (20.0, 1.0), (40.0, 1.0), (80.0, 1.0), (1000.0, 0.0))
"""Compactness, and sigma of the smoothing before it, in cells, where SLIC finds less than half of the parts requested,
as in noise; at last nearly squares."""

MAX_GRID = 224
"""Height and width of the grid that an image is divided on, at most: finer parts change no heatmap."""

SMOOTHING = 1 / MAX_GRID
"""Sigma of the smoothing before SLIC, as a share of the larger side: so little that edges stay, but invisible noise
does not divide a photograph otherwise."""


def segment_multiscale(
    picture: NDArray[np.uint8], grid: tuple[int, int], counts: Sequence[int] = SEGMENT_COUNTS
) -> Ints:
    """Compute the superpixels of an image by SLIC, once for each count.

    Parameters
    ----------
    picture : uint8 array (h, w) or (h, w, 3)
    grid : (int, int)
        Height and width (a, b) of the grid that is laid over the image.
    counts : sequence of int, length r
        About how many parts each division has; never more than the grid has cells.

    Returns
    -------
    int array (r, a, b)
        The node of each cell in each division. Nodes are numbered through all divisions, from 0.

    Notes
    -----
    About 0.1 s a division on a grid of 224 x 224.

    References
    ----------
    Achanta et al., SLIC superpixels compared to state-of-the-art superpixel methods, IEEE TPAMI 2012.
    """
    small = np.asarray(Image.fromarray(picture).convert("RGB").resize(grid[::-1], Image.Resampling.BILINEAR))
    with ThreadPoolExecutor(max_workers=2) as threads:  # SLIC releases Python's lock
        divisions = list(threads.map(lambda count: _segment_fully(small, min(count, grid[0] * grid[1])), counts))
    before = np.cumsum([0] + [int(numbers.max()) + 1 for numbers in divisions[:-1]])
    return np.stack([first + numbers for first, numbers in zip(before, divisions, strict=True)])


def _segment_fully(picture: NDArray[np.uint8], count: int) -> Ints:
    """Compute one division with at least half of the parts requested, however coarse SLIC finds the picture."""
    for compactness, smoothing in ((COMPACTNESS, SMOOTHING * max(picture.shape[:2])), *FALLBACKS):
        numbers = segment(picture, count, compactness, smoothing)
        if numbers.max() + 1 >= count / 2:
            break
    return numbers


def segment(picture: NDArray[np.uint8], count: int, compactness: float = COMPACTNESS, smoothing: float = 0.0) -> Ints:
    """Compute one division of an image into superpixels by SLIC.

    Parameters
    ----------
    picture : uint8 array (h, w) or (h, w, 3)
    count : int
        About how many superpixels there are.
    compactness : float
        How much nearness counts against similarity of color.
    smoothing : float
        Sigma of the smoothing before it, in pixels.

    Returns
    -------
    int array (h, w)
        The superpixel of each pixel, numbered from 0 without gaps.
    """
    from skimage.segmentation import slic  # slow to import, and only images need it

    parts = slic(
        picture, n_segments=count, compactness=compactness, sigma=smoothing, start_label=0,
        channel_axis=-1 if picture.ndim == 3 else None,
    )  # fmt: skip
    return np.unique(parts, return_inverse=True)[1].reshape(parts.shape).astype(np.int64)


def choose_grid(size: tuple[int, int], view: tuple[int, int] | None) -> tuple[int, int]:
    """Select the grid of an image: no finer than the image, the model's input, or `MAX_GRID`.

    Parameters
    ----------
    size : (int, int)
        Height and width of the image, in pixels.
    view : (int, int) or None
        Those of the model's input; None where it takes any size.

    Returns
    -------
    (int, int)
        Height and width (a, b) of the grid, in cells.
    """
    if view is None:
        scale = max(max(size) / MAX_GRID, 1.0)
        return max(round(size[0] / scale), 1), max(round(size[1] / scale), 1)
    return min(size[0], view[0], MAX_GRID), min(size[1], view[1], MAX_GRID)


def expand_cells(cells: AnyArray, size: tuple[int, int]) -> AnyArray:
    """Return an array in which each pixel has the value of the cell that it lies in.

    Parameters
    ----------
    cells : array (..., a, b)
        A value of each cell of a grid, of any type.
    size : (int, int)
        Height and width (h, w) of the image, in pixels.

    Returns
    -------
    array (..., h, w)
    """
    down, across = (
        (np.arange(wanted) * given) // wanted for wanted, given in zip(size, cells.shape[-2:], strict=True)
    )  # fmt: skip
    found: AnyArray = cells[..., down[:, None], across]  # type: ignore[assignment]
    return found
