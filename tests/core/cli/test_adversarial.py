"""margin adversarial."""

import json
from pathlib import Path

import numpy as np
import pytest

from margin_core.storage.engine import Run
from margin_core.study import open_source
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.evidence import SCORES

DIGITS = Path(__file__).parents[3] / "sample_data" / "digits"
ATTACK = ("--set", "samples=60", "--set", "eps=0.3")


@pytest.fixture
def attack(run_margin, tmp_path):
    return lambda *flags: run_margin("adversarial", DIGITS, "--workspace", tmp_path / "w.margin", *flags)


def test_areas_are_printed_and_what_they_are_not(attack):
    code, out, _ = attack(*ATTACK)
    lines = out.splitlines()
    assert code == 0 and lines[0].startswith("FGSM (norm inf, 0.3) changed the predicted class of ")
    assert [title for title in SCORES.values() if title not in out] == []
    assert "it is no defense" in lines[-1]
    assert lines[1].startswith("The samples are 60 of 899 that may be attacked. Densities ")
    assert lines[2].endswith("    50 %    20 %     5 %     3 %")  # two of 62 attacked, not one in a hundred


def test_the_same_is_a_document(attack):
    found = json.loads(attack(*ATTACK, "--json")[1])
    assert [one["name"] for one in found["scores"]] == list(SCORES)
    assert all(
        one["low"] <= one["auc"] <= one["high"] and len(one["by_share"]) == len(found["shares"])
        for one in found["scores"]
    )
    assert found["criticisms"]["inside"] + found["criticisms"]["outside"] == found["clean"] == 60
    assert found["attacked"] + found["unchanged"] == found["clean"]
    assert found["candidates"] == 899 and found["misclassified"] == found["unreadable"] == 0 < found["reference"]


def test_what_the_page_needs_is_stored(attack, tmp_path):
    from margin_core.storage.workspace import Workspace

    assert attack(*ATTACK)[0] == 0
    kept = open_source(DIGITS, workspace=Workspace.at(tmp_path / "w.margin", may_compute=False))
    task = AdversarialStatistics(samples=60, eps=0.3)
    assert len(task.attacked(kept.study, Run(kept.engine)).clean.rows) == 60
    assert task.prevalence(kept.study, Run(kept.engine)).shares[0] == 0.5


def test_an_attack_that_never_succeeds_is_one_sentence(attack):
    code, out, err = attack("--set", "samples=20", "--set", "eps=0.0001")
    assert code == 2 and not out and err.count("margin: ") == 1 and "Traceback" not in err


def test_a_batch_without_a_model_is_told_how_it_is_compared(run_margin, tmp_path):
    rng = np.random.default_rng(0)
    for name in ("new", "old"):
        np.savez(tmp_path / f"{name}.npz", embedding=rng.normal(size=(40, 4)).astype(np.float32))
    sources = (tmp_path / "new.npz", "--against", tmp_path / "old.npz", "--workspace", tmp_path / "w.margin")
    code, _, error = run_margin("adversarial", *sources)
    assert code == 2 and "--set attack=given" in error
    assert run_margin("adversarial", *sources, "--set", "attack=given")[0] == 0
