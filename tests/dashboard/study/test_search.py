"""Samples are found by what they are called."""

import numpy as np

from dashboard.study.search import find_samples
from dashboard.views.map.data import (
    available_channels,
    rows_with_code,
)
from margin_core.study import open_source
from margin_core.values import Study


def test_samples_are_found_by_a_part_of_their_id(opened):
    assert find_samples(opened.study, "SAMPLE 0").tolist() == list(range(10))
    assert find_samples(opened.study, "42").tolist() == [42]
    assert find_samples(opened.study, "nothing like it").tolist() == []


def test_samples_are_found_by_the_name_of_their_class(opened):
    np.testing.assert_array_equal(find_samples(opened.study, "DOG"), np.flatnonzero(opened.study.labels == 1))
    np.testing.assert_array_equal(
        rows_with_code(opened, available_channels(opened)["given"], 1), find_samples(opened.study, "dog")
    )


def test_texts_are_found_by_what_they_say():
    study = Study.build(inputs=["Win a PRIZE", "see you", "", "<script>prize"], labels=["spam", "ham", "ham", "spam"])
    assert find_samples(study, "prize").tolist() == [0, 3]
    assert find_samples(study, "<SCRIPT>").tolist() == [3]
    assert find_samples(study, "ham").tolist() == [1, 2]


def test_nodes_are_found_by_their_words():
    study = Study.build(labels=[0, 1], columns={"words": ["graph, Kernel", "node"]})
    assert find_samples(study, "kern").tolist() == [0]


def test_rows_are_found_by_their_categories_and_not_by_a_part_of_a_number(tmp_path):
    path = tmp_path / "shops.csv"
    lines = [f"{place},{size}.57,{'ab'[size % 2]}" for size in range(30) for place in ("Alba", "=1+1")]
    path.write_text("\n".join(["town,size,label", *lines]))
    study = open_source(path).study
    assert find_samples(study, "ALB").tolist() == list(range(0, 60, 2))
    assert find_samples(study, "=1+").tolist() == list(range(1, 60, 2))
    assert find_samples(study, ".57").tolist() == []
