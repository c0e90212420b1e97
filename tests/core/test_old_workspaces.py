"""What release 0.1.0 kept opens with the code as it is now; see ``tests/data/workspace_v0_1/README.md``."""

import json
import zipfile
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from margin_core import Explanation
from margin_core.audit.audit import audit, live_label_error_score
from margin_core.cli import main
from margin_core.review import ReviewSession, ReviewStore, study_key
from margin_core.review.export import export
from margin_core.storage.workspace import Workspace
from margin_core.study import load_study, open_source

RECORDED = Path(__file__).resolve().parents[1] / "data" / "workspace_v0_1"
TASKS = ("label_flips", "prototypes", "decision_boundary", "contextual_outliers", "saliency")


@pytest.fixture(scope="module")
def expected():
    """What the release computed for it."""
    return json.loads((RECORDED / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path):
    with zipfile.ZipFile(RECORDED / "kept.zip") as packed:
        packed.extractall(tmp_path)
    return tmp_path


@pytest.fixture
def store(folder):
    with closing(ReviewStore(folder / "digits.margin" / "review.sqlite")) as opened:
        yield opened


@pytest.fixture
def session(folder, store):
    audited = audit(open_source(folder / "digits", workspace=Workspace.at(folder / "digits.margin")))
    rescorer = live_label_error_score(audited)
    return ReviewSession(audited.opened.study, audited.explanation, store, "", rescorer=rescorer)


def test_the_study_is_the_same(folder, expected):
    for source in (folder / "digits", folder / "digits.margin"):
        study = load_study(source)
        assert study_key(study) == expected["study_key"]
        assert study.fingerprint == expected["study_fingerprint"]


def test_every_decision_is_read_as_it_was_written(store, expected):
    log = [asdict(one) | {"decided_at": one.decided_at.isoformat()} for one in store.decisions(expected["study_key"])]
    assert log == expected["decisions"]
    # What the test data must have in it to prove anything.
    assert {one["verdict"] for one in log} == {"keep", "relabel", "skip", "exclude", "undo"}
    assert {one["reviewer"] for one in log} == {"Ada", "Grace", "Emmy"}
    assert any(one["sampled"] for one in log)
    assert any(one["note"] for one in log)


def test_a_session_goes_on_where_it_ended(session, expected):
    assert [one.id for one in session.decisions()] == expected["in_force"]
    assert [one.id for one in session.history(100)] == expected["history"]
    assert [[one.decision.id, one.replaced.id] for one in session.conflicts] == expected["conflicts"] != []
    assert session.states.tolist() == expected["states"]
    assert session.labels.tolist() == expected["labels"]
    spelled = {"relabelled": "relabeled"}
    counts = {spelled.get(name, name): count for name, count in expected["progress"].items()}
    # That release counted skipped samples as decided, and the decided ones as suspects.
    counts["open"] = counts.pop("suspects") - counts["decided"]
    counts["decided"] -= counts["skipped"]
    assert asdict(session.progress()) == counts
    assert list(session.refits_due) == expected["refits_due"]
    assert session.version == expected["version"]
    reviews = session.reviews()
    now = {"rows": "rows", "says": "outcomes", "truth": "true_labels", "drawn": "sampled"}
    for name, column in expected["reviews"].items():
        assert getattr(reviews, now[name]).tolist() == column
    np.testing.assert_allclose(session.scores, expected["scores"], atol=1e-3)


@pytest.mark.parametrize("format", ["csv", "changes-csv", "log-csv"])
def test_its_exports_are_the_same(folder, store, expected, format):
    export(load_study(folder / "digits"), store.decisions(), format, folder / "out.csv")
    written = (folder / "out.csv").read_text(encoding="utf-8")
    if format == "log-csv":
        assert written == expected["exports"][format]
        return
    assert without_last_column(written) == expected["exports"][format]  # which that release did not write
    first: dict[str, bool] = {}
    for decision in store.decisions():
        if decision.verdict != "undo":
            first.setdefault(decision.sample_id, decision.sampled)
    table = pd.read_csv(folder / "out.csv", keep_default_na=False)
    decided = table[table["verdict"] != ""]
    assert decided["sampled"].tolist() == [first[sample_id] for sample_id in decided["id"]]
    assert not table[table["verdict"] == ""]["sampled"].any()


def without_last_column(text):
    return "".join(f"{line.rpartition(',')[0]}\n" for line in text.splitlines())


def test_the_command_line_finds_the_workspace_beside_its_source(folder, expected, capsys):
    assert main(["review", str(folder / "digits")]) == 0
    counted, *listed = capsys.readouterr().out.splitlines()
    assert counted == "12 suspects open, 11 decided: 3 relabeled, 6 kept, 2 excluded; 2 skipped"
    assert len(listed) == len(expected["in_force"])
    assert main(["export", str(folder / "digits"), "--format", "csv", "--out", str(folder / "out.csv")]) == 0
    assert without_last_column((folder / "out.csv").read_text(encoding="utf-8")) == expected["exports"]["csv"]


def test_a_table_that_was_imported_is_known_again(folder, capsys):
    assert main(["review", str(folder / "digits"), "--import", str(folder / "elsewhere.csv")]) == 0
    assert capsys.readouterr().out == "0 decisions recorded, 2 were there before.\n"
    table = folder / "elsewhere.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([head, "digit-0001,keep,,Emmy,,", *reversed(rows)]), encoding="utf-8")
    assert main(["review", str(folder / "digits"), "--import", str(table)]) == 0
    assert capsys.readouterr().out == "1 decision recorded, 2 were there before.\n"


@pytest.mark.parametrize("task", TASKS)
def test_a_kept_explanation_loads(folder, expected, task):
    found, recorded = Explanation.load(folder / "explanations" / f"{task}.npz"), expected["explanations"][task]
    assert found.task == task
    for name in ("fingerprint", "study_name", "study_fingerprint"):
        assert getattr(found, name) == recorded[name]
    assert json.loads(json.dumps(dict(found.parameters))) == recorded["parameters"]
    assert found.signal.hypothesis == recorded["hypothesis"]
    assert found.graph.weights.nnz == recorded["edges"]
    assert found.findings.ids.tolist() == recorded["ids"]
    assert found.findings.roles.tolist() == recorded["roles"]
    np.testing.assert_allclose(found.findings.scores, recorded["scores"], rtol=1e-6)
    np.testing.assert_allclose(found.influence.scores, recorded["influence"], rtol=1e-6)
    assert set(found.findings.evidence) == set(recorded["evidence"])
    for name, column in recorded["evidence"].items():
        kept = found.findings.evidence[name]
        if kept.dtype.kind == "f":
            np.testing.assert_allclose(kept, np.array(column, float), rtol=1e-6)
        else:
            assert kept.tolist() == column
    assert set(found.findings.maps) == set(recorded["maps"])
    for name, values in recorded["maps"].items():
        np.testing.assert_allclose(found.findings.maps[name], values, rtol=1e-6)
    if task == "saliency":
        assert found.heatmap.shape == (8, 8)
    assert len(found.to_frame()) == len(recorded["ids"])
