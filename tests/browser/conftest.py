"""The bundled studies, prepared once, and a real Chromium to look at them with."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.running import BUNDLED, CHROMIUM, FLAGS, RunningDashboard, margin, quiet_environment
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

STUDIES = ("digits", "fashion")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Where no graphics card is, one that is emulated for laying pages together takes a third of all time.
    flags = [*FLAGS, "--disable-gpu-compositing"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, Path]:
    """Prepare both studies at the same time, once for all workers; the tests work on copies."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "prepared"
    workspaces = {name: folder / f"{name}.margin" for name in STUDIES}
    with FileLock(f"{folder}.lock"):
        if not (done := folder / "done").exists():
            _prepare(workspaces)
            done.touch()
    return workspaces


def _prepare(workspaces: dict[str, Path]) -> None:
    processes = [
        subprocess.Popen(
            margin("prepare", BUNDLED / name, "--workspace", workspace),
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=quiet_environment(), text=True,
        )
        for name, workspace in workspaces.items()
    ]  # fmt: skip
    for process in processes:
        _, said = process.communicate()
        assert process.returncode == 0, said


@pytest.fixture
def serve(prepared: dict[str, Path], tmp_path: Path) -> Iterator[Callable[..., RunningDashboard]]:
    """Serve a bundled study from a workspace of this test's own."""
    running: list[RunningDashboard] = []

    def serving(name: str = "digits", *options: str | Path) -> RunningDashboard:
        workspace = tmp_path / f"{name}.margin"
        shutil.copytree(prepared[name], workspace)
        running.append(RunningDashboard(BUNDLED / name, tmp_path, "--workspace", workspace, *options))
        return running[-1]

    yield serving
    for dashboard in running:
        dashboard.stop()
