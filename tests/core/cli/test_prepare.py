"""margin prepare."""

import json
from collections import Counter

import numpy as np
from planted import blobs, quick_map

from margin_core.audit.audit import audit
from margin_core.review import Choice, ReviewSession, ReviewStore, Verdict
from margin_core.review.decision import LABELING
from margin_core.review.labels_given import MAX_REVISIONS
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source


def test_prepare_tells_json_and_leaves_nothing_to_compute(run_margin, folder, capsys):
    with quick_map():
        code, out, err = run_margin("prepare", folder / "pets.npz", "--progress", "json")
    reported = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    read = [one["notes"] for one in reported if "notes" in one]
    assert len(read) == 2 and all({"kind": "read", "text": "Read: 90 samples."} in notes for notes in read)
    reported = [one for one in reported if "notes" not in one]
    fractions = [one["fraction"] for one in reported]
    assert fractions == sorted(fractions)
    assert (fractions[-1], reported[-1]["text"]) == (1.0, "Done")
    assert [one["stage"] for one in reported if "stage" in one] == ["ranked"]
    assert {path.name.partition("-")[0] for path in (folder / "pets.npz.margin" / "steps").iterdir()} >= {
        "graph",
        "head",
        "map",
    }


def test_what_was_computed_of_fewer_labels_is_removed(run_margin, tmp_path):
    source, workspace = tmp_path / "pets.npz", Workspace(tmp_path / "pets.npz.margin")
    study = blobs(each=30, flips=0).study
    np.savez(source, inputs=np.asarray(study.embedding), embedding=np.asarray(study.embedding))
    command = "prepare", source, "--classes", "cat,dog,owl", "--task", "prototypes"
    with quick_map():
        assert run_margin(*command)[0] == 0
        opened = open_source(source, workspace=workspace)
        with ReviewStore(workspace.review_database) as store:
            session = ReviewSession(opened.study, audit(opened).explanation, store, "ada")
            for seq in range(MAX_REVISIONS + 4):
                rows = (seq, 30 + seq, 60 + seq)
                choices = [
                    Choice(seq=3 * seq + place, row=row, verdict=Verdict.RELABEL, label=place, task=LABELING)
                    for place, row in enumerate(rows)
                ]
                session.decide(choices, client="tab")
                code, _, said = run_margin(*command)
                assert code == 0, said
    stored = Counter(folder.name.partition("-")[0] for folder in (workspace.folder / "steps").iterdir())
    of_labels = ("head", "probe_model", "channel")
    assert {name: stored[name] for name in of_labels} == dict.fromkeys(of_labels, MAX_REVISIONS)
    # Two answers each, the ranking and the prototypes, and those from before there was any label.
    assert stored["answer"] == 2 * MAX_REVISIONS + 2
    assert stored["graph"] == stored["map"] == 1
