"""Excel workbooks are read as the same values in a text table would be."""

import json
import sys
import zipfile
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from margin_core.errors import SourceError
from margin_core.storage.workspace import workspace_folder
from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers import excel_table
from margin_core.study.readers.column_names import read_column_names, read_sheets
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


OTHERS = ([["x", "label"], [1, "a"], [2, "b"]], [])


def test_the_first_of_several_sheets_is_read_and_said(workbook):
    samples = read(workbook(ROWS, *OTHERS))
    assert len(samples.ids) == 4
    assert texts_of(samples.notes, NoteKind.LOSS) == (
        "Read is the first sheet, 'Sheet1'; 1 other sheet left out (Sheet2). To read another, choose --sheet Sheet2.",
    )


def test_a_sheet_that_is_named_is_read_and_said_and_the_others_are_no_loss(workbook):
    path = workbook(ROWS, *OTHERS)
    samples = read(path, sheet="Sheet2")
    assert (samples.inputs.names, samples.class_names) == (("x",), ("a", "b"))
    assert texts_of(samples.notes, NoteKind.LOSS) == ()
    assert "Read is the sheet 'Sheet2', as chosen; 1 other sheet left out (Sheet1)." in texts_of(
        samples.notes, NoteKind.READ
    )
    only = read(workbook(ROWS, name="one.xlsx"), sheet="Sheet1")
    assert "Read is the sheet 'Sheet1', as chosen." in texts_of(only.notes, NoteKind.READ)
    assert read_column_names(path, "Sheet2") == ("x", "label")
    assert read_sheets(path) == ("Sheet1", "Sheet2", "Sheet3")


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(workbook):
    path = workbook(ROWS, *OTHERS)
    with pytest.raises(SourceError) as refused:
        read(path, sheet="Sheet9")
    assert str(refused.value) == (
        f"'{path}' has no sheet 'Sheet9'. Name one of these with --sheet: Sheet1, Sheet2, Sheet3."
    )
    assert read_column_names(path, "Sheet9") == ()


def test_an_empty_first_sheet_and_one_without_a_label_name_the_others(workbook):
    path = workbook([], ROWS)
    with pytest.raises(SourceError) as refused:
        read(path)
    assert str(refused.value) == f"'{path}': its first sheet, 'Sheet1', is empty. Name another with --sheet: Sheet2."
    cover = workbook([["title", "author"], ["Cats", "Ada"], ["Dogs", "Emmy"]], ROWS)
    with pytest.raises(
        SourceError, match=r"Read is the sheet 'Sheet1'; choose another with --sheet: Sheet2\. Its columns"
    ):
        read(cover)


def test_a_sheet_is_named_of_a_workbook_only(workbook, tmp_path):
    (tmp_path / "t.csv").write_text("x,label\n1,a\n2,b\n")
    (tmp_path / "pets" / "cat").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.write(tmp_path / "t.csv", "t.csv")
    for name in ("t.csv", "pets"):
        with pytest.raises(SourceError) as refused:
            open_source(tmp_path / name, sheet="Sheet1")
        assert str(refused.value) == (
            f"'{(tmp_path / name).resolve()}' is no workbook (.xlsx), so --sheet has nothing to name. Leave it out."
        )
    with pytest.raises(SourceError, match=r"t\.zip/t\.csv' is no workbook"):
        open_source(tmp_path / "t.zip", sheet="Sheet1")
    workbook(ROWS, *OTHERS)
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
        archive.write(tmp_path / "t.xlsx", "t.xlsx")
    assert open_source(tmp_path / "book.zip", sheet="Sheet2").study.class_names == ("a", "b")
    assert read_sheets(tmp_path / "t.csv") == read_sheets(tmp_path / "t.zip") == read_sheets(tmp_path) == ()


def test_a_sheet_is_of_the_labels_where_the_source_is_no_workbook(workbook, tmp_path):
    labels = workbook(ROWS, [["id", "label"], ["p0", "a"], ["p1", "b"]])
    (tmp_path / "points.csv").write_text("id,x\np0,1\np1,2\n")
    opened = open_source(tmp_path / "points.csv", labels=labels, sheet="Sheet2")
    assert opened.study.labels.tolist() == [0, 1]
    points = workbook([["nothing"], ["here"]], [["id", "x"], ["p0", 1], ["p1", 2]], name="points.xlsx")
    (tmp_path / "labels.csv").write_text("id,label\np0,a\np1,b\n")
    opened = open_source(points, labels=tmp_path / "labels.csv", sheet="Sheet2")
    assert (opened.study.inputs.names, opened.study.labels.tolist()) == (("x",), [0, 1])


def test_the_workspace_and_a_study_folder_record_the_sheet(workbook, tmp_path):
    path = workbook(ROWS, *OTHERS)
    folder = workspace_folder(path, None)
    assert open_source(path, sheet="Sheet2", workspace=folder).study.class_names == ("a", "b")
    assert json.loads((folder / "workspace.json").read_text())["columns"] == {"sheet": "Sheet2"}
    assert open_source(folder).study.class_names == ("a", "b")
    assert open_source(folder, sheet="Sheet1").study.class_names == ("cat", "dog")
    (tmp_path / "study.toml").write_text('source = "t.xlsx"\nsheet = "Sheet2"\n')
    assert open_source(tmp_path).study.class_names == ("a", "b")


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
    assert read_column_names(path) == read_sheets(path) == ()


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


def test_titles_above_the_table_are_left_out(workbook):
    path = workbook([["Flowers, measured by hand"], [None], ["by Ada"], *ROWS])
    opened = open_source(path)
    assert len(opened.study) == len(ROWS) - 1
    assert texts_of(opened.notes)[0] == "2 lines above the names of the columns left out."
    assert read_column_names(path) == tuple(ROWS[0])


def test_an_index_without_a_name_is_no_title(workbook):
    path = workbook([[None, "label"], *([number, "ab"[number % 2]] for number in range(6))])
    assert "label" in read_column_names(path)


def test_the_sheet_behind_a_cover_is_named(workbook):
    for cover in ([["Report"]], [[None, "Report"]], [["Report", "2021"]], [["Report"], ["by", "Ada"]]):
        path = workbook(cover, ROWS)
        with pytest.raises(
            SourceError, match=r"its first sheet, 'Sheet1', has no rows below .* with --sheet: Sheet2\.$"
        ):
            read(path)


def test_names_of_sheets_are_quoted_as_a_shell_needs_it(tmp_path):
    with pd.ExcelWriter(tmp_path / "t.xlsx") as book:
        for name in ("Sheet 1", "Sheet 2"):
            pd.DataFrame(ROWS[1:], columns=ROWS[0]).to_excel(book, sheet_name=name, index=False)
    notes = texts_of(open_source(tmp_path / "t.xlsx").notes, NoteKind.LOSS)
    assert notes[0].endswith("1 other sheet left out (Sheet 2). To read another, choose --sheet 'Sheet 2'.")
    with pytest.raises(SourceError, match=r"Name one of these with --sheet: 'Sheet 1', 'Sheet 2'\."):
        read((tmp_path / "t.xlsx").resolve(), sheet="Sheet 3")
