import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from planted import blobs, quick_map

from margin_core import __version__
from margin_core.cli import COMMANDS, RENAMED, main, plugin_commands
from margin_core.cli import source as sources
from margin_core.review import FORMATS, ReviewStore
from margin_core.study import ColumnNames
from margin_core.tasks import TASKS

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES, FLIPPED = 90, 5


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
def run_margin(capsys):
    """Run a command; return its exit code, standard output and standard error."""

    def run_margin(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_margin


@pytest.fixture
def refused(run_margin):
    """Run a command that cannot work; return the one sentence it prints."""

    def refused(*arguments):
        code, out, err = run_margin(*arguments)
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
    listed = re.findall(r"^    (\w+)(?:  +\w|$)", capsys.readouterr().out, re.MULTILINE)
    assert listed == ["open", *COMMANDS]
    for command in listed:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert f"usage: margin {command}" in capsys.readouterr().out


def test_every_option_says_what_it_does(capsys):
    for command in ["open", *COMMANDS]:
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


def test_a_renamed_command_keeps_its_old_name_and_says_so_once(run_margin, source):
    code, out, err = run_margin("trust", source, "--repeats", "1")
    assert (code, err) == (0, "margin: 'trust' is now called 'estimate'; the old name still works.\n")
    assert run_margin("estimate", source, "--repeats", "1") == (0, out, "")
    assert set(RENAMED.values()) <= set(COMMANDS) and not set(RENAMED) & set(COMMANDS)


def test_another_package_adds_a_command_by_an_entry_point(run_margin, monkeypatch):
    assert set(plugin_commands()) == {"open"}
    plugin = SimpleNamespace(
        PURPOSE="greet",
        add_arguments=lambda parser: parser.add_argument("name"),
        run=lambda given: print(given.name) or 0,
    )
    monkeypatch.setattr("margin_core.cli.plugin_commands", lambda: {"greet": plugin})
    assert run_margin("greet", "ada") == (0, "ada\n", "")


# ----- each command -----


def test_tasks_lists_every_task_with_every_parameter(run_margin):
    code, out, err = run_margin("tasks")
    assert (code, err) == (0, "")
    for task in TASKS:
        assert f"{task.name}: {task.question}" in out
        for name in task().declared_parameters():
            assert f"  {name} = " in out


def test_audit_writes_three_files_that_agree(run_margin, source, folder, tmp_path):
    out = tmp_path / "results"
    code, printed, err = run_margin("audit", source, "--task", "label_flips", "--out", out)
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


def test_another_question_is_audited_by_name(run_margin, source, tmp_path):
    code, printed, _ = run_margin("audit", source, "--task", "prototypes", "--set", "prototypes=9", "--out", tmp_path)
    found = pd.read_parquet(tmp_path / "findings.parquet")
    odd = int((found["role"] == "criticism").sum())
    assert code == 0
    assert printed == f"prototypes: 9 prototypes, {odd} criticisms\nWritten to {tmp_path}\n"
    assert json.loads((tmp_path / "summary.json").read_text())["roles"] == {"prototype": 9, "criticism": odd}


def test_a_slice_says_how_much_of_it_is_whose_and_refuses_rows_that_are_not_there(run_margin, source):
    code, printed, _ = run_margin("slice", source, "--rows", "0", "40", "80")
    shares = dict(reversed(line.split("%  ")) for line in printed.splitlines())
    assert code == 0
    assert set(shares) == {"cat", "dog", "=owl"}
    assert sum(map(float, shares.values())) == pytest.approx(100, abs=0.3)
    code, _, err = run_margin("slice", source, "--rows", "0", "40", "90")
    assert (code, err) == (2, "margin: --rows takes three rows from 0 to 89; got 0, 40, 90.\n")


def test_audit_takes_parameters(run_margin, source, tmp_path):
    code, _, _ = run_margin("audit", source, "--set", "graph.k=5", "--set", "method=disagreement", "--out", tmp_path)
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
def test_fail_on(run_margin, source, tmp_path, limit, code):
    assert run_margin("audit", source, "--out", tmp_path, "--fail-on", limit)[0] == code
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
        ("graph.k", "--set takes NAME=VALUE; got 'graph.k'."),
        ("graph.k=0", "k must be between 1 and"),
        ("graph.k=many", "k must be a whole number"),
        ("nonsense=1", "nonsense"),
        ("method=magic", "method"),
    ],
)
def test_a_parameter_that_is_wrong_names_itself(refused, source, tmp_path, setting, words):
    assert words in refused("audit", source, "--out", tmp_path, "--set", setting)


def test_review_lists_what_was_decided_and_takes_decisions_in(run_margin, source, folder):
    code, out, _ = run_margin("review", source)
    assert (code, out) == (0, "5 suspects, 0 decided: 0 relabeled, 0 kept, 0 excluded, 0 skipped\n")
    table = folder / "made.csv"
    table.write_text("id,verdict,label,note\n3,relabel,dog,seen\n4,keep,,\n5,exclude,,\n")
    assert (
        run_margin("review", source, "--import", table, "--reviewer", "ada")[1]
        == "3 decisions recorded, 0 were there before.\n"
    )
    assert (
        run_margin("review", source, "--import", table, "--reviewer", "ada")[1]
        == "0 decisions recorded, 3 were there before.\n"
    )
    _, out, _ = run_margin("review", source)
    assert ": 1 relabeled, 1 kept, 1 excluded, 0 skipped\n" in out
    assert re.search(r"  ada  relabel  3  .+ -> dog  seen$", out, re.MULTILINE)


def test_decisions_are_kept_where_the_user_says(run_margin, source, folder, tmp_path):
    table = folder / "made.csv"
    table.write_text("id,verdict\n4,keep\n")
    database = tmp_path / "team" / "reviews.sqlite"
    assert run_margin("review", source, "--import", table, "--database", f"sqlite:///{database}")[0] == 0
    with closing(ReviewStore(database)) as store:
        assert [decision.sample_id for decision in store.decisions()] == ["4"]
    assert "1 decided" in run_margin("review", source, "--database", f"sqlite:///{database}")[1]
    assert "0 decided" in run_margin("review", source)[1]


@pytest.mark.parametrize("name", [known.name for known in FORMATS if known.suffix])
def test_every_file_format_is_exported(run_margin, source, folder, tmp_path, name):
    table = folder / "made.csv"
    table.write_text("id,verdict,label\n3,relabel,=owl\n")
    run_margin("review", source, "--import", table)
    rows = {"log": 1, "changes": 1}.get(name.split("-")[0], SAMPLES)
    code, out, _ = run_margin("export", source, "--format", name, "--out", tmp_path / "out")
    assert (code, out) == (0, f"{rows:,} rows written to {tmp_path / 'out'}\n")
    if name == "csv":
        frame = pd.read_csv(tmp_path / "out", dtype=str)
        assert frame.loc[frame["id"] == "3", "label"].item() == "'=owl"


def test_prepare_tells_json_and_leaves_nothing_to_compute(run_margin, folder, capsys):
    with quick_map():
        code, out, err = run_margin("prepare", folder / "pets.npz", "--progress", "json")
    reported = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    fractions = [one["fraction"] for one in reported]
    assert fractions == sorted(fractions)
    assert (fractions[-1], reported[-1]["text"]) == (1.0, "Done")
    assert [one["stage"] for one in reported if "stage" in one] == ["ranked"]
    assert {path.name.partition("-")[0] for path in (folder / "pets.npz.margin" / "steps").iterdir()} >= {
        "graph",
        "head",
        "map",
    }


def test_estimate_says_how_many_and_plants_errors_once(run_margin, refused, source, folder):
    code, out, _ = run_margin("estimate", source, "--repeats", "2")
    number, found, *flagged, planted = out.splitlines()
    assert code == 0
    assert re.fullmatch(r"\d+ of \d+ labels are wrong, by estimate; 95 %: \d+ to \d+", number)
    assert re.fullmatch(r"0 found so far; at most \d+ left \(95 %\), after 0 random checks", found)
    assert [line.split(" can be flagged without review at a false discovery rate of ")[1] for line in flagged] == [
        f"at most {share}%" for share in (5, 10, 20)
    ]
    assert re.fullmatch(r"Of 100 planted label errors \d+ are in the first 5 % of the queue\.", planted)
    steps = sorted((folder / "pets.npz.margin" / "steps").iterdir())
    assert sum(path.name.startswith("self_test") for path in steps) == 2
    assert run_margin("estimate", source, "--repeats", "2")[1] == out
    assert sorted((folder / "pets.npz.margin" / "steps").iterdir()) == steps
    reported = [
        json.loads(line)
        for line in run_margin("estimate", source, "--progress", "json", "--repeats", "2")[1].splitlines()
    ]
    assert reported[-1]["fraction"] == 1.0
    assert "at least one repeat" in refused("estimate", source, "--repeats", "0")


@pytest.mark.slow
def test_impact_says_what_the_corrections_changed(run_margin, source, folder):
    code, out, _ = run_margin("impact", source)
    assert code == 0
    assert out.startswith("No label has been reviewed yet, so there is no impact to measure.\nIt is measured on ")
    table = folder / "excluded.csv"
    table.write_text("id,verdict,label\n" + "".join(f"{number},exclude,\n" for number in range(6)))
    run_margin("review", source, "--import", table)
    code, out, _ = run_margin("impact", source)
    head, judged, compared, _, titles, own, *others = out.splitlines()
    assert code == 0 and head.startswith("Your 6 decisions ") and "0 of these 84 labels were reviewed" in judged
    assert compared.startswith("The same decisions, in the order of each other ranking")
    assert titles.split() == ["after", "half", "after", "all", "change", "in", "points"]
    assert own.startswith("your decisions") and len(others) == 11
    payload = json.loads(run_margin("impact", source, "--json")[1])
    assert payload["sentence"] == head and payload["own"]["decisions"][-1] == 6 and len(payload["others"]) == 11
    assert json.loads(run_margin("impact", source, "--progress", "json")[1].splitlines()[-1])["fraction"] == 1.0
    steps = [path.name for path in (folder / "pets.npz.margin" / "steps").iterdir()]
    assert sum(name.startswith("bought-") for name in steps) == 2 * 12


def test_refit_learns_from_the_corrections(run_margin, source, folder):
    assert run_margin("refit", source) == (0, "", "No label is changed, so there is nothing to learn.\n")
    table = folder / "made.csv"
    rows = "".join(f"{number},exclude,\n" for number in range(12))
    table.write_text("id,verdict,label\n" + rows)
    run_margin("review", source, "--import", table)
    code, out, _ = run_margin("refit", source)
    assert code == 0
    assert re.fullmatch(r"Ranking refitted after 12 corrections: \d+ suspects? open, \d+ by the first ranking\.\n", out)
    assert run_margin("refit", source, "--upto", "1")[1].startswith("Ranking refitted after 1 correction: ")
    *_, last = map(json.loads, run_margin("refit", source, "--progress", "json")[1].splitlines())
    assert last == {"fraction": 1.0, "text": "The ranking is ready", "stage": "ranked"}


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


@pytest.mark.slow
def test_pictures_without_a_model_are_looked_at_by_efficientnet(run_margin, tmp_path):
    assert run_margin("audit", write_pictures(tmp_path / "pictures"), "--out", tmp_path / "out")[0] == 0
    assert "EfficientNet-Lite0" in json.loads((tmp_path / "out" / "summary.json").read_text())["features"]


# ----- the columns of a manifest -----


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
    assert main(["open", str(table), *NAMED]) == 0
    [(source, columns)] = asked
    assert source == table
    assert ColumnNames(**columns) == ColumnNames(label="v", id="u", split="w", weight="x", group="y2")


# ----- workspaces -----


def test_workspaces_are_listed_and_cleaned(run_margin, folder):
    workspace = folder / "pets.npz.margin"
    code, out, err = run_margin("workspaces", folder)
    assert (code, err) == (0, "")
    line, total = out.splitlines()
    assert re.fullmatch(
        rf"{workspace}  0\.\d MB  last opened \d{{4}}-\d\d-\d\d \d\d:\d\d  made from {folder}/pets\.npz", line
    )
    assert re.fullmatch(r"1 workspace; 0\.\d MB can be computed again\.", total)
    assert run_margin("workspaces", folder, "--clean")[1] == "0 of 1 workspace cleaned, 0.0 MB freed.\n"
    assert (workspace / "steps").is_dir()
    table = folder / "made.csv"
    table.write_text("id,verdict\n4,keep\n")
    run_margin("review", folder / "pets.npz", "--import", table)
    (folder / "pets.npz").rename(folder / "moved.npz")
    assert "which is gone  holds decisions\n" in run_margin("workspaces", folder)[1]
    assert run_margin("workspaces", folder, "--clean")[1].startswith(
        f"{workspace}: cleaned, its decisions are kept\n1 of 1"
    )
    assert not (workspace / "steps").exists()
    (folder / "moved.npz").rename(folder / "pets.npz")
    assert ", 1 decided: " in run_margin("review", folder / "pets.npz")[1]


def test_workspaces_that_nobody_opens_are_cleaned_after_some_days(run_margin, folder):
    described = folder / "pets.npz.margin" / "workspace.json"
    os.utime(described, (time.time() - 10 * 86_400,) * 2)
    assert run_margin("workspaces", folder, "--clean", "--days", "11")[1].startswith("0 of 1 ")
    assert run_margin("workspaces", folder, "--clean", "--days", "9")[1].startswith(
        f"{described.parent}: cleaned\n1 of 1 "
    )
    assert not described.parent.exists()


def test_opening_again_makes_a_workspace_young(run_margin, source, folder):
    os.utime(folder / "pets.npz.margin" / "workspace.json", (5, 5))
    run_margin("review", source)
    assert run_margin("workspaces", folder, "--clean", "--days", "1")[1].startswith("0 of 1 ")


@pytest.mark.parametrize("arguments", [["--days", "3"], ["--clean", "--days", "-1"]])
def test_days_without_cleaning_mean_nothing(refused, folder, arguments):
    assert refused("workspaces", folder, *arguments) == (
        "--days says from how many days on --clean removes a workspace, 0 or more. Give both, or neither."
    )


# ----- what goes wrong elsewhere -----


def test_an_interruption_is_reported_and_exits_with_130(run_margin, source, monkeypatch):
    def interrupted(*arguments, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr("margin_core.cli.source.open_source", interrupted)
    assert run_margin("audit", source) == (130, "", "margin: stopped. What was finished is kept.\n")


def test_a_mistake_of_ours_keeps_its_traceback(source, monkeypatch):
    def broken(*arguments, **more):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("margin_core.cli.source.open_source", broken)
    with pytest.raises(ZeroDivisionError):
        main(["audit", source])


# ----- as a user runs it -----


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


@pytest.mark.slow
def test_a_source_is_audited_from_any_folder(folder, tmp_path):
    ended = run(
        "audit", "../data/pets.npz", "--out", "here", "--fail-on", "label_flips>1%", cwd=_made(tmp_path / "elsewhere")
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    assert (tmp_path / "elsewhere" / "here" / "findings.csv").is_file()


@pytest.mark.slow
def test_what_cannot_be_done_ends_with_two_and_one_sentence(tmp_path):
    ended = run("open", "nowhere", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"margin: There is nothing at '.*nowhere'\. Check the path\.\n", ended.stderr)


def _made(folder):
    folder.mkdir()
    return folder


# ----- what cannot be done (all kinds of bad input: test_bad_input.py) -----


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://"])
def test_a_database_that_is_none(refused, source, url):
    refused("review", source, "--database", url)


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
