"""Excel workbooks are read as the same values in a text table would be."""

import sys
import zipfile
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from margin_core.errors import SourceError
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers import excel_table
from margin_core.study.readers.column_names import read_column_names
from margin_core.study.readers.manifest import read_manifest
from margin_core.study.samples import ColumnNames, ReadRequest

openpyxl = pytest.importorskip("openpyxl")

ROWS = [
    ["id", "width", "wide", "on", "color", "label"],
    ["007", 1.5, True, datetime(2024, 1, 31), "red", "cat"],
    ["008", 2, False, datetime(2024, 2, 1), "blue", "dog"],
    ["009", None, True, datetime(2024, 2, 2, 12, 30), "red", "cat"],
    ["010", 3.0, False, None, "blue", None],
]


@pytest.fixture
def workbook(tmp_path):
    def write(*sheets, name="t.xlsx"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for number, rows in enumerate(sheets, 1):
            sheet = book.create_sheet(f"Sheet{number}")
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return (tmp_path / name).resolve()

    return write


def read(path, **columns):
    return read_manifest(ReadRequest(path, ColumnNames(**columns)))


def test_a_sheet_is_read_as_the_same_table_in_text(workbook, tmp_path):
    path = workbook(ROWS)
    samples = read(path)
    (tmp_path / "t.csv").write_text(
        "id,width,wide,on,color,label\n007,1.5,true,2024-01-31,red,cat\n008,2,false,2024-02-01,blue,dog\n"
        "009,,true,2024-02-02 12:30:00,red,cat\n010,3,false,,blue,\n"
    )
    text = read((tmp_path / "t.csv").resolve())
    assert samples.ids.tolist() == text.ids.tolist() == ["007", "008", "009", "010"]
    assert samples.labels.tolist() == text.labels.tolist() == [0, 1, 0, -1]
    assert samples.inputs.names == text.inputs.names
    np.testing.assert_array_equal(samples.embedding, text.embedding)
    assert samples.notes == text.notes
    assert read_column_names(path) == tuple(ROWS[0])


@pytest.mark.parametrize(
    "rows",
    [
        [[], [], ["width", "label"], [1, "a"], [2, "b"]],
        [["width", "label", None], [1, "a", None], [], [2, "b", None], []],
        [[" width ", "label"], [1, " a"], [2, "b "]],
    ],
)
def test_blank_rows_and_cells_are_no_samples(workbook, rows):
    samples = read(workbook(rows))
    assert samples.inputs.names == ("width",)
    assert (samples.labels.tolist(), samples.class_names) == ([0, 1], ("a", "b"))


@pytest.mark.parametrize("label", [7, "7", 7.0])
def test_numbers_as_labels_are_whole(workbook, label):
    samples = read(workbook([["x", "label"], [1, label], [2, 8], [3, 8]]))
    assert samples.class_names == ("7", "8")


def test_the_first_of_several_sheets_is_read_and_said(workbook):
    samples = read(workbook(ROWS, [["x", "label"], [1, "y"]], []))
    assert len(samples.ids) == 4
    said = (
        "Read is the first sheet, 'Sheet1'; 1 other sheet left out (Sheet2). To read another, move it to the front, or "
        "save it as CSV."
    )
    assert said in texts_of(samples.notes, NoteKind.LOSS)


def test_a_formula_is_the_value_that_was_saved(tmp_path, workbook):
    # openpyxl saves no value, as programs that never computed it
    samples = read(workbook([["x", "y", "label"], [1, "=A2*2", "a"], [2, 5, "b"], [4, 6, "a"]]))
    assert np.isnan(np.asarray(samples.inputs[0])[1])


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "no workbook, or one with a password"), (b"\xd0\xcf\x11\xe0" * 200, "no workbook, or one with a password"),
     (None, "")],
)  # fmt: skip
def test_a_damaged_workbook_is_named(tmp_path, content, reason):
    path = tmp_path / "t.xlsx"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("hello.txt", "hello")
    else:
        path.write_bytes(content)
    with pytest.raises(
        SourceError, match=rf"t\.xlsx' cannot be read: .*{reason}.*\. Save the sheet again, or as CSV\.$"
    ):
        read(path.resolve())
    assert read_column_names(path) == ()


@pytest.mark.parametrize("rows", [[], [["x", "label"]]])
def test_a_sheet_without_rows_is_refused(workbook, rows):
    with pytest.raises(SourceError, match="has no rows"):
        read(workbook(rows))


def test_a_workbook_that_unpacks_to_too_much_is_refused(workbook, monkeypatch):
    path = workbook(ROWS)
    monkeypatch.setattr(excel_table, "MAX_UNPACKED", 1000)
    with pytest.raises(SourceError, match=r"unpacks to more than 1 GB\. Save the sheet as CSV or Parquet\."):
        read(path)


def test_without_its_package_a_workbook_says_so(workbook, monkeypatch):
    path = workbook(ROWS)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SourceError) as refused:
        read(path)
    assert str(refused.value) == (
        f"'{path}' needs the package openpyxl. Run: pip install 'margin-dashboard[xlsx]', or save the sheet as CSV."
    )
    assert read_column_names(path) == ()


def test_what_pandas_wrote_is_read(tmp_path):
    frame = pd.DataFrame({"x": [1.0, 2.5, 3.0], "label": ["a", "b", "a"]})
    frame.to_excel(tmp_path / "t.xlsx")
    samples = read((tmp_path / "t.xlsx").resolve())
    assert samples.inputs.names == ("x",)
