import csv
import json

import pandas as pd
import pytest

from margin_core.errors import ReviewError, WorkspaceError
from margin_core.review.export.tables import (
    read_table,
    write_csv,
    write_json_lines,
    write_parquet,
)

TEXTS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''=1", "'x", "'", "", "007", "NA", 'say "a,b"\nthen', "ü"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "id": pd.Series(TEXTS, dtype="str"),
            "none": pd.Series([None] * len(TEXTS), dtype="str"),
            "score": [-0.5] * len(TEXTS),
            "flag": [True] * len(TEXTS),
            "at": pd.to_datetime(["2026-01-02T03:04:05.678Z"] * len(TEXTS)),
        }
    )


def test_csv_holds_no_formula_and_numbers_stay_numbers(frame, tmp_path):
    write_csv(frame, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert not any(row["id"].startswith(FORMULA) for row in rows)
    assert [row["id"] for row in rows][:2] == ["'=1+1", "'+1"]
    assert (rows[0]["none"], rows[0]["score"], rows[0]["flag"]) == ("", "-0.5", "True")
    assert rows[0]["at"] == "2026-01-02T03:04:05.678000+00:00"


@pytest.mark.parametrize(
    ("write", "name"), [(write_csv, "t.csv"), (write_parquet, "t.parquet"), (write_json_lines, "t.JSONL")]
)
def test_what_is_written_is_read_back(frame, tmp_path, write, name):
    write(frame, tmp_path / name)
    read = read_table(tmp_path / name)
    assert read["id"].tolist() == TEXTS
    assert read["none"].tolist() == [""] * len(TEXTS)
    assert set(read["score"]) == {"-0.5"}
    assert {pd.Timestamp(text) for text in read["at"]} == {pd.Timestamp("2026-01-02T03:04:05.678Z")}


def test_parquet_and_json_lines_are_raw(frame, tmp_path):
    write_parquet(frame, tmp_path / "t.parquet")
    assert pd.read_parquet(tmp_path / "t.parquet")["id"].tolist() == TEXTS
    write_json_lines(frame, tmp_path / "t.jsonl")
    first = json.loads((tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first == {
        "id": "=1+1", "none": None, "score": -0.5, "flag": True, "at": "2026-01-02T03:04:05.678000+00:00",
    }  # fmt: skip


def test_a_file_that_cannot_be_written_leaves_the_old_one(frame, tmp_path):
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(WorkspaceError, match=r"^Cannot write '.*t\.csv'"):
        write_csv(frame, tmp_path / "t.csv")
    assert list(tmp_path.iterdir()) == [tmp_path / "t.csv"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xlsx", b"", r"^'t\.xlsx': decisions are read from \.csv, \.parquet or \.jsonl\. Save the table as one\.$"),
        ("t.csv", None, r"^There is no file '.*t\.csv'\. Check the path\.$"),
        ("t.csv", b"", r"^'.*t\.csv' cannot be read as \.csv: No columns to parse from file\. Save it again\.$"),
        ("t.parquet", b"id,label\n", r"^'.*t\.parquet' cannot be read as \.parquet: .*\. Save it again\.$"),
        ("t.jsonl", b"{'id': 1}", r"^'.*t\.jsonl' cannot be read as \.jsonl: Expecting .*\. Save it again\.$"),
        ("t.jsonl", b"[1, 2]\n", r"every line must be one JSON object\. Save it again\.$"),
    ],
)
def test_an_unreadable_table_is_named(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ReviewError, match=message):
        read_table(tmp_path / name)
