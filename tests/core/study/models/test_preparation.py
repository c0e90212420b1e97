"""Pictures on their way into a network."""

import numpy as np
import pytest
import torch
from PIL import Image

from margin_core.errors import ModelError
from margin_core.study.models.preparation import Preparation, imagenet_preparation

COLOR = Preparation(6, 8, mean=(127.0,) * 3, deviation=(128.0,) * 3)
GRAY = Preparation(6, 8, mean=(0.0,), deviation=(255.0,))


def pictures(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_pictures_of_the_right_size_are_only_scaled():
    given = pictures(2, 6, 8, 3)
    np.testing.assert_allclose(COLOR(given).numpy(), (given.transpose(0, 3, 1, 2) - 127.0) / 128, rtol=1e-6)


def test_the_scale_of_imagenet_is_stated_from_0_to_1():
    prepared = imagenet_preparation(2, 2, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))(
        np.full((1, 2, 2, 3), 51, np.uint8)
    )
    expected = (0.2 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    np.testing.assert_allclose(prepared[0, :, 0, 0].numpy(), expected, rtol=1e-5)


def test_a_gray_picture_fills_all_channels():
    given = pictures(2, 6, 8)
    np.testing.assert_array_equal(COLOR(given), COLOR(np.repeat(given[..., None], 3, axis=3)))


def test_a_color_picture_becomes_gray_as_pillow_does():
    given = pictures(1, 6, 8, 3)
    expected = np.asarray(Image.fromarray(given[0]).convert("L"))
    np.testing.assert_allclose(GRAY(given)[0, 0].numpy() * 255, expected, atol=1)


def test_the_whole_picture_is_resized_as_pillow_does():
    given = pictures(1, 40, 30, 3)
    expected = np.asarray(Image.fromarray(given[0]).resize((8, 6), Image.Resampling.BILINEAR))
    np.testing.assert_allclose(COLOR(given)[0].permute(1, 2, 0).numpy() * 128 + 127, expected, atol=1)


def test_pictures_of_many_sizes_and_kinds_go_together():
    given = [pictures(40, 30, 3), pictures(6, 8), pictures(6, 8, 3)]
    together = COLOR(given)
    assert together.shape == (3, 3, 6, 8)
    for row, picture in enumerate(given):
        np.testing.assert_array_equal(together[row], COLOR(picture[None])[0])


@pytest.mark.parametrize("given", [[], pictures(0, 6, 8), pictures(0, 9, 9, 3)])
def test_no_pictures_give_no_rows(given):
    assert COLOR(given).shape == (0, 3, 6, 8)


def test_the_given_pictures_are_left_alone():
    given = pictures(2, 6, 8)
    before = given.copy()
    GRAY(given).zero_()
    np.testing.assert_array_equal(given, before)


@pytest.mark.parametrize(
    ("given", "came"),
    [
        (np.zeros((2, 6, 8), np.float32), "float32 of shape (6, 8)"),
        (np.zeros((2, 5), np.uint8), "uint8 of shape (5,)"),
        (np.zeros((2, 6, 8, 4), np.uint8), "uint8 of shape (6, 8, 4)"),
    ],
)
def test_anything_else_is_named(given, came):
    for inputs in (given, list(given)):
        with pytest.raises(ModelError) as raised:
            GRAY(inputs)
        assert str(raised.value) == (
            f"The model takes pictures: uint8 arrays (h, w) or (h, w, 3); got {came} each. "
            "Open the pictures themselves, or use another model."
        )


def test_the_answer_is_float32():
    assert COLOR(pictures(1, 6, 8)).dtype == torch.float32


@pytest.mark.parametrize("size", [(13, 30), (6, 8), (3, 5), (300, 200)])
def test_a_map_of_what_the_network_sees_is_laid_back_over_the_picture(size):
    """A map that is the prepared picture itself comes back as the picture, as far as both sizes can tell."""
    h, w = size
    slope = np.add.outer(np.linspace(0, 120, h), np.linspace(0, 120, w)).astype(np.uint8)
    placed = GRAY.placed(GRAY(slope[None])[0, 0].numpy(), size)
    assert placed.dtype == np.float32 and placed.shape == size
    inside = (slice(h // 6 + 1, -(h // 6) - 1 or None), slice(w // 8 + 1, -(w // 8) - 1 or None))
    np.testing.assert_allclose(placed[inside] * 255, slope[inside], atol=4)


def test_a_coarse_map_is_laid_over_the_whole_picture_too():
    placed = GRAY.placed(np.array([[[0.0, 1.0], [0.0, 0.0]]] * 3), (40, 60))
    assert placed.shape == (3, 40, 60)
    assert placed.min() == 0 and placed.max() == 1
    np.testing.assert_allclose(placed.mean((1, 2)), 0.25, atol=1e-6)
    assert (placed[0, :20, 30:] > placed[0, :20, :30].max() - 0.5).all()


def test_a_constant_map_stays_constant():
    np.testing.assert_allclose(GRAY.placed(np.full((6, 8), 0.3), (2, 3)), 0.3, rtol=1e-6)


@pytest.mark.parametrize("shape", [(40, 30, 3), (40, 30), (6, 8, 3), (3, 4, 3)])
@pytest.mark.parametrize("preparation", [COLOR, GRAY])
def test_a_picture_may_be_resized_before_it_is_prepared(preparation, shape):
    given = pictures(*shape)
    resized = preparation.resize(given)
    assert resized.dtype == np.uint8
    assert resized.shape[:2] == (6, 8) or (preparation is GRAY and len(shape) == 3)
    # In gray, what is resized is a whole number only when it is resized alone.
    np.testing.assert_allclose(preparation(resized[None]), preparation(given[None]), atol=1 / 255)
