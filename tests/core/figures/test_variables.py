"""Bars and maps of importance: what is drawn is what was given."""

import pytest

from margin_core.errors import ParameterError
from margin_core.figures import importance_bars, importance_map
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
