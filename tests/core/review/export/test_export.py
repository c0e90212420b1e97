import json

import numpy as np
import pandas as pd
import pytest

from margin_core.errors import ReviewError
from margin_core.review import FORMATS, Verdict, export, import_decisions
from margin_core.values import Study


@pytest.fixture
def decisions(store, make_decision):
    store.append(
        [
            make_decision("h", Verdict.RELABEL, new_label="two", reviewer="=ada", note="@note"),
            make_decision("a", Verdict.KEEP),
            make_decision("a", Verdict.UNDO, undoes=2),
            make_decision("h", Verdict.KEEP, study="another study"),
        ]
    )
    return store.decisions()


def test_every_format_is_named_once_and_described():
    assert len({known.name for known in FORMATS}) == len(FORMATS)
    assert all(known.description.endswith(".") for known in FORMATS)


OF_LABELS = [known for known in FORMATS if known.name != "model"]
"""Formats of a review; the model is tested with the models."""


@pytest.mark.parametrize("format", OF_LABELS, ids=lambda known: known.name)
def test_every_format_writes_and_counts(decisions, tmp_path, format, make_decision):
    study = Study.build(
        name="toy", labels=[0, 1, 2, 0, 1, 2, -1, 0], class_names=("zero", "one", "two"), ids=list("hgfedcba"),
        inputs=np.zeros((8, 2, 2), np.uint8),
    )  # fmt: skip
    path = tmp_path / f"out{format.suffix}"
    expected = {"csv": 8, "parquet": 8, "image-folder": 7, "image-folder-copies": 7}
    made = export(study, decisions, format.name, str(path))
    assert made.path == path
    assert made.count == expected.get(format.name, 1 if "changes" in format.name else 3)
    assert path.is_dir() == (format.suffix == "")


def test_formulas_are_neutralized_in_csv_alone(study, decisions, tmp_path):
    for name in ("changes-csv", "changes-parquet", "log-jsonl"):
        export(study, decisions, name, tmp_path / name)
    assert ',"\'=ada","\'@note",' in (tmp_path / "changes-csv").read_text()
    assert pd.read_parquet(tmp_path / "changes-parquet")["reviewer"].tolist() == ["=ada"]
    first = json.loads((tmp_path / "log-jsonl").read_text().splitlines()[0])
    assert (first["reviewer"], first["note"], first["undoes"]) == ("=ada", "@note", None)


def test_an_unknown_format_lists_the_known(study, tmp_path):
    with pytest.raises(
        ReviewError, match=r"^There is no format 'xml'\. There are: csv, parquet, changes-csv, changes-"
    ):
        export(study, [], "xml", tmp_path / "x")


@pytest.mark.parametrize("name", ["csv", "parquet", "changes-csv"])
def test_what_is_exported_can_be_imported(study, decisions, tmp_path, name):
    path = tmp_path / f"labels{next(known.suffix for known in FORMATS if known.name == name)}"
    export(study, decisions, name, path)
    (back,) = import_decisions(path, study)
    original = decisions[0]
    for field in ("sample_id", "verdict", "old_label", "new_label", "reviewer", "note", "decided_at", "study"):
        assert getattr(back, field) == getattr(original, field)
