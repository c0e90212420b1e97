"""A text table is read however it was saved."""

import gzip

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margin_core.errors import SourceError
from margin_core.study.notes import texts_of
from margin_core.study.readers.text_table import read_text_table

PLAIN = "x,label\n1,café\n2,b\n"


def columns(path, content, name="t.csv"):
    (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read_text_table(path / name, {"label"})
    return {name: column.to_pylist() for name, column in found.columns.items()}, texts_of(found.notes)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PLAIN, "t.csv"),
        (PLAIN.replace("\n", "\r\n"), "t.csv"),
        (PLAIN.replace("\n", "\r"), "t.csv"),
        (PLAIN.replace(",", ";"), "t.csv"),
        (PLAIN.replace(",", "\t"), "t.tsv"),
        (PLAIN.replace(",", "\t"), "t.txt"),
        (PLAIN.replace(",", "|"), "t.txt"),
        (PLAIN.replace("\n", ",,\n"), "t.csv"),
        (PLAIN.encode("utf-8-sig"), "t.csv"),
        (PLAIN.encode("utf-16"), "t.csv"),
        (gzip.compress(PLAIN.encode()), "t.csv.gz"),
        (PLAIN.replace("x,label", " x , label "), "t.csv"),
        (PLAIN.removesuffix("\n"), "t.csv"),
    ],
    ids=[
        "plain",
        "crlf",
        "cr",
        "semicolon",
        "tsv",
        "tab",
        "bar",
        "empty columns",
        "bom",
        "utf-16",
        "gzip",
        "blanks",
        "end",
    ],
)
def test_what_differs_only_in_how_it_is_saved_is_the_same(tmp_path, content, name):
    assert columns(tmp_path, content, name) == ({"x": [1, 2], "label": ["café", "b"]}, ())


@pytest.mark.parametrize(
    ("above", "note"),
    [
        ("\n\n", "2 lines above the names of the columns left out."),
        ("# by R\n", "1 line above the names of the columns left out."),
        ("sep=,\n", "1 line above the names of the columns left out."),
        (",,\n", "1 line above the names of the columns left out."),
    ],
    ids=["blank", "comment", "sep", "only delimiters"],
)
def test_lines_above_the_header_are_left_out_and_said(tmp_path, above, note):
    assert columns(tmp_path, above + PLAIN) == ({"x": [1, 2], "label": ["café", "b"]}, (note,))


def test_what_excel_says_of_the_delimiter_holds(tmp_path):
    assert columns(tmp_path, "sep=;\nx,y;label\n1,5;a\n")[0] == {"x,y": ["1,5"], "label": ["a"]}


def test_another_encoding_is_assumed_and_said(tmp_path):
    found, notes = columns(tmp_path, PLAIN.encode("cp1252"))
    assert found["label"][0] == "café" and notes == ("The file is not UTF-8; it was read as Windows-1252.",)


def test_a_value_that_does_not_fit_the_first_ones_makes_everything_text(tmp_path):
    rows = "".join(f"{row},a\n" for row in range(400_000))
    found, _ = columns(tmp_path, f"x,label\n{rows}word,b\n")
    assert found["x"][:2] == ["0", "1"] and found["x"][-1] == "word"


@pytest.mark.parametrize("content", ["", "x,label", "x,label\n", "\n\n", "x,label\n\n"])
def test_without_a_row_there_is_no_column(tmp_path, content):
    assert columns(tmp_path, content)[0] == {}


def test_a_column_that_is_there_twice_is_refused(tmp_path):
    with pytest.raises(SourceError, match="has 2 columns 'x'"):
        columns(tmp_path, "x,x,label\n1,2,a\n")


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0", exclude_categories=("Cs",)), min_size=1).map(
    lambda text: f"w{text}"
)


@pytest.mark.slow
@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=8), delimiter=st.sampled_from(",;\t|"))
def test_what_pandas_writes_is_read_back(tmp_path_factory, rows, delimiter):
    path = tmp_path_factory.mktemp("tables") / "t.csv"
    frame = pd.DataFrame(rows, columns=["one", "two", "three"])
    frame.to_csv(path, index=False, sep=delimiter, lineterminator="\n")
    found = read_text_table(path)
    assert found.delimiter == delimiter
    assert [list(row) for row in zip(*(column.to_pylist() for column in found.columns.values()), strict=True)] == [
        list(row) for row in rows
    ]
