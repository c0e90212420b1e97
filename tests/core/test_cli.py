import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from planted import blobs

from margin_core import __version__
from margin_core.cli import main
from margin_core.review import FORMATS, ReviewStore
from margin_core.tasks import TASKS

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES, FLIPPED = 90, 5
COMMANDS = ("open", "prepare", "audit", "tasks", "review", "export")


def write_source(path, **changes):
    planted = blobs(each=30, flips=FLIPPED)
    arrays = {"embedding": planted.study.embedding, "labels": planted.study.labels,
              "class_names": np.array(["cat", "dog", "=owl"])} | changes  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path


@pytest.fixture(scope="session")
def ranked(tmp_path_factory):
    """Rank a source once, so that each test finds the heavy steps done."""
    folder = tmp_path_factory.mktemp("ranked")
    source = write_source(folder / "pets.npz")
    assert main(["audit", str(source), "--out", str(folder / "audit")]) == 0
    return folder


@pytest.fixture
def folder(ranked, tmp_path):
    shutil.copytree(ranked, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def source(folder):
    return str(folder / "pets.npz")


@pytest.fixture
def said(capsys):
    """Run a command; return its exit code, standard output and standard error."""

    def said(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return said


@pytest.fixture
def refused(said):
    """Run a command that cannot work; return the one sentence it says."""

    def refused(*arguments):
        code, out, err = said(*arguments)
        assert code == 2
        assert out == ""
        assert err.startswith("margin: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
        return err.removeprefix("margin: ").strip()

    return refused


def run(*arguments, cwd=None):
    """Run the command as a user does."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "margin_core", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


# ----- help -----


def test_the_version(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"margin {__version__}\n"


def test_every_command_is_listed_and_has_help(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = re.findall(r"^    (\w+)  +\w", capsys.readouterr().out, re.MULTILINE)
    assert tuple(listed) == COMMANDS
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert f"usage: margin {command}" in capsys.readouterr().out


def test_every_option_says_what_it_does(capsys):
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        options = capsys.readouterr().out.partition("options:\n")[2]
        for option in re.split(r"\n  (?=-)", options):
            assert len(option.split()) > 3, option


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["audit"], ["export", "x"], ["export", "x", "--format", "pdf", "--out", "y"]]
)
def test_bad_usage_ends_with_two(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: margin" in capsys.readouterr().err


# ----- each command -----


def test_tasks_lists_every_task_with_every_knob(said):
    code, out, err = said("tasks")
    assert (code, err) == (0, "")
    for task in TASKS:
        assert f"{task.name}: {task.question}" in out
        for name in task().knobs():
            assert f"  {name} = " in out


def test_audit_writes_three_files_that_agree(said, source, folder, tmp_path):
    out = tmp_path / "results"
    code, printed, err = said("audit", source, "--task", "label_flips", "--out", out)
    assert (code, err) == (0, "")
    parquet, csv = pd.read_parquet(out / "findings.parquet"), pd.read_csv(out / "findings.csv", dtype={"id": str})
    summary = json.loads((out / "summary.json").read_text())
    assert len(parquet) == len(csv) == summary["samples"] == summary["labelled"] == SAMPLES
    assert parquet["id"].tolist() == csv["id"].tolist()
    np.testing.assert_allclose(parquet["score"], csv["score"], rtol=1e-6)
    assert parquet["score"].is_monotonic_decreasing
    suspects = parquet[parquet["score"] >= summary["suspect_from_score"]]
    assert len(suspects) == summary["suspects"] == FLIPPED
    assert set(suspects["id"]) == blobs(each=30, flips=FLIPPED).flipped_ids
    assert (summary["task"], summary["classes"], summary["version"]) == (
        "label_flips",
        ["cat", "dog", "=owl"],
        __version__,
    )
    assert printed == f"label_flips: 5 suspects among 90 labels (5.6%)\nWritten to {out}\n"


def test_audit_takes_knobs(said, source, tmp_path):
    code, _, _ = said("audit", source, "--set", "graph.k=5", "--set", "method=disagreement", "--out", tmp_path)
    assert code == 0
    parameters = json.loads((tmp_path / "summary.json").read_text())["parameters"]
    assert parameters["graph.k"] == 5
    assert parameters["method"] == "disagreement"
    assert set(pd.read_parquet(tmp_path / "findings.parquet")["neighbours_counted"]) == {5}


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("label_flips>5%", 1),
        ("label_flips>6%", 0),
        ("label_flips > 4", 1),
        ("label_flips>5", 0),
        ("label_flips>5.6%", 0),
        ("label_flips>5.5%", 1),
        ("label_flips>0", 1),
    ],
)
def test_fail_on(said, source, tmp_path, limit, code):
    assert said("audit", source, "--out", tmp_path, "--fail-on", limit)[0] == code
    assert (tmp_path / "findings.csv").is_file()


@pytest.mark.parametrize(
    "limit", ["label_flips", "label_flips>", "other>5", "label_flips<5", "label_flips>-1", "label_flips>5%%"]
)
def test_a_limit_that_cannot_be_read(refused, source, tmp_path, limit):
    assert refused("audit", source, "--out", tmp_path / "x", "--fail-on", limit) == (
        f"--fail-on takes 'TASK>N' or 'TASK>N%', with TASK among label_flips; got '{limit}'."
    )
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("graph.k", "--set takes KNOB=VALUE; got 'graph.k'."),
        ("graph.k=0", "k must be between 1 and"),
        ("graph.k=many", "k must be a whole number"),
        ("nonsense=1", "nonsense"),
        ("method=magic", "method"),
    ],
)
def test_a_knob_that_is_wrong_names_itself(refused, source, tmp_path, setting, words):
    assert words in refused("audit", source, "--out", tmp_path, "--set", setting)


def test_review_lists_what_was_decided_and_takes_decisions_in(said, source, folder):
    code, out, _ = said("review", source)
    assert (code, out) == (0, "5 suspects, 0 decided: 0 relabelled, 0 kept, 0 excluded, 0 skipped\n")
    table = folder / "made.csv"
    table.write_text("id,verdict,label,note\n3,relabel,dog,seen\n4,keep,,\n5,exclude,,\n")
    assert (
        said("review", source, "--import", table, "--reviewer", "ada")[1]
        == "3 decisions recorded, 0 were there before.\n"
    )
    assert (
        said("review", source, "--import", table, "--reviewer", "ada")[1]
        == "0 decisions recorded, 3 were there before.\n"
    )
    _, out, _ = said("review", source)
    assert ": 1 relabelled, 1 kept, 1 excluded, 0 skipped\n" in out
    assert re.search(r"  ada  relabel  3  .+ -> dog  seen$", out, re.MULTILINE)


def test_decisions_are_kept_where_the_user_says(said, source, folder, tmp_path):
    table = folder / "made.csv"
    table.write_text("id,verdict\n4,keep\n")
    database = tmp_path / "team" / "reviews.sqlite"
    assert said("review", source, "--import", table, "--database", f"sqlite:///{database}")[0] == 0
    with closing(ReviewStore(database)) as store:
        assert [decision.sample_id for decision in store.decisions()] == ["4"]
    assert "1 decided" in said("review", source, "--database", f"sqlite:///{database}")[1]
    assert "0 decided" in said("review", source)[1]


@pytest.mark.parametrize("name", [known.name for known in FORMATS if known.suffix])
def test_every_file_format_is_exported(said, source, folder, tmp_path, name):
    table = folder / "made.csv"
    table.write_text("id,verdict,label\n3,relabel,=owl\n")
    said("review", source, "--import", table)
    rows = {"log": 1, "changes": 1}.get(name.split("-")[0], SAMPLES)
    code, out, _ = said("export", source, "--format", name, "--out", tmp_path / "out")
    assert (code, out) == (0, f"{rows:,} rows written to {tmp_path / 'out'}\n")
    if name == "csv":
        frame = pd.read_csv(tmp_path / "out", dtype=str)
        assert frame.loc[frame["id"] == "3", "label"].item() == "'=owl"


def test_prepare_tells_json_and_leaves_nothing_to_compute(said, folder, capsys):
    code, out, err = said("prepare", folder / "pets.npz", "--progress", "json")
    told = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    fractions = [one["fraction"] for one in told]
    assert fractions == sorted(fractions)
    assert (fractions[-1], told[-1]["text"]) == (1.0, "Done")
    assert [one["stage"] for one in told if "stage" in one] == ["ranked"]
    assert {path.name.partition("-")[0] for path in (folder / "pets.npz.margin" / "steps").iterdir()} >= {
        "graph",
        "head",
        "map",
    }


def test_code_is_run_when_it_is_named_here(refused, tmp_path, monkeypatch):
    (tmp_path / "margin_test_factory.py").write_text("def make():\n    raise RuntimeError('it was called')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    pictures = write_pictures(tmp_path / "pictures")
    text = refused("audit", pictures, "--model", "margin_test_factory:make", "--out", tmp_path / "out")
    assert "it was called" in text


def write_pictures(folder, each=3):
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(each):
            Image.new("RGB", (8, 8), (number * 40, 90, 20)).save(folder / name / f"{number}.png")
    return folder


def test_an_interruption_is_told_and_ends_with_130(said, source, monkeypatch):
    def interrupted(*arguments, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr("margin_core.cli.open_source", interrupted)
    assert said("audit", source) == (130, "", "margin: stopped. What was finished is kept.\n")


def test_a_mistake_of_ours_keeps_its_traceback(source, monkeypatch):
    def broken(*arguments, **more):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("margin_core.cli.open_source", broken)
    with pytest.raises(ZeroDivisionError):
        main(["audit", source])


# ----- as a user runs it -----


def test_a_source_is_audited_from_any_folder(folder, tmp_path):
    ended = run(
        "audit", "../data/pets.npz", "--out", "here", "--fail-on", "label_flips>1%", cwd=_made(tmp_path / "elsewhere")
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    assert (tmp_path / "elsewhere" / "here" / "findings.csv").is_file()


@pytest.mark.parametrize(
    "arguments", [["audit", "nowhere"], ["open", "nowhere"], ["review", "nowhere"], ["prepare", "nowhere"]]
)
def test_what_is_not_there(arguments, tmp_path):
    ended = run(*arguments, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"margin: There is nothing at '.*nowhere'\. Check the path\.\n", ended.stderr)


def test_a_port_that_is_taken(source, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = run("open", source, "--port", port, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"margin: Cannot listen on 127.0.0.1:{port} (Address already in use). Choose another with --port {port + 1}, "
        "or close what runs there.\n"
    )


def _made(folder):
    folder.mkdir()
    return folder


# ----- bad input -----


def test_an_empty_folder(refused, tmp_path):
    assert refused("audit", _made(tmp_path / "empty")) == (
        f"The folder '{tmp_path / 'empty'}' is empty. Give a folder that has one sub-folder of pictures for each class."
    )


def test_a_file_of_no_known_kind(refused, tmp_path):
    (tmp_path / "notes.docx").write_text("hello")
    assert "is not a source that can be opened" in refused("audit", tmp_path / "notes.docx")


def test_a_label_column_that_is_missing(refused, tmp_path):
    (tmp_path / "table.csv").write_text("a,b,kind\n1,2,x\n3,4,y\n")
    text = refused("audit", tmp_path / "table.csv", "--label", "species")
    assert "species" in text
    assert "kind" in text


def test_rows_that_do_not_line_up(refused, tmp_path):
    source = write_source(tmp_path / "uneven.npz", labels=np.zeros(89, int))
    text = refused("audit", source)
    assert "89" in text
    assert "90" in text


def test_labels_outside_the_classes(refused, tmp_path):
    assert "class" in refused("audit", write_source(tmp_path / "far.npz", labels=np.full(SAMPLES, 7)))


def test_a_pickle_is_not_read(refused, tmp_path):
    source = write_source(
        tmp_path / "pickled.npz",
        extra=np.array([{"a": 1}], dtype=object),
        labels=np.array(["x", None] * 45, dtype=object),
    )
    assert "pickle" in refused("audit", source) or "object" in refused("audit", source)


def test_a_broken_archive(refused, tmp_path):
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 not a zip")
    assert "broken.npz" in refused("audit", tmp_path / "broken.npz")


def test_without_labels(refused, tmp_path):
    np.savez(tmp_path / "bare.npz", embedding=np.eye(6))
    assert "has no labels" in refused("audit", tmp_path / "bare.npz")


def test_rows_with_nan_are_ranked_last_and_said_to_be_unscored(said, tmp_path):
    embedding = np.array(blobs(each=30, flips=FLIPPED).study.embedding)
    embedding[[3, 50]] = np.nan
    code, _, err = said("audit", write_source(tmp_path / "holes.npz", embedding=embedding), "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    frame = pd.read_parquet(tmp_path / "out" / "findings.parquet")
    assert set(frame[frame["role"] == "unscored"]["id"]) == {"3", "50"}


def test_nothing_but_nan(said, tmp_path):
    source = write_source(tmp_path / "nan.npz", embedding=np.full((SAMPLES, 4), np.nan))
    code, _, err = said("audit", source, "--out", tmp_path / "out")
    assert code in (0, 2)
    assert "Traceback" not in err


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_a_picture_that_cannot_be_read_is_counted_and_not_ranked(said, tmp_path, content, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    pictures = write_pictures(tmp_path / "pictures", 6)
    (pictures / "cat" / "0.png").write_bytes(content)
    code, _, err = said("audit", pictures, "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    frame = pd.read_parquet(tmp_path / "out" / "findings.parquet")
    assert frame[frame["role"] == "unscored"]["id"].str.contains("0").sum() == 1
    assert "cannot be read" in " ".join(json.loads((tmp_path / "out" / "summary.json").read_text())["notes"])


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x10\0\0\0\0\0\0\0not JSON at all."])
def test_weights_that_are_none(refused, tmp_path, content):
    weights = tmp_path / "w.safetensors"
    weights.write_bytes(content)
    assert "w.safetensors" in refused("audit", write_pictures(tmp_path / "pictures"), "--model", f"resnet18:{weights}")


def test_weights_of_another_architecture(refused, tmp_path):
    import safetensors.numpy

    weights = tmp_path / "w.safetensors"
    safetensors.numpy.save_file({"some.layer": np.zeros((3, 3), np.float32)}, weights)
    text = refused("audit", write_pictures(tmp_path / "pictures"), "--model", f"resnet18:{weights}")
    assert "resnet18" in text


def test_a_model_that_nobody_knows(refused, tmp_path):
    assert "resnet19" in refused("audit", write_pictures(tmp_path / "pictures"), "--model", "resnet19:w.safetensors")


def test_a_workspace_of_a_newer_version(refused, source, folder):
    (folder / "pets.npz.margin" / "workspace.json").write_text('{"format": 99}')
    assert "was written by a newer version (format 99; this one reads up to 1)" in refused("audit", source)


def test_a_damaged_workspace_description(refused, source, folder):
    (folder / "pets.npz.margin" / "workspace.json").write_text("{")
    assert "cannot be read" in refused("audit", source)


def test_a_locked_database(refused, said, source, folder, monkeypatch):
    table = folder / "made.csv"
    table.write_text("id,verdict\n4,keep\n")
    said("review", source)
    monkeypatch.setattr("margin_core.cli.ReviewStore", lambda where: ReviewStore(where, wait=0.05))
    with closing(sqlite3.connect(folder / "pets.npz.margin" / "review.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "lock" in refused("review", source, "--import", table)
        other.execute("ROLLBACK")


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://"])
def test_a_database_that_is_none(refused, source, url):
    refused("review", source, "--database", url)


def test_a_full_disk_loses_nothing_that_was_there(refused, said, source, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert said("audit", source, "--out", out)[0] == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def full(self, *arguments, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    assert refused("audit", source, "--out", out) == (
        f"Cannot write '{out / 'findings.csv'}': No space left on device. Free some space or choose another folder; "
        "nothing that was there before is lost."
    )
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_full_disk_under_the_workspace(refused, tmp_path, monkeypatch):
    source = write_source(tmp_path / "new" / "pets.npz")

    def full(*arguments, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    assert "No space left on device" in refused("audit", source, "--out", tmp_path / "out")
    assert not list((tmp_path / "new").rglob("*.unfinished*"))


def test_results_cannot_replace_a_file(refused, source, tmp_path):
    (tmp_path / "taken").write_text("mine")
    assert "taken" in refused("audit", source, "--out", tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize(
    ("content", "words"),
    [("verdict\nkeep\n", "id"), ("id,verdict\n4,burn\n", "burn"), ("id,verdict\nnobody,keep\n", "nobody"),
     ("id,verdict,label\n4,relabel,unicorn\n", "unicorn")],
)  # fmt: skip
def test_a_table_of_decisions_that_cannot_be_used(refused, source, folder, content, words):
    table = folder / "made.csv"
    table.write_text(content)
    assert words in refused("review", source, "--import", table)
    with closing(ReviewStore(folder / "pets.npz.margin" / "review.sqlite")) as store:
        assert store.decisions() == []


def test_a_study_without_pictures_has_no_folder_of_pictures(refused, source, tmp_path):
    assert "no inputs" in refused("export", source, "--format", "image-folder", "--out", tmp_path / "out")
