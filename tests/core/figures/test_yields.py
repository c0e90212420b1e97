"""The yield curve of rankings."""

import numpy as np

from margin_core.figures.yields import yield_curve


def test_the_curve_lies_between_the_best_possible_and_nothing():
    wrong = np.array([False, True, False, True, False, False, False, False, False, False])
    figure = yield_curve({"ours": np.array([1, 0, 3, 2, 4, 5, 6, 7, 8, 9]), "worst": np.arange(9, -1, -1)}, wrong)
    curves = {curve.name: list(curve.y) for curve in figure.data}
    assert curves["ours"] == [0, 1, 1, 2, 2, 2, 2, 2, 2]
    assert curves["best possible"] == [0, 1, 2, 2, 2, 2, 2, 2, 2]
    assert curves["worst"][-1] == 1
    np.testing.assert_allclose(curves["at random"], np.arange(9) * 0.2)


def test_a_curve_without_errors_is_flat():
    figure = yield_curve({"ours": np.arange(5)}, np.zeros(5, bool))
    assert all(not any(curve.y) for curve in figure.data)
