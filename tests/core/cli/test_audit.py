"""margin audit."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from commands import FLIPPED, SAMPLES, write_pictures
from fashion import FASHION
from planted import blobs

from margin_core import __version__
from margin_core.cli.audit_folder import check_folder, write_folder


def test_audit_writes_three_files_that_agree(run_margin, source, folder, tmp_path):
    out = tmp_path / "results"
    code, printed, err = run_margin("audit", source, "--task", "label_flips", "--out", out)
    assert (code, err) == (0, f"Written to {out}\n")
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
    assert printed == "label_flips: 5 suspects among 90 labels (5.6%)\n"


def test_another_question_is_audited_by_name(run_margin, source, tmp_path):
    code, printed, _ = run_margin("audit", source, "--task", "prototypes", "--set", "prototypes=9", "--out", tmp_path)
    found = pd.read_parquet(tmp_path / "findings.parquet")
    odd = int((found["role"] == "criticism").sum())
    assert code == 0
    assert printed == f"prototypes: 9 prototypes, {odd} criticisms\n"
    assert json.loads((tmp_path / "summary.json").read_text())["roles"] == {"prototype": 9, "criticism": odd}


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


def test_a_limit_that_no_task_is_judged_by(refused, source, tmp_path):
    arguments = ("audit", source, "--out", tmp_path / "x", "--task", "prototypes", "--fail-on", "label_flips>1%")
    assert refused(*arguments) == (
        "--fail-on: prototypes cannot be judged by 'label_flips>1%'. Add --task label_flips, or leave --fail-on out."
    )
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "limit", ["", "label_flips", "label_flips>", "other>5", "label_flips<5", "label_flips>-1", "label_flips>5%%"]
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


@pytest.mark.slow
def test_pictures_without_a_model_are_looked_at_by_efficientnet(run_margin, tmp_path):
    assert run_margin("audit", write_pictures(tmp_path / "pictures"), "--out", tmp_path / "out")[0] == 0
    assert "EfficientNet-Lite0" in json.loads((tmp_path / "out" / "summary.json").read_text())["features"]


def test_results_cannot_replace_a_file(refused, source, tmp_path):
    (tmp_path / "taken").write_text("mine")
    assert "taken" in refused("audit", source, "--out", tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize(
    ("database", "message"),
    [
        ("nonsense", "'nonsense' does not name a database. Give sqlite:///FILE"),
        ("mysql://host/name", "Decisions are kept in SQLite or PostgreSQL; 'mysql' is neither."),
        ("sqlite://", "Decisions kept in memory would be lost"),
    ],
)
def test_a_database_that_is_none_is_not_passed_over(refused, source, tmp_path, database, message):
    for command in (["audit", source, "--out", tmp_path / "out"], ["prepare", source], ["review", source]):
        assert message in refused(*command, "--database", database)


@pytest.mark.parametrize("limit", ["label_flips>200%", "label_flips>100.1%"])
def test_a_share_is_at_most_all(refused, run_margin, source, tmp_path, limit):
    assert "a share of at most 100 %" in refused("audit", source, "--out", tmp_path, "--fail-on", limit)
    assert run_margin("audit", source, "--out", tmp_path, "--fail-on", "label_flips>100%")[0] == 0


def test_the_share_is_of_the_labels_that_are_ranked(run_margin, tmp_path):
    made = blobs(each=30, flips=FLIPPED).study
    embedding = np.array(made.embedding)
    embedding[[row for row in range(90) if made.ids[row] not in blobs(each=30, flips=FLIPPED).flipped_ids][:8]] = np.nan
    np.savez(tmp_path / "gaps.npz", embedding=embedding, labels=made.labels)
    # 5 of 82: above 6 %, and of all 90 below it.
    code, printed, _ = run_margin(
        "audit", tmp_path / "gaps.npz", "--out", tmp_path / "out", "--fail-on", "label_flips>6%"
    )
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (code, summary["labelled"], summary["ranked"]) == (1, 90, 82)
    assert printed == "label_flips: 5 suspects among 82 ranked of 90 labels (6.1%)\n"


def test_a_gate_on_one_class_is_refused(run_margin, tmp_path):
    np.savez(tmp_path / "one.npz", embedding=np.random.default_rng(0).normal(size=(40, 3)), labels=["cat"] * 40)
    arguments = ("audit", tmp_path / "one.npz", "--out", tmp_path / "out")
    code, _, message = run_margin(*arguments, "--fail-on", "label_flips>2%")
    assert code == 2 and "nothing can be found with one class" in message.splitlines()[-1]
    assert not (tmp_path / "out").exists()
    assert run_margin(*arguments)[0] == 0


@pytest.mark.parametrize(("shift", "is_said"), [(0.0, True), (3.0, False)], ids=["noise", "two groups"])
def test_features_that_tell_nothing_are_said(run_margin, tmp_path, shift, is_said):
    labels = np.arange(120) % 2
    x = np.random.default_rng(2).normal(size=(120, 3)) + shift * labels[:, None]
    rows = [f"{a},{b},{c},{['no', 'yes'][label]}" for (a, b, c), label in zip(x, labels, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,c,label", *rows]))
    assert run_margin("audit", tmp_path / "t.csv", "--out", tmp_path / "out")[0] == 0
    notes = [note["text"] for note in json.loads((tmp_path / "out" / "summary.json").read_text())["notes"]]
    assert [note.startswith("The features hardly tell the classes apart: ") for note in notes] == [True] * is_said


def test_names_that_are_no_unicode_text_are_escaped_in_the_summary(tmp_path):
    frame, summary = pd.DataFrame({"id": ["a"]}), {"notes": ["c\udce9t"]}
    write_folder(tmp_path, frame, summary)
    assert json.loads((tmp_path / "summary.json").read_bytes())["notes"] == ["c\udce9t"]
    check_folder(tmp_path, force=False)  # It knows the file as its own.


def test_adversarial_statistics_are_written_with_their_areas(run_margin, tmp_path):
    shutil.copytree(FASHION, tmp_path / "fashion")
    arguments = [
        "audit", str(tmp_path / "fashion"), "--task", "adversarial_statistics", "--set", "samples=40",
        "--set", "eps=0.2", "--workspace", str(tmp_path / "w.margin"), "--out", str(tmp_path / "audit"),
    ]  # fmt: skip
    code, out, err = run_margin(*arguments)
    assert code == 0, err
    assert out.startswith("adversarial_statistics: ")
    assert "Area under the ROC curve with 95 % interval (signal: kde): " in out
    assert "it is no defense" in out
    assert list((tmp_path / "w.margin" / "steps").glob("attacked-*"))
    table = pd.read_csv(tmp_path / "audit" / "findings.csv")
    assert {"lid", "mahalanobis", "attacked", "changed_8bit"} <= set(table.columns)


def test_a_suspicious_batch_is_compared_with_its_reference(run_margin, tmp_path):
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    points = rng.normal(size=(60, 4)) + 5 * labels[:, None]
    for name, moved in (("old", 0), ("new", 3)):
        np.savez(tmp_path / f"{name}.npz", embedding=points + moved, labels=labels, class_names=["a", "b"])
    code, out, _ = run_margin(
        "audit", str(tmp_path / "new.npz"), "--against", str(tmp_path / "old.npz"), "--task", "adversarial_statistics",
        "--set", "attack=given", "--out", str(tmp_path / "audit"), "--report", str(tmp_path / "report.html"),
    )  # fmt: skip
    assert code == 0
    assert "60 suspicious samples beside 30 trusted ones" in out
    html = (tmp_path / "report.html").read_text()
    assert "30 trusted samples" in html and "Area under the ROC curve" in html


@pytest.fixture
def new_and_old(tmp_path):
    """Write new samples of two classes, a third of them far from those of a reference, and the reference."""
    names, random = np.array(["cat", "dog"]), np.random.default_rng(0)
    for name, n, far in (("new", 60, 20), ("old", 120, 0)):
        points = random.normal(size=(n, 4))
        points[:far] += 6
        np.savez(tmp_path / f"{name}.npz", embedding=points, labels=names[np.arange(n) % 2])
    return tmp_path / "new.npz", "--against", tmp_path / "old.npz"


def test_new_data_are_tested_against_a_reference_in_a_line(run_margin, tmp_path, new_and_old):
    out, report = tmp_path / "audit", tmp_path / "report.html"
    code, printed, _ = run_margin("audit", *new_and_old, "--out", out, "--report", report)
    assert code == 0
    lines = printed.splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == ["label_flips", "drift"]
    assert lines[2].startswith("The new samples differ from the reference: p <= 0.001 (MMD² ")
    assert lines[3] == "Classes that drifted: cat, dog (at 5%, corrected for the number of classes)."
    found = pd.read_parquet(out / "drift" / "findings.parquet")
    assert set(found["id"][:20].astype(int)) == set(range(20)) and (found["role"][:20] == "novel").all()
    assert (out / "label_flips" / "findings.parquet").is_file()
    assert lines[3] in report.read_text(encoding="utf-8")


def test_a_workspace_with_a_reference_is_audited_as_its_source_was_against_it(run_margin, tmp_path, new_and_old):
    workspace = tmp_path / "new.margin"
    _, printed, _ = run_margin("audit", *new_and_old, "--workspace", workspace, "--out", tmp_path / "first")
    code, again, _ = run_margin("audit", workspace, "--out", tmp_path / "second")
    assert code == 0
    assert "drift: 20 novel" in again
    assert again == printed
    assert (tmp_path / "second" / "drift" / "findings.parquet").is_file()
    run_margin("report", workspace, "--out", tmp_path / "report.html")
    assert "The new samples differ from the reference" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_parameter_is_set_in_each_task_that_has_it(run_margin, refused, tmp_path, new_and_old):
    settings = "--set", "method=disagreement", "--set", "graph.k=7"
    code, printed, err = run_margin("audit", *new_and_old, *settings, "--out", tmp_path / "audit", "--json")
    assert code == 0, err
    ranking, drift = (task["parameters"] for task in json.loads(printed)["tasks"])
    assert ranking["method"] == "disagreement" and "method" not in drift
    assert ranking["graph.k"] == drift["graph.k"] == 7
    said = refused("audit", *new_and_old, "--set", "nonsense=1", "--out", tmp_path / "x")
    assert said.startswith("--set: no task that is run has a parameter 'nonsense' (label_flips has method, ")
    assert "; drift has " in said and said.count("graph.k, ") == 2 and said.endswith(").")


def test_a_parameter_without_a_task_that_could_have_it_is_refused(refused, source):
    said = refused("prepare", source, "--set", "graph.k=7")
    assert said == "--set graph.k: no task is run that it could be set in; name one with --task."
