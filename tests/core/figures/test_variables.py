"""Bars and maps of importance: what is drawn is what was given."""

import numpy as np
import pytest

from margin_core.errors import ParameterError
from margin_core.figures import correlation_map, importance_bars, importance_map, shuffle_curves
from margin_core.figures.palette import OTHER, SIGNED


def test_a_bar_is_colored_by_the_sign_of_its_effect():
    figure = importance_bars(["a", "b", "a"], [0.5, 0.3, 0.2], [1, -1, 0], title="share", equal=1 / 3)
    (bars,) = figure.data
    assert list(bars.x) == [0.5, 0.3, 0.2]
    assert list(bars.marker.color) == [SIGNED[2], SIGNED[0], OTHER]
    assert list(figure.layout.yaxis.ticktext) == ["a", "b", "a"]  # two of one name are two bars
    assert figure.layout.shapes[0].x0 == pytest.approx(1 / 3)


def test_without_effects_all_bars_are_alike():
    (bars,) = importance_bars(["a", "b"], [1, 2], title="rise").data
    assert len(set(bars.marker.color)) == 1


def test_a_long_name_is_cut_and_kept_whole_under_the_pointer():
    name = "the number of days since the last payment was made"
    figure = importance_bars([name], [1], title="share")
    (shown,) = figure.layout.yaxis.ticktext
    assert shown.endswith("…") and len(shown) < len(name)
    assert figure.data[0].customdata[0] == name


def test_a_map_is_signed_and_has_the_shape_of_the_picture():
    (heatmap,) = importance_map([0.4, 0.1, 0.2, 0.3, 0, 0], [1, -1, 1, -1, 1, 1], width=3).data
    assert heatmap.z.tolist() == [[0.4, -0.1, 0.2], [-0.3, 0, 0]]
    assert heatmap.zmax == -heatmap.zmin == 0.4


@pytest.mark.parametrize("width", [0, 4])
def test_rows_that_do_not_come_out_even_are_refused(width):
    with pytest.raises(ParameterError, match="rows of"):
        importance_map([1, 2, 3], [1, 1, 1], width)


def test_values_of_other_variables_are_refused():
    with pytest.raises(ParameterError, match="values"):
        importance_bars(["a"], [1, 2], title="share")


def test_each_ranking_has_a_curve_and_chance_a_band():
    chance = [1, 0.8, 0.5], [1, 0.6, 0.4], [1, 0.9, 0.6]
    figure = shuffle_curves([0, 1, 5], {"RATE": [1, 0.6, 0.5], "SHAP": [1, 0.7, 0.5]}, chance)
    named = {trace.name: list(trace.y) for trace in figure.data if trace.name}
    assert named == {"random order": chance[0], "RATE": [1, 0.6, 0.5], "SHAP": [1, 0.7, 0.5]}
    (band,) = (trace for trace in figure.data if trace.fill)
    assert (list(band.x), list(band.y)) == ([0, 1, 5, 5, 1, 0], [*chance[2], *chance[1][::-1]])
    assert (band.line.width, band.showlegend, band.hoverinfo) == (0, False, "skip")
    markers = {trace.marker.symbol for trace in figure.data if trace.mode == "lines+markers"}
    assert len(markers) == 2  # told apart without colors, too
    with pytest.raises(ParameterError, match="accuracy of RATE"):
        shuffle_curves([0, 1, 5], {"RATE": [1, 0.6]}, chance)


def test_what_goes_together_stands_together():
    table = np.eye(4)
    table[0, 2] = table[2, 0] = 0.9
    table[1, 3] = table[3, 1] = 0.8
    figure = correlation_map(["a", "b", "c", "d"], table)
    shown = list(figure.layout.yaxis.ticktext)
    assert {frozenset(shown[:2]), frozenset(shown[2:])} == {frozenset("ac"), frozenset("bd")}
    (heatmap,) = figure.data
    place = {name: number for number, name in enumerate(shown)}
    assert heatmap.z[place["a"]][place["c"]] == 0.9 and heatmap.z[place["a"]][place["b"]] == 0
    assert np.isnan(np.diag(np.array(heatmap.z, float))).all()
    assert list(figure.layout.xaxis.ticktext) == shown
