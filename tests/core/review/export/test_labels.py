import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from margin_core.errors import SourceError
from margin_core.review import Verdict, corrected_labels, export, only_changes
from margin_core.review.export.tables import write_csv, write_json_lines, write_parquet
from margin_core.study import open_source
from margin_core.study.class_names import number_classes
from margin_core.study.readers.manifest import read_manifest
from margin_core.study.samples import ReadRequest
from margin_core.values import Study


def log(make_decision):
    rows = [
        make_decision("h", Verdict.RELABEL, new_label="two", note="blurred"),
        make_decision("g", Verdict.KEEP, new_label="one"),
        make_decision("f", Verdict.EXCLUDE),
        make_decision("e", Verdict.SKIP),
        make_decision("d", Verdict.RELABEL, new_label="zero"),
        make_decision("d", Verdict.UNDO, undoes=5),
        make_decision("b", Verdict.RELABEL, new_label="one", old_label=None),
        make_decision("a", Verdict.RELABEL, new_label="one", study="another study"),
    ]
    return [make_decision(**{**vars(row), "id": place}) for place, row in enumerate(rows, start=1)]


def test_labels_before_and_after(study, make_decision):
    frame = corrected_labels(study, log(make_decision))
    assert frame["id"].tolist() == list("hgfedcba")
    assert frame["given_label"].fillna("-").tolist() == ["zero", "one", "two", "zero", "one", "two", "-", "zero"]
    assert frame["label"].fillna("-").tolist() == ["two", "one", "two", "zero", "one", "two", "one", "zero"]
    assert frame["changed"].tolist() == [True, False, False, False, False, False, True, False]
    assert frame["excluded"].tolist() == [False, False, True] + [False] * 5
    assert frame["verdict"].fillna("").tolist() == ["relabel", "keep", "exclude", "skip", "", "", "relabel", ""]
    assert frame["note"].fillna("").tolist()[:2] == ["blurred", ""]
    assert frame["decided_at"].iloc[0] == pd.Timestamp("2026-01-02T03:04:05.678Z")
    assert frame["decided_at"].iloc[-1] is pd.NaT
    assert only_changes(frame)["id"].tolist() == ["h", "f", "b"]


def test_nothing_decided(study):
    frame = corrected_labels(study, [])
    assert not frame["changed"].any()
    assert only_changes(frame).empty


def test_where_samples_come_from_is_carried_along():
    study = Study.build(
        labels=[0, 1],
        class_names=["a", "b"],
        columns={"file": ["x.png", "y.png"], "split": ["train", "val"], "w": [1, 2]},
    )
    frame = corrected_labels(study, [])
    assert (frame["file"].tolist(), frame["split"].tolist()) == (["x.png", "y.png"], ["train", "val"])
    assert "w" not in frame


def test_a_study_without_labels():
    study = Study.build(embedding=np.ones((2, 3)))
    assert corrected_labels(study, [])["label"].isna().all()


words = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters=",\"'=+-@\n;\t "), max_size=8)
numbers = st.integers(-3, 30).map(str) | st.sampled_from(["1.0", "0.5", "-2.50", "007", "1e3", "nan", "True", "NA"])


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(words, min_size=2, max_size=9) | st.lists(numbers, min_size=2, max_size=9))
@pytest.mark.parametrize(
    ("write", "name"), [(write_csv, "t.csv"), (write_parquet, "t.parquet"), (write_json_lines, "t.jsonl")]
)
def test_what_is_exported_reads_back_as_the_same_labels(tmp_path, write, name, texts):
    labels, names, _ = number_classes("texts", texts)
    study = Study.build(labels=labels, class_names=names or ("only",), embedding=np.eye(len(labels)))
    frame = corrected_labels(study, [])
    write(frame.assign(x=np.arange(len(frame)) * 0.5), tmp_path / name)
    again = read_manifest(ReadRequest(tmp_path / name))
    given_names, read_names = ([*each, ""] for each in (names, again.class_names))
    order = np.argsort(again.ids.astype(int))
    assert [read_names[label] for label in again.labels[order]] == [given_names[label] for label in labels]
    assert again.class_names == names
    assert again.features == "1 column: 1 number"


@pytest.mark.parametrize(
    ("labels", "read"),
    [
        (["x, y", "=1+1", "-a", "007"] * 6, ["x, y", "=1+1", "-a", "007"] * 6),
        ([-1, 0, 1, 2] * 6, ["", "0", "1", "2"] * 6),
        ([-1, 1] * 12, ["-1", "1"] * 12),
        ([2.0, np.nan, 10.0] * 8, ["2", "", "10"] * 8),
    ],
    ids=["texts", "some to label", "minus and plus one", "floats"],
)
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_what_is_exported_is_read_as_the_labels_of_its_source(tmp_path, labels, read, format):
    source, out = tmp_path / "a.npz", tmp_path / f"labels.{format}"
    np.savez(source, embedding=np.random.default_rng(0).normal(size=(24, 3)), labels=labels)
    study = open_source(source).study
    export(study, [], format, out)
    with pytest.raises(SourceError, match=r"holds labels that MARGIN exported, and no samples\. .* with --labels '"):
        open_source(out)
    again = open_source(source, labels=out).study
    assert [[*again.class_names, ""][label] for label in again.labels] == read
    assert not {"given_label", "verdict", "note", "changed"} & set(again.columns)
