"""The names of columns, before a table is read."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest

from margin_core.study.readers.column_names import read_column_names
from margin_core.study.readers.column_table import read_table

NAMES = ("id", "price, net", "größe", "label")
FRAME = pd.DataFrame([[row, row / 2, "klein", "ab"[row % 2]] for row in range(30)], columns=NAMES)
TEXT = FRAME.to_csv(index=False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", TEXT.encode()),
        ("t.tsv", FRAME.to_csv(index=False, sep="\t").encode()),
        ("t.csv", b"# made by hand\n\nsep=;\n" + FRAME.to_csv(index=False, sep=";").encode("cp1252")),
        ("t.txt", TEXT.encode("utf-16")),
        ("t.csv.gz", gzip.compress(TEXT.encode())),
        ("t.csv", TEXT.encode() + b"1,2,klein,a\n" * 20_000),
    ],
)
def test_a_text_file_has_the_columns_that_reading_all_of_it_finds(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert read_column_names(tmp_path / name) == NAMES == tuple(read_table(tmp_path / name).columns)


def test_other_sources_say_what_they_hold(tmp_path):
    FRAME.to_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in FRAME.to_dict("records")))
    np.savez(tmp_path / "t.npz", embedding=np.eye(3), labels=np.arange(3))
    assert read_column_names(tmp_path / "t.parquet") == read_column_names(tmp_path / "t.jsonl") == NAMES
    assert read_column_names(tmp_path / "t.npz") == ("embedding", "labels")


@pytest.mark.parametrize(
    ("name", "content"),
    [("t.csv", b""), ("t.csv", b"a,a\n1,2\n"), ("t.csv.gz", b"\x1f\x8bnot packed"), ("t.parquet", b"PAR1"),
     ("t.jsonl", b"[1"), ("t.jsonl", b"7\n"), ("t.npz", b"PK"), ("t.csv", b"\0\xff\xfe"), ("t.png", b"picture")],
)  # fmt: skip
def test_of_what_cannot_be_read_there_are_none(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert read_column_names(tmp_path / name) == ()
    assert read_column_names(tmp_path) == read_column_names(tmp_path / "nothing.csv") == ()
