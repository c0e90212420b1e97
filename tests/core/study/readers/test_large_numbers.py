"""Columns of large numbers: as exact as they are written, and no worse for MARGIN's own model than small ones."""

from __future__ import annotations

import numpy as np
import pytest

from margin_core.study import open_source
from margin_core.study.notes import texts_of

N = 90
CLASS = [row % 3 for row in range(N)]


def write(path, values):
    path.write_text("x,label\n" + "".join(f"{value},c{label}\n" for value, label in zip(values, CLASS, strict=True)))
    return path


@pytest.mark.parametrize("offset", [0, 20_210_000, 1_000_000_000, 1_609_459_200_000])
def test_an_offset_changes_nothing_for_the_model(offset, tmp_path):
    opened = open_source(write(tmp_path / "t.csv", [offset + CLASS[row] * 20 + row % 7 for row in range(N)]))
    assert np.asarray(opened.study.inputs)[:, 0].tolist() == [offset + CLASS[row] * 20 + row % 7 for row in range(N)]
    assert opened.study.maybe_model.accuracy > 0.95
    assert (opened.study.maybe_model.predictions.argmax(axis=1) == opened.study.labels).mean() > 0.95
    assert not any("hardly tell the classes apart" in text for text in texts_of(opened.notes))


def test_numbers_beyond_single_precision_are_kept(tmp_path):
    opened = open_source(write(tmp_path / "t.csv", [f"{1 + CLASS[row] + row % 7}e39" for row in range(N)]))
    assert np.asarray(opened.study.inputs)[1, 0] == 3e39


def test_small_numbers_stay_in_single_precision(tmp_path):
    opened = open_source(write(tmp_path / "t.csv", [0.1 + CLASS[row] + row % 7 for row in range(N)]))
    assert np.asarray(opened.study.inputs).dtype == np.float32
