"""Rows of a table as their file has them."""

import datetime

import numpy as np
import pandas as pd
import pytest

from margin_core.study import load_study
from margin_core.study.inputs.sample_display import named_values, variable_values
from margin_core.values.written_table import NO_VALUE, written_value

ROWS = 24
CITIES = ("Paris", "Ulm", "Rome")


def write(folder, suffix):
    """Write a table with a column of every kind, the label in the middle."""
    day = [datetime.date(2024, 1, 5) + datetime.timedelta(days=row) for row in range(ROWS)]
    frame = pd.DataFrame(
        {
            "remark": [f"seen by me {row}" for row in range(ROWS)],
            "city": [CITIES[row % 3] for row in range(ROWS)],
            "since": day if suffix == "parquet" else [str(one) for one in day],
            "label": ["good", "bad"] * (ROWS // 2),
            "price": [row / 4 for row in range(ROWS)],
            "open": [row % 3 == 0 for row in range(ROWS)],
            "code": [f"x{row:03d}" for row in range(ROWS)],
        }
    )
    frame.loc[1, "price"] = None
    path = folder / f"shops.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    return path


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_categories_dates_and_remarks_are_shown_as_they_were_written(tmp_path, suffix):
    study = load_study(write(tmp_path, suffix))
    assert "city=Paris" in study.inputs.names
    shown = named_values(study, 3)
    assert [(one.name, one.value.lower()) for one in shown if one.is_feature] == [
        ("city", "paris"), ("since", "2024-01-08"), ("price", "0.75"), ("open", "true"),
    ]  # fmt: skip
    assert [tuple(one) for one in shown if not one.is_feature] == [
        ("remark", "seen by me 3", False),
        ("code", "x003", False),
    ]
    assert dict(one[:2] for one in named_values(study, 1))["price"] == NO_VALUE
    assert [one.name for one in named_values(study, 0, 2)] == ["city", "since"]


@pytest.mark.filterwarnings("ignore")
def test_variables_are_the_columns_of_the_file(tmp_path):
    study = load_study(write(tmp_path, "csv"))
    shown = variable_values(study, 3)
    assert [one.name for one in shown] == list(study.inputs.variables)
    values = {one.name: one.value for one in shown}
    assert values == {"city": "Paris", "since": "2024-01-08", "price": "0.75", "open": "true"}
    assert study.parts["inputs"] == study.inputs.fingerprint


@pytest.mark.filterwarnings("ignore")
def test_a_remark_changes_no_result_and_is_shown(tmp_path):
    path = write(tmp_path, "csv")
    before = load_study(path)
    path.write_text(
        path.read_text().replace("seen by me 3\n", "seen by me three\n").replace("seen by me 3,", "seen by me three,")
    )
    after = load_study(path)
    assert after.inputs.fingerprint == before.inputs.fingerprint
    np.testing.assert_array_equal(after.embedding, before.embedding)
    assert "seen by me three" in [one.value for one in named_values(after, 3)]


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, NO_VALUE), (float("nan"), NO_VALUE), ("", NO_VALUE), (3.0, "3"), (0.1, "0.1"), (7, "7"), (True, "true"),
     (datetime.date(2024, 1, 5), "2024-01-05"), (datetime.timedelta(seconds=3), "0:00:03"), (" two ", " two ")],
)  # fmt: skip
def test_a_value_is_written_as_a_person_would(value, words):
    assert written_value(value) == words
