"""How much two heatmaps have in common, by hand."""

import numpy as np
import pytest

from margin_core.tasks.saliency.fragility import (  # fmt: skip
    center_of_mass,
    center_shift,
    compare_heatmaps,
    top_k_size,
)


def test_measures_by_hand():
    heatmap = np.zeros((9, 9), np.float32)
    heatmap[2, 3] = heatmap[4, 7] = 1
    np.testing.assert_allclose(center_of_mass(heatmap), [3, 5])
    assert center_shift(heatmap, np.roll(heatmap, 1, axis=0)) == pytest.approx(1)
    assert np.isnan(center_of_mass(np.zeros((3, 3), np.float32))).all()
    same = compare_heatmaps(heatmap, heatmap)
    assert (same.top_k, same.correlation, same.shift) == (1, pytest.approx(1), 0)
    assert [top_k_size(side**2) for side in (1, 16, 32, 227)] == [1, 26, 102, 1000]
