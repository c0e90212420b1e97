import csv

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from margin_core.errors import AccessError, SourceError
from margin_core.storage.csv_text import to_csv_text
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers.column_table import MISSING_VALUES
from margin_core.study.readers.manifest import read_manifest
from margin_core.study.samples import ColumnNames, ReadRequest


def read(path, roots=(), **columns):
    return read_manifest(ReadRequest(path.resolve(), ColumnNames(**columns), roots=roots))


@pytest.fixture
def table(tmp_path):
    def write(text, name="table.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


IRIS = """id,petal length,petal width,constant,kind,Label,split
007,1.0,0.2,3,x,setosa,train
008,3.0,,3,y,setosa,test
009,5.0,0.4,3,z,virginica,test
"""


def test_numbers_are_inputs_and_standardized_the_embedding(table):
    samples = read(table(IRIS))
    assert samples.ids.tolist() == ["007", "008", "009"]
    assert samples.class_names == ("setosa", "virginica")
    assert samples.labels.tolist() == [0, 0, 1]
    assert samples.inputs.names == ("petal length", "petal width", "constant", "kind=x", "kind=y", "kind=z")
    np.testing.assert_array_equal(samples.inputs[0], np.array([1.0, 0.2, 3.0, 1, 0, 0], np.float32))
    np.testing.assert_allclose(samples.embedding[:, :2], [[-1.2247449, -1], [0, 0], [1.2247449, 1]], rtol=1e-6)
    np.testing.assert_allclose(samples.embedding[:, 2:], np.eye(3) - 1 / 3, rtol=1e-6)
    assert samples.features == "3 columns: 2 numbers, 1 category"  # without the constant one
    assert texts_of(samples.notes) == (
        "1 constant column left out (constant).",
        "1 missing value replaced by the mean of the column (petal width).",
    )
    assert {name: column.tolist() for name, column in samples.columns.items()} == {
        "kind": ["x", "y", "z"], "split": ["train", "test", "test"],
    }  # fmt: skip


def test_named_columns_play_their_part(table):
    samples = read(
        table("a,b,c,d,e,f\nx,u,1,0.5,9,train\ny,v,2,0.25,9,test\n"),
        label="b", id="a", weight="d", group="e", split="f",
    )  # fmt: skip
    assert samples.ids.tolist() == ["x", "y"]
    assert samples.class_names == ("u", "v")
    assert samples.inputs.names == ("c",)
    assert {name: column.tolist() for name, column in samples.columns.items()} == {
        "split": ["train", "test"], "weight": [0.5, 0.25], "group": [9, 9],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["label", "Class", "TARGET", "y"])
def test_the_label_column_is_found_by_its_name(table, name):
    assert read(table(f"x,{name}\n1,a\n2,b\n")).class_names == ("a", "b")


def rows_of(name, values):
    return f"x,{name}\n" + "".join(f"{place * 0.5},{value}\n" for place, value in enumerate(values))


@pytest.mark.parametrize("name", ["sentiment", "Category", "SPECIES", "gold_label"])
def test_a_column_of_classes_that_is_usually_a_label_is_the_label(table, name):
    samples = read(table(rows_of(name, ["good", "bad"] * 5)))
    assert samples.class_names == ("bad", "good") and f"Label: column '{name}'." in [
        note.text for note in samples.notes
    ]
    assert samples.inputs.names == ("x",)


@pytest.mark.parametrize(
    ("name", "values"),
    [("sentiment", [f"{place / 7:.3f}" for place in range(20)]), ("category", ["one"] * 20),
     ("topic,category", ["a,b", "c,d"] * 10), ("mood", ["good", "bad"] * 10)],
)  # fmt: skip
def test_what_may_as_well_be_something_else_is_not_taken_for_the_label(table, name, values):
    assert "has no label column" in refusal(table(rows_of(name, values)))


def test_a_column_that_is_called_label_goes_before_one_that_usually_is(table):
    samples = read(
        table("x,category,label\n" + "".join(f"{place},{'ab'[place % 2]},{place % 3}\n" for place in range(12)))
    )
    assert samples.class_names == ("0", "1", "2")


def test_whole_numbers_are_classes_by_value_and_blank_is_no_label(table):
    samples = read(table("x,y\n1,10\n2,2\n3,\n4, 2 \n"))
    assert samples.class_names == ("2", "10")
    assert samples.labels.tolist() == [1, 0, -1, 0]


def test_na_is_a_class_like_any_other(table):
    assert read(table("x,y\n1,NA\n2,BR\n")).class_names == ("BR", "NA")


@pytest.mark.parametrize(("delimiter", "name"), [(";", "a.csv"), ("\t", "a.csv"), ("\t", "a.tsv")])
def test_other_delimiters_are_seen(table, delimiter, name):
    samples = read(table(delimiter.join(["x", "y"]) + "\n" + delimiter.join(["1", "a"]) + "\n"
                         + delimiter.join(["2", "b"]) + "\n", name))  # fmt: skip
    assert samples.class_names == ("a", "b")


def test_a_byte_order_mark_is_no_part_of_the_first_name(table):
    assert read(table("\ufefflabel,x\na,1\nb,2\n")).class_names == ("a", "b")


def test_an_id_column_that_repeats_does_not_name_the_samples(table):
    samples = read(table("id,x,y\n1,1,a\n1,2,b\n"))
    assert samples.ids is None
    assert texts_of(samples.notes)[0] == "Column 'id' repeats or is empty in places, so it does not name the samples."


def test_parquet_keeps_types(tmp_path):
    frame = pd.DataFrame(
        {
            "x": np.array([1, 2, 3], np.int16),
            "flag": [True, False, True],
            "label": [1.0, np.nan, 0.0],
            "when": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"]),
            "kind": pd.Categorical(["a", "b", "a"]),
            "vector": [[1], [2], [3]],
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    samples = read(tmp_path / "a.parquet")
    assert samples.class_names == ("0", "1")
    assert samples.labels.tolist() == [1, -1, 0]
    assert samples.inputs.names == ("x", "flag", "when", "kind=a", "kind=b")
    assert samples.columns["kind"].tolist() == ["a", "b", "a"]
    assert samples.columns["when"][0].startswith("2026-01-01")
    assert texts_of(samples.notes) == ("1 column left out, not plain text or numbers (vector: a list of int64).",)


@pytest.fixture
def listed(table, picture):
    picture(table("").parent / "images" / "1.png", (9, 0, 0))
    picture(table("").parent / "images" / "2.png", (8, 0, 0))
    return table


def test_paths_are_pictures_and_ids(listed):
    samples = read(listed("file,label,score\nimages/1.png,a,3\nimages/2.png,b,4\n"))
    assert samples.ids.tolist() == ["images/1.png", "images/2.png"]
    assert samples.inputs[1][0, 0].tolist() == [8, 0, 0]
    assert samples.embedding is None
    assert samples.columns["score"].tolist() == [3, 4]


def test_columns_beside_pictures_are_shown_and_said(listed):
    samples = read(listed("file,label,age,photographer\nimages/1.png,a,3,Ada\nimages/2.png,b,4,Emmy\n"))
    assert sorted(samples.columns) == ["age", "photographer"]
    assert texts_of(samples.notes, NoteKind.READ)[1:] == (
        "Columns shown beside the pictures, no features: age, photographer.",
    )


def test_paths_beside_ids_are_a_column(listed):
    samples = read(listed("id,where,label\nu,images/1.png,a\nv,images/2.png,b\n"), file="where")
    assert samples.ids.tolist() == ["u", "v"]
    assert samples.columns["file"].tolist() == ["images/1.png", "images/2.png"]


def test_a_picture_listed_twice_is_two_samples(listed):
    samples = read(listed("file,label\nimages/1.png,a\nimages/1.png,b\n"))
    assert samples.ids is None
    assert len(samples.inputs) == 2


def test_a_picture_that_is_not_there_is_found_out_when_it_is_read(listed):
    samples = read(listed("file,label\nimages/1.png,a\nimages/3.png,b\n"))
    assert samples.inputs.digests.any(axis=1).tolist() == [True, False]
    with pytest.raises(SourceError, match=r"Picture 'images/3.png' is not there"):
        samples.inputs[1]


def test_a_few_pictures_on_other_servers_are_kept_without_features(listed, tmp_path):
    urls = "".join(f"https://zoo.org/{name}.png,a\n" for name in (1, 3, 4))
    samples = read(listed(f"file,label\n{urls}images/1.png,a\nimages/2.png,b\n"))
    assert samples.inputs.digests.any(axis=1).tolist() == [False] * 3 + [True] * 2  # the 1.png that is here is another
    assert texts_of(samples.notes)[-1] == (
        "3 pictures on other servers not fetched ('https://zoo.org/1.png'). Download what is to be compared."
    )
    assert "4 of the 5 pictures in column 'file' are on other servers" in refusal(
        listed(f"file,label\n{urls}https://zoo.org/5.png,a\nimages/1.png,a\n")
    )


def test_an_absolute_path_may_lie_inside_or_below_a_root(listed, tmp_path_factory, picture):
    outside = picture(tmp_path_factory.mktemp("outside") / "a.png", (7, 0, 0))
    inside = listed("").parent / "images" / "1.png"
    path = listed(f"file,label\n{inside},a\n{outside},b\n")
    samples = read(path, roots=(outside.parent.resolve(),))
    assert [samples.inputs[row][0, 0, 0] for row in (0, 1)] == [9, 7]


@pytest.mark.parametrize("there", [True, False])
def test_a_path_that_leads_outside_is_refused(listed, tmp_path_factory, picture, there):
    outside = tmp_path_factory.mktemp("outside") / "a.png"
    if there:
        picture(outside)
    path = listed(f"file,label\nimages/1.png,a\n{outside},b\n")
    with pytest.raises(AccessError) as refused:
        read(path)
    assert str(refused.value) == (
        f"'{path.resolve()}', row 2: '{outside}' leads outside '{path.parent.resolve()}'. "
        "Move the file below the folder of the manifest, or declare its folder as a root."
    )


def test_a_link_that_leads_outside_is_refused(listed, tmp_path_factory, picture):
    outside = picture(tmp_path_factory.mktemp("outside") / "a.png")
    (listed("").parent / "images" / "link.png").symlink_to(outside)
    (listed("").parent / "folder").symlink_to(outside.parent)
    for path in ["images/link.png", "folder/a.png", "images/../../secret.png"]:
        with pytest.raises(AccessError, match="leads outside"):
            read(listed(f"file,label\nimages/1.png,a\n{path},b\n"))


def refusal(path, **columns):
    with pytest.raises(SourceError) as refused:
        read(path, **columns)
    return str(refused.value).replace(str(path.resolve()), path.name).replace(str(path.parent.resolve()), "FOLDER")


def test_no_label_column(table):
    assert refusal(table("a,b,c\n1,2,3\n")) == (
        "'table.csv' has no label column (label, labels, class, target, y). "
        "Its columns are: a, b, c. Name one of these with --label; or, where no sample has a label yet, name the "
        "classes with --classes cat,dog."
    )


def test_without_a_label_column_where_classes_are_named(table):
    """Nothing is taken for the label then, not even a column of a few words."""
    samples = read(table("a,kind\n1,x\n2,y\n3,x\n4,y\n"), classes=("cat", "dog"))
    assert samples.labels is None


@pytest.mark.parametrize("part", ["label", "file", "id", "split", "weight", "group"])
def test_a_column_that_is_not_there(table, part):
    assert refusal(table("x,label\n1,a\n2,b\n"), **{part: "kind"}) == (
        f"'table.csv' has no column 'kind'. Its columns are: x, label. Name one of these with --{part}."
    )


def test_nothing_to_compare(table):
    assert refusal(table("words,label\nhello,a\nhello,b\n")) == (
        "'table.csv' has neither a column with the paths of pictures nor one of texts nor one of numbers, categories "
        "or dates besides the label 'label'. Its columns are: words, label. Add one, or name the paths with --file."
    )


def test_a_constant_column_is_not_said_to_be_read(table):
    notes = list(map(str, read(table("x,one,label\n1,1,a\n2,1,b\n3,1,a\n")).notes))
    assert "Columns read as number: x." in notes
    assert "1 constant column left out (one)." in notes


def test_only_constant_numbers(table):
    assert refusal(table("x,z,label\n1,,a\n1,,b\n")) == (
        "'table.csv': no column of numbers varies (x, z), so all rows are the same. "
        "Add columns that differ between rows."
    )


def test_no_listed_picture_is_there(table):
    assert refusal(table("file,label\nx/1.png,a\nx/2.png,b\n")) == (
        "'table.csv': none of the 2 files in column 'file' is there; the first is 'x/1.png'. "
        "Paths start from the folder of the manifest, 'FOLDER'. If the pictures lie elsewhere, name their folder with "
        "--root."
    )


def test_no_rows(table):
    for text in ["x,label\n", "x,label"]:
        assert refusal(table(text)) == (
            "'table.csv' has no rows. Give at least one sample below the names of the columns."
        )


def test_a_repeated_column(table):
    assert refusal(table("x,x,label\n1,2,a\n")) == "'table.csv' has 2 columns 'x'. Give each a name of its own."


def test_rows_of_another_length(table):
    assert refusal(table("x,label\n1,a\n2\n")) == (
        "'table.csv', line 3: 1 value for 2 columns ('2'). Add what is missing, or leave the line out."
    )


def test_an_empty_file(table):
    assert refusal(table("")) == ("'table.csv' has no rows. Give at least one sample below the names of the columns.")


def test_bytes_that_are_no_text(tmp_path):
    for content in (b"x,label\n1,\xff\0\n", b"x,\xff\0\n1,2\n"):
        (tmp_path / "table.csv").write_bytes(content)
        assert refusal(tmp_path / "table.csv").startswith("'table.csv' has bytes of zero in it, so it is no text.")


def test_a_broken_parquet(tmp_path):
    (tmp_path / "table.parquet").write_bytes(b"PAR1 nothing PAR1")
    assert refusal(tmp_path / "table.parquet").startswith("'table.parquet' cannot be read: ")


def test_a_named_id_column_that_repeats_is_kept_for_the_study_to_refuse(table):
    assert read(table("k,x,y\n1,1,a\n1,2,b\n"), id="k").ids.tolist() == ["1", "1"]


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters=",\"'=+-@\n;\t"), min_size=1, max_size=12
)
names = words.filter(lambda text: text.strip() == text and text.lower() not in MISSING_VALUES)
row = st.tuples(words, names, st.floats(width=32))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(row, min_size=2, max_size=8, unique_by=lambda row: row[0]))
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_ids_labels_and_numbers_come_back_as_they_were_written(tmp_path, kind, rows):
    path = tmp_path / f"table.{kind}"
    columns = dict(zip(("sample_id", "label", "x"), zip(*rows, strict=True), strict=True))
    columns["spread"] = range(len(rows))
    if kind == "csv":
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(columns)
            # With the marks of an export; where there are others, a text that only looks marked stays as it is.
            marked = [map(to_csv_text, columns["sample_id"]), map(to_csv_text, columns["label"])]
            writer.writerows(zip(*marked, columns["x"], columns["spread"], strict=True))
    else:
        pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), path)
    samples = read(path)
    assert samples.ids.tolist() == [row[0] for row in rows]
    assert [samples.class_names[label] for label in samples.labels] == [row[1] for row in rows]
    np.testing.assert_array_equal(samples.inputs[:, 0], np.array([row[2] for row in rows], np.float32))


def test_nested_columns_are_named(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"label": [[0], [1]], "text": [{"en": "a"}, {"en": "b"}], "width": [1.0, 2.0]}), path)
    with pytest.raises(
        SourceError,
        match=r"columns are: width\. Nested or binary, and not read: label \(a list of int64\), text \(a struct of en",
    ):
        read_manifest(ReadRequest(path))
    for name in ("label", "text"):
        with pytest.raises(SourceError, match=f"the column '{name}' is nested or binary, not plain text or numbers"):
            read_manifest(ReadRequest(path, ColumnNames(label=name)))
    pq.write_table(pa.table({"label": [[0], [1]]}), path)
    with pytest.raises(SourceError, match=r"all columns are nested or binary \(label\)\."):
        read_manifest(ReadRequest(path))


def test_columns_that_never_differ_are_not_counted_as_features(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "width,unit,kind,label\n" + "".join(f"{row},7,{'ab'[row % 2]},{'xy'[row % 2]}\n" for row in range(8))
    )
    assert read_manifest(ReadRequest(path)).features == "2 columns: 1 number, 1 category"


def test_an_apostrophe_before_a_formula_is_the_mark_of_a_text_unless_others_have_none(table):
    samples = read(table("x,label,note\n1,'-1,'=a\n2,1,=b\n"))
    assert samples.class_names == ("-1", "1")
    assert samples.columns["note"].tolist() == ["'=a", "=b"]
    assert texts_of(samples.notes)[0] == "The apostrophe that marks '=', '+', '-' or '@' as text is left out in label."
