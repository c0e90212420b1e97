"""What comes round again in dates is a place on a circle, and one variable with the date."""

from datetime import date, timedelta

import numpy as np
import pytest

from margin_core.evidence.column_places import ColumnPlaces
from margin_core.study.features.date_parts import SEASON, WEEKDAY, date_parts
from margin_core.study.features.table_rows import written_frame
from margin_core.study.inputs.sample_display import variable_values, written_variable
from margin_core.study.load import open_source
from margin_core.tasks.variable_importance.variables import find_variables

FIRST, N = date(2024, 1, 1), 500


def parts_of(days):
    return dict(date_parts(np.array(days, dtype=float)))


def test_days_of_one_weekday_or_season_are_one_place_and_the_next_lies_beside():
    days = np.arange(800.0)
    parts = parts_of(days)
    week = np.column_stack([parts[f"{WEEKDAY} (sine)"], parts[f"{WEEKDAY} (cosine)"]])
    year = np.column_stack([parts[f"{SEASON} (sine)"], parts[f"{SEASON} (cosine)"]])
    np.testing.assert_allclose(week[7:], week[:-7], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(np.diff(week, axis=0), axis=1), 2 * np.sin(np.pi / 7))
    np.testing.assert_allclose(year[366:], year[:-366], atol=0.02)
    assert np.linalg.norm(year[364] - year[0]) < 0.03 < np.linalg.norm(year[30] - year[0])
    assert week[4] == pytest.approx([0, 1], abs=1e-12)  # 1970-01-05 was a Monday


def test_the_time_of_day_changes_no_weekday_and_what_is_missing_stays_so():
    parts = parts_of([0.1, 0.9, 9.5, np.nan])
    assert set(parts) == {f"{WEEKDAY} (sine)", f"{WEEKDAY} (cosine)"}
    assert parts[f"{WEEKDAY} (sine)"][0] == parts[f"{WEEKDAY} (sine)"][1]
    assert np.isnan(parts[f"{WEEKDAY} (sine)"][3])


@pytest.mark.parametrize("days", [[], [np.nan, np.nan], [3.0, 3.0], [0.0, 1.0, 5.0], [0.0, 7.0, 14.0, 21.0]])
def test_what_says_no_more_than_the_day_is_left_out(days):
    assert parts_of(days) == {}


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Open a table whose label is whether a day is of the weekend; some days are missing."""
    path = tmp_path_factory.mktemp("dates") / "shifts.csv"
    random = np.random.default_rng(0)
    days = [FIRST + timedelta(int(place)) for place in random.integers(0, 1_000, N)]
    lines = [
        f"{'' if row % 50 == 0 else day.isoformat()},{random.normal():.3f},{'off' if day.weekday() > 4 else 'on'}"
        for row, day in enumerate(days)
    ]
    path.write_text("day,noise,label\n" + "\n".join(lines) + "\n")
    return open_source(path)


def test_a_date_is_one_variable_with_its_parts_and_shown_as_it_is_written(opened):
    study = opened.study
    table = study.inputs
    assert table.names[:2] == ("day", "day: time of year (sine)") and len(table.names) == 6
    assert table.variables == ("day", "noise") and table.variable_of.tolist() == [0] * 5 + [1]
    assert find_variables(study, np.arange(N)).variable_of.tolist() == [0] * 5 + [1]
    row = 1
    written = variable_values(study, row)[0]
    assert written_variable(table, 0, np.arange(5), np.asarray(table[row])[:5]) == written.value
    frame = written_frame(table, np.asarray(table[:2]), ("day", "noise"))
    assert str(frame["day"][row])[:10] == written.value and frame["day"].isna().tolist() == [True, False]
    shown = ColumnPlaces.from_study(study).row(row, given=0, suggested=1)
    assert [one.name for one in shown] == ["day", "noise"]


def test_what_features_come_from_is_said_and_a_missing_date_is_one_missing_value(opened):
    said = [note.text for note in opened.notes]
    assert "Features: 2 columns: 1 number, 1 date." in said
    assert "Columns read as date: day (as day, time of year, weekday)." in said
    assert "10 missing values replaced by the mean of the column (day)." in said


def test_the_weekday_is_near_in_the_features_and_counts_like_one_column(opened):
    study = opened.study
    known = np.arange(N) % 50 != 0
    points = study.embedding[known]
    assert np.square(points[:, 3:5] - points[:, 3:5].mean(axis=0)).sum(axis=1).mean() == pytest.approx(1, abs=0.1)
    assert study.model.accuracy > 0.95
