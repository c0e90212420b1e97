"""Samples are found by what they are called."""

import numpy as np

from dashboard.study.search import find_samples
from dashboard.views.map.data import (
    available_channels,
    rows_with_code,
)


def test_samples_are_found_by_a_part_of_their_id(opened):
    assert find_samples(opened.study, "SAMPLE 0").tolist() == list(range(10))
    assert find_samples(opened.study, "42").tolist() == [42]
    assert find_samples(opened.study, "nothing like it").tolist() == []


def test_samples_are_found_by_the_name_of_their_class(opened):
    np.testing.assert_array_equal(find_samples(opened.study, "DOG"), np.flatnonzero(opened.study.labels == 1))
    np.testing.assert_array_equal(
        rows_with_code(opened, available_channels(opened)["given"], 1), find_samples(opened.study, "dog")
    )
