"""The source that a command is given: its columns, its model, where its files may lie."""

import json

import numpy as np
import pandas as pd
import pytest
from commands import FLIPPED, SAMPLES, write_pictures
from planted import blobs, quick_map

from margin_core.cli import main
from margin_core.cli import source as sources
from margin_core.study import ColumnNames
from margin_core.study.notes import assumption, loss, read


def test_code_is_run_when_it_is_named_here(refused, tmp_path, monkeypatch):
    (tmp_path / "margin_test_factory.py").write_text("def make():\n    raise RuntimeError('it was called')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    pictures = write_pictures(tmp_path / "pictures")
    text = refused("audit", pictures, "--model", "margin_test_factory:make", "--out", tmp_path / "out")
    assert "it was called" in text


@pytest.fixture
def table(tmp_path):
    """A manifest whose columns have names that no role is known by."""
    points = blobs(each=30, flips=FLIPPED).study
    frame = pd.DataFrame(np.asarray(points.embedding), columns=list("abcd"))
    frame["u"] = [f"n{row}" for row in range(SAMPLES)]
    frame["v"] = [("cat", "dog", "owl")[label] for label in points.labels]
    frame["w"] = ["one" if row % 2 else "two" for row in range(SAMPLES)]
    frame["x"], frame["y2"] = np.linspace(1, 2, SAMPLES), np.arange(SAMPLES) // 3
    frame.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


NAMED = ("--label", "v", "--id", "u", "--split", "w", "--weight", "x", "--group", "y2")


@pytest.mark.parametrize("command", ["audit", "prepare", "review"])
def test_the_columns_of_a_manifest_are_named(run_margin, table, command, monkeypatch):
    opened = []
    real = sources.open_source
    monkeypatch.setattr(sources, "open_source", lambda *given, **more: opened.append(real(*given, **more)) or opened[0])
    with quick_map():
        assert (
            run_margin(command, table, *NAMED, *(["--out", table.parent / "out"] if command == "audit" else []))[0] == 0
        )
    study = opened[0].study
    assert study.class_names == ("cat", "dog", "owl")
    assert study.ids[:2].tolist() == ["n0", "n1"]
    assert {"split", "weight", "group"} <= set(study.columns)
    assert study.columns["split"][:2].tolist() == ["two", "one"]
    assert study.embedding.shape == (SAMPLES, 4)


@pytest.mark.slow
def test_the_column_of_paths_is_named(run_margin, tmp_path):
    folder = write_pictures(tmp_path / "pictures")
    rows = [f"{path.relative_to(tmp_path)},missing.png,{path.parent.name}" for path in sorted(folder.rglob("*.png"))]
    (tmp_path / "table.csv").write_text("\n".join(["real,other,label", *rows]) + "\n")
    assert run_margin("audit", tmp_path / "table.csv", "--file", "real", "--out", tmp_path / "out")[0] == 0
    assert set(pd.read_parquet(tmp_path / "out" / "findings.parquet")["id"]) == {row.split(",")[0] for row in rows}


def test_the_dashboard_receives_the_names_of_the_columns(table, monkeypatch):
    asked = []
    monkeypatch.setattr("dashboard.command.serve", lambda source, **more: asked.append((source, more["columns"])))
    assert main(["open", str(table), *NAMED, "--feature", "a:ignore"]) == 0
    [(source, columns)] = asked
    assert source == table
    assert ColumnNames(**columns) == ColumnNames(
        label="v", id="u", split="w", weight="x", group="y2", kinds=(("a", "ignore"),)
    )


@pytest.mark.slow
def test_a_manifest_reaches_below_the_roots_that_are_named(run_margin, refused, tmp_path):
    photos, table = write_pictures(tmp_path / "photos"), tmp_path / "tables" / "pets.csv"
    files = sorted(photos.rglob("*.png"))
    table.parent.mkdir()
    (tmp_path / "other").mkdir()
    table.write_text("file,label\n" + "".join(f"{file},{file.parent.name}\n" for file in files))
    assert "declare its folder as a root" in refused("audit", table, "--out", tmp_path / "out")
    code, out, _ = run_margin("audit", table, "--root", tmp_path / "other", "--root", photos, "--out", tmp_path / "out")
    assert code == 0 and f"among {len(files)} labels" in out


def test_what_was_left_out_or_assumed_is_said(tmp_path, capsys):
    path = tmp_path / "half.npz"
    np.savez(path, features=np.eye(40), y=[0, 1] * 20, junk=np.zeros((3, 3)))
    assert main(["audit", str(path), "--out", str(tmp_path / "found")]) == 0
    printed = [line for line in capsys.readouterr().err.splitlines() if line.startswith("margin: ")]
    assert printed == [
        "margin: 1 array left out, not one value a sample (junk).",
        "margin: 'features' is read as embedding.",
        "margin: 'y' is read as labels.",
    ]


def test_what_was_read_is_said_and_strict_refuses_what_lost_something(tmp_path, capsys, refused):
    path = tmp_path / "half.npz"
    np.savez(path, embedding=np.eye(40), labels=[0, 1] * 20, junk=np.zeros((3, 3)))
    assert main(["audit", str(path), "--out", str(tmp_path / "found")]) == 0
    printed = capsys.readouterr().err.splitlines()
    read = ["Read: 40 samples.", "Classes: 2 (0, 1).", "Features: the given embedding."]
    assert [line for line in printed if line in read] == read
    assert json.loads((tmp_path / "found" / "summary.json").read_text())["read"] == read
    assert "1 array left out, not one value a sample (junk)." in refused(
        "audit", path, "--strict", "--out", tmp_path / "never"
    )
    assert not (tmp_path / "never").exists()
    np.savez(path, embedding=np.eye(40), y=[0, 1] * 20)
    assert main(["audit", str(path), "--strict", "--out", str(tmp_path / "assumed")]) == 0


def test_the_dashboard_is_not_served_on_a_source_that_strict_refuses(tmp_path, capsys, refused, monkeypatch):
    asked = []
    monkeypatch.setattr("dashboard.command.serve", lambda source, **more: asked.append((source, more["say"])))
    path = tmp_path / "half.npz"
    np.savez(path, embedding=np.eye(40), labels=[0, 1] * 20, junk=np.zeros((3, 3)))
    assert "1 array left out, not one value a sample (junk)." in refused("open", path, "--strict")
    assert asked == []
    assert main(["open", str(path)]) == 0
    np.savez(path, embedding=np.eye(40), y=[0, 1] * 20)
    capsys.readouterr()
    assert main(["open", str(path), "--strict"]) == 0
    printed = capsys.readouterr().err
    assert "margin: 'y' is read as labels.\n" in printed
    assert "Classes: 2 (0, 1).\n" in printed
    assert main(["open", "--strict"]) == 0
    assert [(source, say is not None) for source, say in asked] == [(path, True), (path, False), (None, True)]


@pytest.mark.parametrize(("quiet", "facts"), [((), ["Classes: 2 (cat, dog)."]), (("--quiet",), [])])
def test_what_the_dashboard_has_read_is_printed_the_gravest_first(capsys, monkeypatch, quiet, facts):
    asked = []
    monkeypatch.setattr("dashboard.command.serve", lambda source, **more: asked.append(more["say"]))
    assert main(["open", *quiet]) == 0
    asked[0]([loss("1 file left out."), assumption("'y' is read as labels."), read("Classes: 2 (cat, dog).")])
    assert capsys.readouterr().err.splitlines() == [
        "margin: 1 file left out.", "margin: 'y' is read as labels.", *facts,
    ]  # fmt: skip
