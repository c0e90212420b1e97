import re

import numpy as np
import pytest

from dashboard.shared.palette import CLASS_COLOURS, OTHER, STATES, STEPS, class_colours, score_colours
from dashboard.views.benchmark.figure import yield_curve
from dashboard.views.label_error_estimate.figure import finds
from dashboard.views.map.data import available_channels, palette_and_legend
from dashboard.views.overview.figure import class_bars, confusion_matrix
from margin_core.audit.overview import ClassCount, Confusion
from margin_core.review.estimates import ErrorCount, ExpectedYield


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
    shown = available_channels(opened)[channel]
    palette, legend = palette_and_legend(opened, shown)
    assert (legend["kind"], legend["title"]) == ("classes", shown.title)
    codes = available_channels(opened)[channel].values(opened)
    assert [entry["count"] for entry in legend["entries"]] == [int((codes == i).sum()) for i in range(len(palette))]
    assert [entry["color"] for entry in legend["entries"]] == palette
    assert [entry["label"] for entry in legend["entries"]] == list(range(len(palette)))


@pytest.mark.parametrize("channel", ["suspicion", "influence"])
def test_a_score_has_a_scale(opened, channel):
    shown = available_channels(opened)[channel]
    palette, legend = palette_and_legend(opened, shown)
    assert legend == {"kind": "score", "title": shown.title, "low": "0", "high": "1"}
    assert available_channels(opened)[channel].values(opened).max() < len(palette)


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


def lines_of(figure):
    return {line.name: line for line in figure.data if line.mode == "lines" and line.name}


def test_the_chart_of_finds_names_every_line_beside_its_end():
    wrong = np.arange(200) < 20
    found = np.array([0, 1, 1, 2, 3])
    ahead = ExpectedYield(mean=np.linspace(0, 5, 11), low=np.zeros(11), high=np.linspace(0, 9, 11))
    count = ErrorCount(found=3, low=10, median=15, high=40)
    ranked = {"one": np.arange(200), "another": np.arange(200)[::-1]}

    lines = lines_of(figure := finds(found, ahead, count, 200))
    assert list(lines) == ["best possible", "at random", "foreseen", "your review"]
    np.testing.assert_array_equal(lines["your review"].y, found)
    assert lines["foreseen"].x[0] == 4 and lines["foreseen"].y[-1] == 8
    assert lines["at random"].y[-1] == pytest.approx(14 * 15 / 200) and lines["best possible"].y[-1] == 14
    named = [note.text.split("</span> ")[1] for note in figure.layout.annotations]
    assert sorted(named) == ["at random: 1", "best possible: 14", "foreseen: 8"]

    lines = lines_of(figure := finds(found, ahead, count, 200, wrong=wrong, ranked=ranked))
    assert lines["one"].y[-1] == 14 and lines["another"].y[-1] == 0
    assert lines["at random"].y[-1] == pytest.approx(14 * 20 / 200)
    heights = sorted(note.y for note in figure.layout.annotations)
    top = figure.layout.yaxis.range[1]
    pixels = np.diff(heights) / top * (figure.layout.height - 56)
    assert len(heights) == 5 and (pixels >= 17.9).all() and heights[-1] <= top


def test_the_chart_of_finds_before_and_after_all_looks():
    nothing = ExpectedYield(mean=np.zeros(1), low=np.zeros(1), high=np.zeros(1))
    empty = finds(np.array([0]), nothing, ErrorCount(0, 0, 0, 0), 0)
    assert lines_of(empty)["your review"].y.tolist() == [0]
    done = finds(np.arange(1001) // 10, nothing, ErrorCount(100, 100, 100, 100), 1000)
    line = lines_of(done)["your review"]
    assert len(line.x) == 400 and (line.x[-1], line.y[-1]) == (1000, 100)
    assert "your review: 100" in [note.text.split("</span> ")[1] for note in done.layout.annotations]
