"""Words as features of texts."""

import numpy as np

from margin_core.study.features.word_features import compute_word_features
from margin_core.study.inputs.texts import TextList


def test_texts_of_one_word_each_lie_somewhere_and_equal_ones_together():
    words = [f"word{number}" for number in range(400)]
    points = compute_word_features("words", TextList((*words, *words[:30], "?")))
    assert np.isfinite(points[:-1]).all() and np.isnan(points[-1]).all()
    np.testing.assert_allclose(points[400:430], points[:30], atol=1e-5)
    closeness = points[:400] @ points[:400].T - np.eye(400)
    assert closeness.max() < 0.9
