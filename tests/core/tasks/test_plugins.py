"""A task of another package is found by its entry point, and a broken one stops nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]

DEPTH = '''
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from margin_core.domain import every_sample
from margin_core.interpretation.rank import rank
from margin_core.tasks import Task
from margin_core.values import Need, Signal


@dataclass(frozen=True)
class Depth(Task):
    """Rank samples by the distance of their first feature from that of their neighbors."""

    name: ClassVar[str] = "depth"
    question: ClassVar[str] = "Which samples lie deeper than those around them?"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.EMBEDDING})

    def domain(self, study, run):
        return every_sample(study)

    def function(self, study, domain, graph, run):
        return Signal(values=domain.points[:, 0].astype(float), hypothesis="Samples near each other are as deep.")

    def interpret(self, study, steps, run):
        return rank(study.ids, steps.influence.scores, np.full(len(study), "sample"), {})
'''

ENTRIES = "[margin.tasks]\ndepth = depth_package:Depth\n"
BROKEN = "flips = depth_package:Flips\nlost = nowhere:Lost\nnumber = depth_package:NUMBER\n"
FLIPS = "\n\nfrom margin_core.tasks import LabelFlips as Flips\n\nNUMBER = 3\n"


def install(folder: Path, code: str, entries: str) -> None:
    (folder / "depth_package.py").write_text(code)
    about = folder / "depth_package-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: depth-package\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(entries)


def margin(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "margin_core", *map(str, arguments)],
        cwd=folder, env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.mark.slow  # Two processes of their own.
def test_an_installed_task_is_listed_and_audits(tmp_path):
    install(tmp_path, DEPTH, ENTRIES)
    listed = margin(tmp_path, "tasks")
    assert listed.returncode == 0, listed.stderr
    assert "depth: Which samples lie deeper than those around them?" in listed.stdout
    np.savez(tmp_path / "s.npz", embedding=np.eye(30), labels=[0, 1] * 15)
    audited = margin(tmp_path, "audit", "s.npz", "--task", "depth", "--out", "found")
    assert audited.returncode == 0, audited.stderr
    assert "depth: 30 sample" in audited.stdout
    assert (tmp_path / "found" / "findings.csv").read_text().startswith('"id","rank","score","role"')


@pytest.mark.slow
@pytest.mark.parametrize("command", ["tasks"])
def test_a_broken_one_is_left_out_and_said(tmp_path, command):
    install(tmp_path, DEPTH + FLIPS, ENTRIES + BROKEN)
    listed = margin(tmp_path, command)
    assert listed.returncode == 0, listed.stderr
    assert "depth: " in listed.stdout
    assert listed.stderr.splitlines() == [
        "margin: The task 'depth_package:Flips' of another package is left out: there is a task 'label_flips' already.",
        "margin: The task 'nowhere:Lost' of another package is left out: ModuleNotFoundError: No module named "
        "'nowhere'.",
        "margin: The task 'depth_package:NUMBER' of another package is left out: it is no subclass of "
        "margin_core.tasks.Task.",
    ]
