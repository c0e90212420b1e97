"""Columns of large numbers: as exact as they are written, and no worse for MARGIN's own model than small ones."""

from __future__ import annotations

import numpy as np
import pytest

from margin_core.study import open_source
from margin_core.study.inputs.sample_display import written_variable
from margin_core.study.notes import texts_of
from margin_core.tasks.invertible.input_space import choose_input_space, read_inputs

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


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("power", [-310, 200])
def test_numbers_whose_squares_are_beyond_double_precision_tell_classes_apart(power, tmp_path):
    values = [f"{1 + CLASS[row] * 20 + row % 7}e{power}" for row in range(N)]
    assert open_source(write(tmp_path / "t.csv", values)).study.maybe_model.accuracy > 0.95


def test_a_long_class_name_is_cut_where_it_is_shown(tmp_path):
    (tmp_path / "t.csv").write_text("x,label\n" + f"1,{'a' * 5000}\n2,b\n" * 9)
    said = next(str(note) for note in open_source(tmp_path / "t.csv").notes if str(note).startswith("Classes: "))
    assert said == f"Classes: 2 ({'a' * 60}..., b)."


def test_counterfactuals_lead_back_to_large_numbers(tmp_path):
    values = [1_000_000_000 + CLASS[row] * 20 + row % 7 for row in range(N)]
    study = open_source(write(tmp_path / "t.csv", values)).study
    space = choose_input_space(study, "inputs")
    inputs = read_inputs(study, space, "inputs", range(N))
    np.testing.assert_allclose(space.values(inputs)[:, 0], values, atol=0.01, rtol=0)
    assert not space.is_outside(inputs).any()
    assert written_variable(study.inputs, 0, np.array([0]), np.array([1_000_000_027.0])) == "1000000027"
