"""The text or the values of each sample stand beside its label, in the files that people read."""

import numpy as np
import pandas as pd
import pytest

from margin_core.review.export import corrected_labels, export
from margin_core.review.export.content import with_content
from margin_core.study import open_source
from margin_core.values import Study


def table_of(study):
    return with_content(study, corrected_labels(study, []))


def test_a_text_stands_beside_its_label():
    study = Study.build(inputs=["=1+1", "<b>two</b>", ""], labels=["x", "y", "x"])
    assert table_of(study)["text"].tolist() == ["=1+1", "<b>two</b>", ""]


def test_rows_keep_their_columns_as_they_were_read(tmp_path):
    path = tmp_path / "pets.csv"
    lines = [f"{number / 2},{'red' if number % 2 else '=1+1'},{'ab'[number % 2]},n" for number in range(30)]
    path.write_text("\n".join(["size,shade,label,note", *lines, ",blue,a,n"]))
    study = open_source(path).study
    frame = table_of(study)
    assert frame["size"].tolist()[:3] == [0.0, 0.5, 1.0] and np.isnan(frame["size"].iloc[-1])
    assert frame["shade"].tolist()[:2] == ["=1+1", "red"]
    assert frame["value of note"].tolist() == ["n"] * 31
    assert frame["label"].tolist()[:2] == ["a", "b"]


def test_numbers_without_names_are_numbered():
    frame = table_of(Study.build(inputs=np.arange(6.0).reshape(3, 2), labels=[0, 1, 0]))
    assert frame["column 2"].tolist() == [1, 3, 5]


def test_pictures_and_embeddings_add_nothing():
    pictures = Study.build(inputs=np.zeros((3, 4, 4), np.uint8), labels=[0, 1, 0])
    for study in (pictures, Study.build(embedding=np.eye(3), labels=[0, 1, 0])):
        assert [*table_of(study)] == [*corrected_labels(study, [])]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_an_exported_table_opens_as_the_same_study(tmp_path, suffix):
    texts = [f"{'purr meow' if number % 2 else 'bark fetch'} said the {number}" for number in range(40)]
    study = Study.build(inputs=texts, labels=["cat" if number % 2 else "dog" for number in range(40)])
    path = tmp_path / f"corrected.{suffix}"
    export(study, [], suffix, path)
    again = open_source(path).study
    assert [str(again.inputs[row]) for row in range(40)] == texts
    assert again.labels.tolist() == study.labels.tolist() and again.class_names == study.class_names


def test_a_formula_is_only_text_in_a_spreadsheet(tmp_path):
    study = Study.build(inputs=["=1+1", "two"], labels=["x", "y"])
    export(study, [], "csv", tmp_path / "all.csv")
    assert not pd.read_csv(tmp_path / "all.csv")["text"].iloc[0].startswith("=")
