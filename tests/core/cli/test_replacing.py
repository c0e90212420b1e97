"""Nothing that is there is replaced unasked, and ``--out -`` is standard output."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from heatmaps import DIGITS
from safetensors.numpy import load

from margin_core.cli import main

FILES = ("findings.csv", "findings.parquet", "summary.json")


@pytest.fixture
def folder_written(run_margin, source, tmp_path):
    out = tmp_path / "out"
    assert run_margin("audit", source, "--out", out)[0] == 0
    return out


@pytest.mark.slow
def test_an_audit_replaces_what_an_audit_wrote(run_margin, source, folder_written):
    before = {name: (folder_written / name).read_bytes() for name in FILES}
    assert run_margin("audit", source, "--out", folder_written)[0] == 0
    assert {name: (folder_written / name).read_bytes() for name in FILES} == before
    assert run_margin("audit", source, "--out", folder_written, "--set", "graph.k=5")[0] == 0
    assert run_margin("audit", source, "--out", folder_written)[0] == 0


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", ["edited", "spaced", "put there"])
def test_an_audit_keeps_what_somebody_changed(run_margin, refused, source, folder_written, name, change):
    path = folder_written / name
    match change:
        case "edited":
            path.write_bytes(path.read_bytes().replace(b"label_flips", b"label_flops").replace(b"cat", b"cow") + b"\n")
        case "spaced":
            path.write_bytes(path.read_bytes() + b" ")
        case _:
            for other in FILES:
                (folder_written / other).unlink()
            path.write_text("mine")
    mine = path.read_bytes()
    assert refused("audit", source, "--out", folder_written) == (
        f"'{path}' is not as margin audit wrote it. Name another folder, or replace it with --force."
    )
    assert path.read_bytes() == mine
    assert run_margin("audit", source, "--out", folder_written, "--force")[0] == 0
    assert path.read_bytes() != mine
    assert run_margin("audit", source, "--out", folder_written)[0] == 0


def test_an_edited_figure_of_the_summary_is_noticed(refused, source, folder_written):
    path = folder_written / "summary.json"
    summary = json.loads(path.read_text())
    summary["suspects"] = 0
    path.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    assert "summary.json' is not as margin audit wrote it" in refused("audit", source, "--out", folder_written)


def test_a_file_in_place_of_the_folder_is_refused_before_anything_is_computed(refused, source, tmp_path):
    (tmp_path / "out").write_text("mine")
    message = f"'{tmp_path / 'out'}' is a file. Name a folder for the results with --out."
    assert refused("audit", source, "--out", tmp_path / "out") == message
    assert refused("audit", source, "--out", tmp_path / "out", "--force") == message
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.slow
def test_other_files_of_the_folder_are_let_be(run_margin, source, folder_written):
    (folder_written / "notes.txt").write_text("mine")
    assert run_margin("audit", source, "--out", folder_written)[0] == 0
    assert (folder_written / "notes.txt").read_text() == "mine"


def test_every_folder_of_several_tasks_is_looked_at_first(refused, source, tmp_path):
    (tmp_path / "out" / "prototypes").mkdir(parents=True)
    (tmp_path / "out" / "prototypes" / "findings.csv").write_text("mine")
    command = ["audit", source, "--task", "label_flips", "--task", "prototypes", "--out", tmp_path / "out"]
    assert "prototypes/findings.csv' is not as" in refused(*command)
    assert not (tmp_path / "out" / "label_flips").exists()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["surrogate", "saliency"])
def test_a_file_is_replaced_only_when_asked(run_margin, refused, source, tmp_path, command):
    path = tmp_path / "mine"
    path.write_text("mine")
    words = [command, *given(command, source, tmp_path)]
    assert refused(*words, "--out", path) == (
        f"'{path}' is there already. Name another file, or replace it with --force."
    )
    assert "is a folder. Name a file" in refused(*words, "--out", tmp_path)
    assert path.read_text() == "mine"
    assert run_margin(*words, "--out", path, "--force")[::2] == (0, f"Written to {path}\n")
    assert path.read_bytes() != b"mine"


def given(command, source, tmp_path):
    if command == "surrogate":
        return [source]
    return [DIGITS, "--workspace", tmp_path / "digits.margin", "--sample", "digit-0005", "--method", "gradient"]


READ = {
    "export": lambda content: len(pd.read_csv(io.BytesIO(content))) == 90,
    "report": lambda content: content.startswith(b"<!doctype html>"),
    "audit": lambda content: content.startswith(b"<!doctype html>"),
    "surrogate": lambda content: len(load(content)) > 0,
    "saliency": lambda content: np.load(io.BytesIO(content))["gradient.0"].shape == (8, 8),
}


@pytest.mark.parametrize(
    "command",
    [pytest.param(name, marks=pytest.mark.slow if name in ("surrogate", "saliency") else ()) for name in READ],
)
def test_a_file_goes_to_standard_output(source, tmp_path, capfdbinary, command):
    words = {
        "export": [source, "--format", "csv", "--out", "-"],
        "report": [source, "--out", "-"],
        "audit": [source, "--out", tmp_path / "out", "--report", "-"],
    }.get(command) or [*given(command, source, tmp_path), "--out", "-"]
    assert main([command, *map(str, words)]) == 0
    printed = capfdbinary.readouterr()
    assert READ[command](printed.out)
    if command == "audit":
        assert b"label_flips: 5 suspects among 90 labels (5.6%)\n" in printed.err


def test_a_folder_cannot_go_to_standard_output(refused, source):
    assert refused("audit", source, "--out", "-") == "--out - is not taken: margin audit writes a folder. Name one."
    assert refused("export", source, "--format", "image-folder", "--out", "-") == (
        "--out - is not taken: margin export writes a folder as image-folder. Name one."
    )


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_the_source_is_never_replaced(source, refused, force):
    before = Path(source).read_bytes()
    for command in (["export", source, "--format", "csv", "--out", source], ["report", source, "--out", source],
                    ["audit", source, "--out", f"{source}.found", "--report", source]):  # fmt: skip
        assert "is part of the source, which is never changed" in refused(*command, *force)
    assert Path(source).read_bytes() == before


def test_a_device_is_not_replaced(source, refused, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "is no file" in refused("export", source, "--format", "csv", "--out", tmp_path / "pipe", "--force")


@pytest.mark.slow  # Two processes of their own.
def test_output_that_is_closed_is_one_sentence_and_messages_nobody_reads_change_nothing(source):
    command = [sys.executable, "-m", "margin_core", "tasks", "--json"]
    closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], capture_output=True, text=True)
    assert (closed.returncode, closed.stderr.count("\n")) == (2, 1) and "Standard output is closed" in closed.stderr
    audit = [sys.executable, "-m", "margin_core", "audit", source, "--out", f"{source}.quiet"]
    assert subprocess.run(["sh", "-c", '"$@" 2>/dev/full', "sh", *audit], capture_output=True).returncode == 0


def test_a_link_stays_a_link_and_what_it_leads_to_is_written(run_margin, refused, source, tmp_path):
    target, link = tmp_path / "labels.csv", tmp_path / "link.csv"
    target.write_text("mine")
    link.symlink_to(target)
    command = ("export", source, "--format", "csv", "--out", link)
    assert "--force" in refused(*command)
    assert run_margin(*command, "--force")[0] == 0
    assert link.is_symlink()
    assert target.read_text().startswith('"id"')
    target.unlink()
    assert run_margin(*command)[0] == 0
    assert link.is_symlink()
    assert target.read_text().startswith('"id"')
