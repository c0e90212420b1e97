"""Superpixels as nodes."""

import numpy as np
import pytest

from margin_core.tasks.saliency.image_parts import SEGMENT_COUNTS, choose_grid, expand_cells, segment_multiscale


def quarters(side):
    """A picture of four colors."""
    picture = np.zeros((side, side, 3), np.uint8)
    picture[: side // 2, side // 2 :] = (250, 30, 30)
    picture[side // 2 :, : side // 2] = (30, 250, 30)
    picture[side // 2 :, side // 2 :] = (30, 30, 250)
    return picture


def test_every_cell_has_one_node_in_each_division_and_no_node_is_in_two():
    layout = segment_multiscale(quarters(40), (40, 40))
    assert layout.shape == (len(SEGMENT_COUNTS), 40, 40)
    sets = [set(part.ravel().tolist()) for part in layout]
    assert set.union(*sets) == set(range(sum(map(len, sets))))


def test_parts_keep_to_the_edges_of_colors():
    layout = segment_multiscale(quarters(40), (40, 40), (16,))
    colors = quarters(40).reshape(-1, 3) @ np.array([1, 256, 65536])
    pairs = set(zip(layout.ravel().tolist(), colors.tolist(), strict=True))
    assert len(pairs) == layout.max() + 1


def test_even_noise_is_cut_into_as_many_parts_as_asked_for():
    layout = segment_multiscale(np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8), (64, 64), (20, 80))
    first, second = (len(np.unique(part)) for part in layout)
    assert 10 <= first <= 30 < 40 <= second <= 110


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (2, 2, 3), (8, 8)])
def test_the_smallest_picture_has_parts(shape):
    layout = segment_multiscale(np.arange(np.prod(shape), dtype=np.uint8).reshape(shape), shape[:2])
    assert layout.shape == (len(SEGMENT_COUNTS), *shape[:2])
    assert set(layout.ravel().tolist()) == set(range(int(layout.max()) + 1))


def test_the_same_picture_is_cut_alike():
    picture = quarters(24)
    np.testing.assert_array_equal(segment_multiscale(picture, (24, 24)), segment_multiscale(picture.copy(), (24, 24)))


@pytest.mark.parametrize(
    ("size", "view", "grid"),
    [
        ((400, 300), (224, 224), (224, 224)),
        ((8, 300), (224, 224), (8, 224)),
        ((400, 300), None, (224, 168)),
        ((3000, 20), None, (224, 1)),
        ((28, 28), None, (28, 28)),
        ((500, 500), (448, 448), (224, 224)),
    ],
)
def test_the_grid_is_no_finer_than_picture_and_view(size, view, grid):
    assert choose_grid(size, view) == grid


def test_enlarged_cells_cover_their_pixels():
    cells = np.array([[1, 2], [3, 4]])
    np.testing.assert_array_equal(expand_cells(cells, (4, 2)), [[1, 2], [1, 2], [3, 4], [3, 4]])
    np.testing.assert_array_equal(expand_cells(cells[None] > 2, (2, 3))[0], [[False] * 3, [True] * 3])
