"""What stands where a picture is hidden."""

import numpy as np
import pytest

from margin_core.tasks.saliency.masking import FILLS

PICTURE = np.random.default_rng(0).uniform(-1, 1, (3, 20, 27)).astype(np.float32)
HOLE = np.ones((2, 20, 27), dtype=bool)
HOLE[0, 5:9, 6:12] = False
HOLE[1, :, 10:] = False


@pytest.mark.parametrize("name", FILLS)
@pytest.mark.parametrize("picture", [PICTURE, PICTURE[:1, :1, :1], PICTURE[:, :1]], ids=lambda one: str(one.shape))
def test_a_fill_has_the_size_of_the_picture_and_stays_within_its_colors(name, picture):
    visible = np.zeros((2, *picture.shape[1:]), dtype=bool)
    visible[:, ::2] = True
    filled = np.broadcast_to(FILLS[name](picture)(visible), (2, *picture.shape))
    assert filled.dtype == np.float32
    assert filled.min() >= picture.min() - 1e-6 and filled.max() <= picture.max() + 1e-6


@pytest.mark.parametrize("name", FILLS)
def test_a_fill_is_the_same_every_time(name):
    np.testing.assert_array_equal(FILLS[name](PICTURE)(HOLE), FILLS[name](PICTURE.copy())(HOLE))


def test_mean_is_the_mean_of_each_channel():
    np.testing.assert_allclose(FILLS["mean"](PICTURE)(HOLE)[:, 3, 4], PICTURE.mean((1, 2)), rtol=1e-5)


def test_blur_takes_the_detail_and_leaves_the_light():
    blurred = FILLS["blur"](PICTURE)(HOLE)
    assert blurred.std() < 0.3 * PICTURE.std()
    slope = np.broadcast_to(np.linspace(0, 1, 200, dtype=np.float32), (1, 200, 200))
    np.testing.assert_allclose(FILLS["blur"](slope)(HOLE)[0, 100, 50:150], slope[0, 100, 50:150], atol=1e-3)


def test_noise_has_the_contrast_of_the_picture():
    large = np.random.default_rng(1).normal(0, 0.1, (3, 100, 100)).astype(np.float32)
    noise = FILLS["noise"](large)(np.ones((1, 100, 100), dtype=bool))
    np.testing.assert_allclose(noise.std((1, 2)), large.std((1, 2)), rtol=0.05)
    assert abs(np.corrcoef(noise.ravel(), large.ravel())[0, 1]) < 0.05


def test_inpainting_continues_what_is_around_the_hole():
    slope = np.broadcast_to(np.linspace(0, 1, 27, dtype=np.float32), (1, 20, 27))
    filled = FILLS["inpaint"](slope)(HOLE)
    np.testing.assert_allclose(filled[0, 0][~HOLE[0]], slope[0][~HOLE[0]], atol=0.12)
    np.testing.assert_allclose(filled[0, 0][HOLE[0]], slope[0][HOLE[0]], atol=1e-6)


def test_inpainting_with_nothing_visible_is_the_mean_color():
    filled = FILLS["inpaint"](PICTURE)(np.zeros((1, 20, 27), dtype=bool))
    np.testing.assert_allclose(filled[0, :, 7, 7], PICTURE.mean((1, 2)), rtol=1e-5)
