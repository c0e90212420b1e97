"""The kind of every column is found by its values; what names the rows is no feature."""

import datetime
import gzip

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from margin_core.errors import SourceError
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers.column_kinds import type_column
from margin_core.study.readers.column_table import ColumnTable
from margin_core.study.readers.manifest import read_manifest
from margin_core.study.samples import ReadRequest
from margin_core.study.typed_column import ColumnKind

N = 60
RNG = np.random.default_rng(0)
REVIEW = [f"I stayed here for {row} nights and would come again" for row in range(N)]
COLUMNS = {
    "age": ([f"{row % 17}.5" for row in range(N)], ColumnKind.NUMBER),
    "with gaps": ([("?" if row % 9 == 0 else str(row % 17)) for row in range(N)], ColumnKind.NUMBER),
    "with an odd one": ([("approx" if row == 3 else str(row / 2)) for row in range(N)], ColumnKind.NUMBER),
    "decimal comma": ([f"1.{row:03d},5" for row in range(N)], ColumnKind.NUMBER),
    "sex": (["female" if row % 3 else "male" for row in range(N)], ColumnKind.CATEGORY),
    "dummy": (["True" if row % 3 else "False" for row in range(N)], ColumnKind.BOOLEAN),
    "smokes": (["yes" if row % 3 else "no" for row in range(N)], ColumnKind.BOOLEAN),
    "when": ([f"2026-{1 + row % 12:02d}-03" for row in range(N)], ColumnKind.DATE),
    "german date": ([f"{1 + row % 28:02d}.11.2026" for row in range(N)], ColumnKind.DATE),
    "review": (REVIEW, ColumnKind.TEXT),
    "Unnamed: 0": ([str(row) for row in range(N)], ColumnKind.ID),
    "permuted": ([str(row) for row in RNG.permutation(N)], ColumnKind.ID),
    "from one": ([str(1 + row) for row in RNG.permutation(N)], ColumnKind.ID),
    "PassengerId": ([str(891 + 3 * row) for row in range(N)], ColumnKind.ID),
    "ticket": ([f"A{row:05d}" for row in range(N)], ColumnKind.ID),
    "constant": (["x"] * N, ColumnKind.OTHER),
    "empty": ([""] * N, ColumnKind.OTHER),
    "cabin": ([f"C{row % 40}" for row in range(N)], ColumnKind.OTHER),
}


def table_of(**columns):
    return ColumnTable("t.csv", {name: pa.chunked_array([pa.array(values)]) for name, values in columns.items()})


@pytest.mark.parametrize("name", COLUMNS)
def test_the_kind_of_a_column(name):
    values, kind = COLUMNS[name]
    assert type_column(table_of(**{name: values}), name).kind is kind


def test_numbers_are_read_with_their_marks():
    column = type_column(table_of(x=["1,5", "?", "1.234,5", "-", "-2"] * 20), "x")
    np.testing.assert_array_equal(column.values[:5], [1.5, np.nan, 1234.5, np.nan, -2.0])
    assert column.marks == ("-", "?")


def test_dates_are_days_and_booleans_are_zero_and_one():
    assert np.diff(type_column(table_of(d=["2026-11-29", "2026-11-30"]), "d").values) == [1.0]
    np.testing.assert_array_equal(type_column(table_of(b=["yes", "no", "", "yes"]), "b").values, [1, 0, np.nan, 1])


@pytest.mark.parametrize("kind", ["number", "category", "date", "text", "id"])
def test_a_kind_that_is_given_holds(kind):
    assert type_column(table_of(x=["a", "b", "7"] * 10), "x", ColumnKind(kind)).kind == kind


def test_what_was_found_is_said(tmp_path):
    names = ["age", "sex", "dummy", "when", "Unnamed: 0", "constant"]
    rows = zip(*(COLUMNS[name][0] for name in names), ["cat", "dog"] * (N // 2), strict=True)
    (tmp_path / "t.csv").write_text("\n".join(",".join(row) for row in [(*names, "label"), *rows]) + "\n")
    samples = read_manifest(ReadRequest(tmp_path / "t.csv"))
    assert samples.features == "4 columns: 1 number, 1 boolean, 1 category, 1 date"
    assert samples.inputs.names == (
        "age", "sex=female", "sex=male", "dummy", "when", "when: weekday (sine)", "when: weekday (cosine)"
    )  # fmt: skip
    assert texts_of(samples.notes, NoteKind.READ) == (
        "Label: column 'label'.", "Columns read as number: age.", "Columns read as boolean: dummy.",
        "Columns read as category: sex.", "Columns read as date: when (as day, weekday).",
    )  # fmt: skip
    assert texts_of(samples.notes) == (
        "1 column is not used as a feature: it names or numbers the rows (Unnamed: 0).",
        "1 column left out, whose values never differ (constant).",
    )


def test_what_is_said_of_several_columns_is_in_the_plural(tmp_path):
    names = ["age", "Unnamed: 0", "ticket", "cabin", "room"]
    values = [*(COLUMNS[name][0] for name in names[:4]), COLUMNS["cabin"][0]]
    rows = zip(*values, ["cat", "dog"] * (N // 2), strict=True)
    (tmp_path / "t.csv").write_text("\n".join(",".join(row) for row in [(*names, "label"), *rows]) + "\n")
    assert set(texts_of(read_manifest(ReadRequest(tmp_path / "t.csv")).notes)) == {
        "2 columns are not used as features: they name or number the rows (Unnamed: 0, ticket).",
        "2 columns are not used as features: their values hardly repeat (cabin: 40 different, room: 40 different). To "
        "keep the 30 most frequent values of one as categories, choose --feature cabin:category.",
    }


def test_a_pair_of_categories_is_as_far_apart_as_two_rows_of_a_number_on_average(tmp_path):
    rows = [f"{x},{kind},{kind}" for x, kind in zip(RNG.normal(size=400), ["a", "b"] * 200, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["x,kind,label", *rows]) + "\n")
    points = read_manifest(ReadRequest(tmp_path / "t.csv")).embedding
    numbers, kinds = points[:, 0], points[:, 1:]
    assert ((kinds[0] - kinds[1]) ** 2).sum() == pytest.approx(2, abs=1e-5)
    assert ((numbers[:, None] - numbers) ** 2).mean() == pytest.approx(2, abs=1e-4)


def test_sentences_are_what_the_samples_are_whatever_their_column_is_called(tmp_path):
    rows = [f"{text},{row % 5},{'good' if row % 2 else 'bad'}" for row, text in enumerate(REVIEW)]
    (tmp_path / "t.csv").write_text("\n".join(["review,stars,label", *rows]) + "\n")
    samples = read_manifest(ReadRequest(tmp_path / "t.csv"))
    assert samples.inputs.values == tuple(REVIEW)
    assert samples.columns["stars"].tolist() == [row % 5 for row in range(N)]


def test_names_of_people_beside_other_columns_are_not(tmp_path):
    rows = [f"Braund Owen Harris {row},{row % 7},{row % 3},{row % 2}" for row in range(N)]
    (tmp_path / "t.csv").write_text("\n".join(["Name,Age,Pclass,label", *rows]) + "\n")
    assert read_manifest(ReadRequest(tmp_path / "t.csv")).inputs.names == ("Age", "Pclass")


def test_a_table_of_ids_alone_has_nothing_to_compare(tmp_path):
    (tmp_path / "t.csv").write_text("\n".join(["key,label", *(f"k{row},{row % 2}" for row in range(N))]) + "\n")
    with pytest.raises(SourceError, match="has neither a column with the paths of pictures"):
        read_manifest(ReadRequest(tmp_path / "t.csv"))


def test_a_duration_and_a_time_of_day_are_numbers(tmp_path):
    frame = pd.DataFrame({"x": RNG.normal(size=N), "label": ["a", "b"] * (N // 2)})
    frame["took"] = pd.to_timedelta(np.arange(N) % 7, unit="s")
    frame["at"] = [datetime.time(row % 24) for row in range(N)]
    frame.to_parquet(tmp_path / "t.parquet")
    assert read_manifest(ReadRequest(tmp_path / "t.parquet")).inputs.names == ("x", "took", "at")


def test_a_table_whose_end_is_missing_is_refused(tmp_path):
    packed = gzip.compress(b"x,label\n" + b"".join(b"%d,a\n" % (row * 7919) for row in range(2000)))
    (tmp_path / "t.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(SourceError, match="cannot be read: Compressed file ended"):
        read_manifest(ReadRequest(tmp_path / "t.csv.gz"))
