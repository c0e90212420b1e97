"""The histogram of novelty."""

import numpy as np
import pytest

from margin_core.errors import ParameterError
from margin_core.figures.drift import novelty_histogram


def test_bars_are_the_shares_of_each():
    random = np.random.default_rng(0)
    new, reference = np.append(random.normal(2, 1, 50), np.nan), random.normal(size=400)
    drawn = novelty_histogram(new, reference, 0.01)
    bars = {bar.name: bar.y.sum() for bar in drawn.data}
    assert bars == {"reference": pytest.approx(100), "new": pytest.approx(100)}
    (line,) = drawn.layout.shapes
    assert line.x0 == pytest.approx(np.quantile(reference, 0.99))


def test_nothing_known_is_an_empty_figure_and_nonsense_is_refused():
    assert not novelty_histogram(np.full(3, np.nan), np.empty(0), 0.01).data
    assert len(novelty_histogram(np.zeros(3), np.zeros(4), 0.01).data) == 2
    with pytest.raises(ParameterError, match="novelty_histogram: new"):
        novelty_histogram("much", np.zeros(3), 0.01)
