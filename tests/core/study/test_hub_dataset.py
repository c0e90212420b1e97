"""Data sets of the Hugging Face Hub, which here is a folder: no test reaches a network."""

import json
import shutil
import sys
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from margin_core.cli import main
from margin_core.errors import SourceError
from margin_core.study import open_source
from margin_core.study.hub_dataset import fetch_hub_dataset, is_hub_name


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A Hub with one data set, ``owner/points``; ``asked`` are the patterns of each download."""
    home = tmp_path / "hub"
    (home / "data").mkdir(parents=True)
    rows = {"x": [float(row % 7) for row in range(40)], "y": [row / 9 for row in range(40)]}
    pq.write_table(pa.table(rows | {"label": ["ab"[row % 2] for row in range(40)]}), home / "data" / "train-0.parquet")
    (home / "README.md").write_text("points")
    asked = []

    def files(repository, repo_type):
        assert repo_type == "dataset"
        if repository != "owner/points":
            raise OSError("404 Client Error.\nRepository not found")
        return [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]

    def download(repository, *, repo_type, local_dir, allow_patterns):
        asked.append(allow_patterns)
        shutil.copytree(home / "data", local_dir / "data")
        (local_dir / ".cache").mkdir()

    module = SimpleNamespace(HfApi=lambda: SimpleNamespace(list_repo_files=files), snapshot_download=download)
    monkeypatch.setitem(sys.modules, "huggingface_hub", module)
    return SimpleNamespace(home=home, asked=asked, module=module)


def test_a_data_set_is_downloaded_once_into_the_workspace(hub, tmp_path, monkeypatch):
    workspace = tmp_path / "w.margin"
    opened = open_source("hf:owner/points", workspace=workspace)
    assert (opened.study.name, len(opened.study), opened.study.class_names) == ("points", 40, ("a", "b"))
    assert opened.source.is_relative_to(workspace)
    assert hub.asked == [["*.parquet"]]
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)  # Offline, and without the package.
    assert open_source("hf:owner/points", workspace=workspace).study.fingerprint == opened.study.fingerprint
    assert open_source(workspace).study.fingerprint == opened.study.fingerprint
    assert {path.name for path in (workspace / "hub" / "owner--points").iterdir()} == {"points"}


def test_all_files_are_downloaded_where_there_are_no_shards(hub, tmp_path):
    (hub.home / "data" / "train-0.parquet").rename(hub.home / "data" / "train.csv")
    fetch_hub_dataset("hf:owner/points", tmp_path / "w.margin")
    assert hub.asked == [None]


def test_a_download_that_breaks_off_leaves_no_data_set(hub, tmp_path, monkeypatch):
    def broken(repository, *, repo_type, local_dir, allow_patterns):
        local_dir.mkdir(parents=True)
        raise TimeoutError

    whole = hub.module.snapshot_download
    hub.module.snapshot_download = broken
    with pytest.raises(SourceError, match=r"cannot be downloaded from .*: TimeoutError\. Check its name"):
        fetch_hub_dataset("hf:owner/points", tmp_path / "w.margin")
    (tmp_path / "w.margin" / "hub" / "owner--points" / "points.partial").rmdir()
    hub.module.snapshot_download = whole
    assert fetch_hub_dataset("hf:owner/points", tmp_path / "w.margin").is_dir()


def test_what_is_not_there_is_said_in_one_sentence(hub, tmp_path, monkeypatch):
    with pytest.raises(SourceError, match=r"^'hf:owner/lines' cannot be downloaded .*: 404 Client Error\. Check"):
        fetch_hub_dataset("hf:owner/lines", tmp_path)
    with pytest.raises(SourceError, match=r"into a workspace\. Name one, such as workspace='points\.margin'"):
        open_source("hf:owner/points")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(SourceError, match=r"needs the package huggingface-hub\. .*'margin-dashboard\[hf\]'$"):
        fetch_hub_dataset("hf:owner/points", tmp_path)


@pytest.mark.parametrize("name", ["hf:", "hf:../x", "hf:a/../b", "hf:/etc", "hf:a/b/c", "hf:a b", "hf:a/..", "hf:a\\b"])
def test_other_names_are_refused(hub, tmp_path, name):
    assert is_hub_name(name)
    with pytest.raises(SourceError, match="is no name of a data set"):
        fetch_hub_dataset(name, tmp_path)
    assert hub.asked == []


def test_the_command_line_takes_a_name(hub, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["audit", "hf:owner/points", "--out", "out", "--json"]) == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["samples"] == 40
    assert "'hf:owner/points' is read from" in capsys.readouterr().err
    assert (tmp_path / "points.margin" / "workspace.json").is_file()
    assert main(["audit", "hf:owner/lines", "--out", "out2"]) == 2
