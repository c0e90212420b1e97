"""Charts of the overview."""

import numpy as np
import pytest

from margin_core.audit.overview import ClassCount, Confusion
from margin_core.figures.classes import class_bars, confusion_matrix


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
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("suggested label", "given label")
