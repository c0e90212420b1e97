"""Exports by plain HTTP."""

import io

import pandas as pd
import pytest
from reviewing import decision

from dashboard.study.registry import OpenRequest
from margin_core.cli import main
from margin_core.review.export import FORMATS

SAMPLES = 90


@pytest.mark.parametrize("name", [known.name for known in FORMATS if known.suffix and known.name != "model"])
def test_every_file_format_is_read_back(get, post, name):
    post(decision(1, 3, "exclude"), decision(2, 4, "relabel", 2), decision(3, 5))
    answer = get(f"export/{name}")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    suffix = next(known.suffix for known in FORMATS if known.name == name)
    content = {"csv": "labels", "parquet": "labels"}.get(name, name.split("-")[0])  # and its format only once
    assert answer.headers["content-disposition"] == f'attachment; filename="pets-{content}{suffix}"'
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".jsonl": lambda stream: pd.read_json(stream, lines=True)}
    frame = read[suffix](io.BytesIO(answer.content))
    rows = {"log": 3, "changes": 2}.get(name.split("-")[0], SAMPLES)
    assert len(frame) == rows


def test_an_export_leaves_nothing_behind(get, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert get("export/csv").status_code == 200
    assert list(scratch.iterdir()) == []


HOSTILE = ["../../../evil", "{folder}/evil", "..\\\\evil", "nul", "a\\r\\nSet-Cookie: b", "name\\u0000", "." * 300]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_read_is_no_part_of_a_path(client, studies, source, tmp_path, monkeypatch, name):
    name = name.format(folder=tmp_path)
    (source.parent / "study.toml").write_text(f'name = "{name}"\nsource = "{source.name}"\n')
    assert main(["prepare", str(source.parent)]) == 0
    opened = studies.opened(studies.open(OpenRequest(source.parent)))
    scratch = tmp_path / "deep" / "down" / "scratch"
    scratch.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = {path for path in tmp_path.rglob("*") if "data" not in path.parts}
    answer = client.get(f"/margin/{opened.key}/export/csv")
    assert answer.status_code == 200 and len(pd.read_csv(io.BytesIO(answer.content))) == SAMPLES
    assert {path for path in tmp_path.rglob("*") if "data" not in path.parts} == before
    assert "set-cookie" not in answer.headers
    named = answer.headers["content-disposition"].removeprefix("attachment; filename")
    assert not {"/", "\\", "\0", "\n"} & set(named) and not named.lstrip('=*"').startswith(".")


@pytest.mark.parametrize("name", ["image-folder", "image-folder-copies", "nonsense", "..%2fcsv"])
def test_an_unknown_format(get, name):
    assert get(f"export/{name}").status_code == 404


def test_where_there_is_no_model_none_is_exported(get):
    answer = get("export/model")
    assert answer.status_code == 404 and "has no model" in answer.text
