import re

import numpy as np
import pytest

from dashboard.figures.channels import coloured_by
from dashboard.figures.overview import class_bars, confusion_matrix
from dashboard.figures.palette import CLASS_COLOURS, OTHER, STATES, STEPS, class_colours, score_colours
from dashboard.figures.yield_curve import yield_curve
from margin_core.overview import ClassCount, Confusion


def luminance(colour):
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_first_classes_have_colours_of_their_own_and_the_rest_is_grey():
    colours = class_colours(25)
    assert len(set(colours[:20])) == 20 and colours[20:] == [OTHER] * 5
    assert class_colours(3) == colours[:3]


@pytest.mark.parametrize("background", ["#FFFFFF", "#14181D"])
@pytest.mark.parametrize("colour", [*CLASS_COLOURS, OTHER, *(colour for _, colour in STATES)])
def test_every_colour_is_seen_on_both_backgrounds(colour, background):
    assert contrast(colour, background) > 1.9


def test_scores_run_from_dark_to_bright():
    shades = score_colours()
    assert len(shades) == STEPS and all(re.fullmatch("#[0-9a-f]{6}", shade) for shade in shades)
    assert (np.diff([luminance(shade) for shade in shades]) > -1e-3).all()


@pytest.mark.parametrize("channel", ["given", "now", "predicted", "state"])
def test_a_legend_counts_its_points(opened, channel):
    palette, legend = coloured_by(channel, "words", opened)
    assert (legend["kind"], legend["title"]) == ("classes", "words")
    codes = opened.channel(channel)
    assert [entry["count"] for entry in legend["entries"]] == [int((codes == i).sum()) for i in range(len(palette))]
    assert [entry["colour"] for entry in legend["entries"]] == palette
    assert [entry["class"] for entry in legend["entries"]] == list(range(len(palette)))


@pytest.mark.parametrize("channel", ["suspicion", "influence"])
def test_a_score_has_a_scale(opened, channel):
    palette, legend = coloured_by(channel, "words", opened)
    assert legend == {"kind": "score", "title": "words", "low": "0", "high": "1"}
    assert opened.channel(channel).max() < len(palette)


def test_the_bars_of_a_class_add_up():
    figure = class_bars([ClassCount("cat", 10, 3), ClassCount("12", 5, 0)])
    clean, suspect = figure.data
    assert list(clean.y) == list(suspect.y) == ["cat", "12"]
    assert list(clean.x) == [7, 5] and list(suspect.x) == [3, 0]
    assert figure.layout.yaxis.type == "category" and figure.layout.xaxis.title.text == "samples"


@pytest.mark.parametrize(("samples", "step"), [(1, 1), (5, 1), (6, None)])
def test_few_samples_are_counted_in_whole_numbers(samples, step):
    assert class_bars([ClassCount("cat", samples, 0)]).layout.xaxis.dtick == step


def test_the_matrix_has_the_given_label_down_and_the_other_across():
    figure = confusion_matrix([Confusion(0, 2, 5), Confusion(2, 1, 3)], ["a", "b", "c"])
    np.testing.assert_array_equal(figure.data[0].z, [[0, 0, 5], [0, 0, 0], [0, 3, 0]])
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("looks like", "given label")


def test_the_curve_lies_between_the_best_possible_and_nothing():
    wrong = np.array([False, True, False, True, False, False, False, False, False, False])
    figure = yield_curve({"ours": np.array([1, 0, 3, 2, 4, 5, 6, 7, 8, 9]), "worst": np.arange(9, -1, -1)}, wrong)
    curves = {curve.name: list(curve.y) for curve in figure.data}
    assert curves["ours"] == [0, 1, 1, 2, 2, 2, 2, 2, 2]
    assert curves["best possible"] == [0, 1, 2, 2, 2, 2, 2, 2, 2]
    assert curves["worst"][-1] == 1
    np.testing.assert_allclose(curves["by chance"], np.arange(9) * 0.2)


def test_a_curve_without_errors_is_flat():
    figure = yield_curve({"ours": np.arange(5)}, np.zeros(5, bool))
    assert all(not any(curve.y) for curve in figure.data)
