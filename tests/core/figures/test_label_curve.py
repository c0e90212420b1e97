"""Accuracy by the number of labels."""

import numpy as np

from margin_core.figures.label_curve import accuracy_curve, strategy_curves


def test_the_accuracy_has_its_interval():
    figure = accuracy_curve(np.array([10, 20]), np.array([0.5, 0.7]), np.array([0.2, 0.5]), np.array([0.8, 0.9]))
    band, line = figure.data
    assert list(line.x) == [10, 20] and list(line.y) == [0.5, 0.7]
    assert list(band.y) == [0.8, 0.9, 0.5, 0.2]


def test_each_strategy_has_a_curve_and_the_best_comes_first_in_the_legend():
    mean = np.array([[0.5, 0.6], [0.7, 0.8]])
    figure = strategy_curves(["one", "two"], np.array([10, 20]), mean, np.array([[np.nan, 0.1], [0.0, 0.0]]))
    ranks = {curve.name: curve.legendrank for curve in figure.data}
    assert ranks["two"] < ranks["one"]
    assert {curve.name: list(curve.error_y.array) for curve in figure.data}["one"] == [0.0, 0.1]
    looks = {(curve.line.color, curve.line.dash) for curve in figure.data}
    assert len(looks) == 2
