"""Colors mean the same everywhere and are seen on both backgrounds."""

import re

import numpy as np
import pytest

from margin_core.figures.palette import (
    CLASS_COLORS,
    COLOR_WORDS,
    N_SHADES,
    OTHER,
    STATES,
    class_colors,
    colors_by_name,
    score_colors,
)


def luminance(color):
    parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_first_classes_have_colors_of_their_own_and_the_rest_is_gray():
    colors = class_colors(25)
    assert len(set(colors[:20])) == 20 and colors[20:] == [OTHER] * 5
    assert class_colors(3) == colors[:3]


def test_a_class_that_is_called_like_a_color_has_it_and_no_other_class_does():
    names = ["green", "cat", "Red", "deep red", "dark-blue", "red and blue", "infrared"]
    colors = colors_by_name(names)
    assert (colors[0], colors[2], colors[4]) == (COLOR_WORDS["green"], COLOR_WORDS["red"], COLOR_WORDS["blue"])
    assert len(set(colors)) == len(names)
    assert colors_by_name(["cat", "dog"]) == class_colors(2)
    many = colors_by_name([f"class {number}" for number in range(24)] + ["red"])
    assert many == class_colors(25) and set(COLOR_WORDS.values()) <= set(CLASS_COLORS)


@pytest.mark.parametrize("background", ["#FFFFFF", "#14181D"])
@pytest.mark.parametrize("color", [*CLASS_COLORS, OTHER, *(color for _, color in STATES)])
def test_every_color_is_seen_on_both_backgrounds(color, background):
    assert contrast(color, background) > 1.9


def test_scores_run_from_dark_to_bright():
    shades = score_colors()
    assert len(shades) == N_SHADES and all(re.fullmatch("#[0-9a-f]{6}", shade) for shade in shades)
    assert (np.diff([luminance(shade) for shade in shades]) > -1e-3).all()
