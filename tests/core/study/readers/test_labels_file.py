"""Labels in a table of their own, joined by id."""

import json

import numpy as np
import pandas as pd
import pytest
from packed import encoded, shades, write_tar, write_zip

from margin_core.errors import AccessError, SourceError
from margin_core.review import export
from margin_core.study import open_source
from margin_core.study.notes import texts_of
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ColumnNames, ReadRequest

N = 40


@pytest.fixture
def folder(tmp_path):
    """Pictures ``000.png`` ... in two folders that are no classes."""
    root = (tmp_path / "pictures").resolve()
    for row in range(N):
        path = root / f"batch{row % 2}" / f"{row:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(row * 3))
    return root


@pytest.fixture
def labels(tmp_path):
    def write(rows, name="labels.csv", header="id,label"):
        path = (tmp_path / name).resolve()
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    return write


def read(source, table, **columns):
    return read_samples(ReadRequest(source, ColumnNames(labels=str(table), **columns)))


def kind(row):
    return "cat" if row % 3 else "dog"


def named(samples):
    return [samples.class_names[label] if label >= 0 else "" for label in samples.labels]


@pytest.mark.parametrize(
    "spelling",
    ["batch{half}/{row:03}.png", "{row:03}.png", "{row:03}", "./batch{half}/{row:03}.png", "batch{half}\\{row:03}.png",
     "/home/me/{row:03}.jpg"],
)  # fmt: skip
def test_samples_are_named_in_any_spelling(folder, labels, spelling):
    rows = [f"{spelling.format(row=row, half=row % 2)},{kind(row)}" for row in reversed(range(N))]
    samples = read(folder, labels(rows))
    assert named(samples) == [kind(shade // 3) for shade in shades(samples)]
    assert texts_of(samples.notes) == ("The labels of 'labels.csv' are used instead of those of the source.",)
    assert [str(note) for note in samples.notes if str(note).startswith("Label")] == [
        "Label: column 'label' of 'labels.csv', by 'id'."
    ]


def test_columns_are_found_by_what_they_hold(folder, labels):
    rows = [f"{row / 7:.3f},{row:03}.png,{kind(row)},train" for row in range(N)]
    samples = read(folder, labels(rows, header="size,picture,breed,split"), label="breed")
    assert named(samples) == [kind(shade // 3) for shade in shades(samples)]
    assert samples.columns["split"].tolist() == ["train"] * N
    assert samples.columns["size"][1] == pytest.approx(shades(samples)[1] / 21, abs=1e-3)
    two = labels([f"{row:03}.png,{kind(row)}" for row in range(N)], header="picture,breed")
    assert named(read(folder, two)) == named(samples)
    with pytest.raises(SourceError, match=r"has no label column\. Its columns are: size, picture, breed\. Name one of"):
        read(folder, labels([f"1,{row:03},x" for row in range(N)], header="size,picture,breed"))
    with pytest.raises(SourceError, match=r"has no column 'x'\. .* Name one of these with --id\."):
        read(folder, two, id="x")


def test_what_does_not_match_is_counted_on_both_sides(folder, labels):
    rows = [f"{row:03},{kind(row)}" for row in range(2, N)] + ["gone,cat", "lost,dog", "005,dog"]
    samples = read(folder, labels(rows))
    assert int((samples.labels < 0).sum()) == 2
    assert texts_of(samples.notes)[:3] == (
        "2 rows of 'labels.csv' left out, which name no sample ('gone', 'lost').",
        "1 row of 'labels.csv' left out, whose sample has one ('005').",
        "2 samples not named by 'labels.csv': to label.",
    )


def test_most_rows_that_match_nothing_are_refused(folder, labels):
    rows = [f"{row:03},{kind(row)}" for row in range(N)] + [f"gone{row},cat" for row in range(5)]
    with pytest.raises(
        SourceError,
        match=r"5 of 45 rows name no sample of '.*pictures' \('gone0', 'gone1', 'gone2' and 2 more\)\. Name the",
    ):
        read(folder, labels(rows))
    with pytest.raises(SourceError, match=r"no row of column 'id' \('x'\) names .* such as 'batch0/000\.png'"):
        read(folder, labels(["x,cat"]))


def test_a_name_that_is_of_two_samples_names_none(folder, labels):
    (folder / "batch1" / "000.png").write_bytes(encoded(200))
    samples = read(folder, labels([f"{row:03},{kind(row)}" for row in range(N)]))
    assert named(samples).count("") == 2
    assert "1 row of 'labels.csv' left out, which names no sample ('000')." in texts_of(samples.notes)


def test_the_table_may_lie_in_the_folder(folder, labels):
    path = labels([f"{row:03},{kind(row)}" for row in range(N)], name="pictures/labels.csv")
    assert not any("not a picture" in text for text in texts_of(read(folder, path).notes))


@pytest.mark.parametrize("write", [write_zip, write_tar])
def test_pictures_in_archives_and_arrays_are_labeled_too(tmp_path, labels, write):
    path = write(tmp_path / f"a.{write.__name__[-3:]}", {f"{row:03}.png": encoded(row) for row in range(N)})
    table = labels([f"{row:03},{kind(row)}" for row in range(N)])
    samples = read(path, table)
    assert named(samples) == [kind(shade) for shade in shades(samples)]


def test_numbers_of_arrays_are_ids(tmp_path, labels):
    np.savez(tmp_path / "a.npz", embedding=np.random.default_rng(0).normal(size=(N, 3)))
    table = labels([f"{row},{row % 2 - 1}" for row in range(N)])
    samples = read((tmp_path / "a.npz").resolve(), table)
    assert named(samples) == [str(row % 2 - 1) for row in range(N)]
    before = samples.key
    labels([f"{row},{row % 2}" for row in range(N)])
    assert read((tmp_path / "a.npz").resolve(), table).key != before


def test_no_table_is_refused(folder, tmp_path):
    (tmp_path / "labels.docx").write_text("x")
    with pytest.raises(SourceError, match=r"labels\.docx' is no table of labels\. Give one of \.csv"):
        read(folder, tmp_path / "labels.docx")
    with pytest.raises(SourceError, match=r"^There is nothing at '.*nowhere\.csv'\. Check the path\.$"):
        open_source(folder, labels=tmp_path / "nowhere.csv")


def test_a_workspace_remembers_the_table(folder, labels, tmp_path, mean_color):
    table = labels([f"{row:03},{kind(row)}" for row in range(N)])
    workspace = tmp_path / "w.margin"
    first = open_source(folder, labels=table, model=mean_color(class_names=("cat", "dog")), workspace=workspace).study
    assert json.loads((workspace / "workspace.json").read_text())["columns"]["labels"] == str(table)
    again = open_source(workspace, model=mean_color(class_names=("cat", "dog"))).study
    assert again.fingerprint == first.fingerprint
    with pytest.raises(AccessError, match=r"labels\.csv' lies outside the folders"):
        open_source(workspace, model=mean_color(), roots=[folder])


def test_a_study_folder_names_its_own_table(folder, labels, tmp_path, mean_color):
    labels([f"{row:03},{kind(row)}" for row in range(N)])
    (tmp_path / "study.toml").write_text('source = "pictures"\nlabels = "labels.csv"\n')
    study = open_source(tmp_path, model=mean_color(class_names=("cat", "dog"))).study
    assert study.class_names == ("cat", "dog")
    (tmp_path / "study.toml").write_text('source = "pictures"\nlabels = "../labels.csv"\n')
    with pytest.raises(SourceError, match=r"labels '\.\./labels\.csv' leads outside its folder"):
        open_source(tmp_path, model=mean_color())


def test_exported_labels_are_read_back(folder, labels, tmp_path, mean_color):
    table = labels([f"{row:03},{'=x' if row % 3 else '-1'}" for row in range(N)])
    study = open_source(folder, labels=table, model=mean_color()).study
    for form in ("csv", "parquet"):
        export(study, [], form, tmp_path / f"out.{form}")
        again = read(folder, (tmp_path / f"out.{form}").resolve())
        assert again.class_names == study.class_names == ("-1", "=x")
        assert again.labels.tolist() == study.labels.tolist()


@pytest.mark.slow
def test_the_command_line_joins_labels(run_margin, tmp_path, monkeypatch):
    np.savez(tmp_path / "a.npz", embedding=np.random.default_rng(0).normal(size=(N, 3)))
    table = pd.DataFrame({"id": [*range(N), 99], "label": [kind(row) for row in range(N + 1)]})
    table.to_csv(tmp_path / "labels.csv", index=False)
    options = ("--labels", "labels.csv", "--out", "out")
    monkeypatch.chdir(tmp_path)
    code, _, err = run_margin("audit", "a.npz", *options)
    assert code == 0, err
    assert "margin: 1 row of 'labels.csv' left out, which names no sample ('99')." in err
    assert run_margin("audit", "a.npz", *options, "--strict")[0] == 2
    assert run_margin("audit", "a.npz.margin", "--out", "out2")[0] == 0
