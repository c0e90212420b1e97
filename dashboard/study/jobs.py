"""Long work in a process of its own, so that no page waits for it and no reload ends it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

STARTED_IN = Path.cwd()
"""The folder before the application turned to its own: a model of somebody's own is found there."""

PATIENT = 15
"""How far a job gives way that nobody waits for, on the scale of nice: 0 not at all, 19 to everything."""


@dataclass(frozen=True)
class Standing:
    """How a job stands.

    Attributes
    ----------
    state : str
        ``running``, ``done``, ``failed`` or ``stopped``.
    fraction : float
        In [0, 1].
    text : str
        What it does now; the reason when it failed.
    """

    state: str
    fraction: float
    text: str


class Job:
    """A ``margin`` command in a process of its own.

    Parameters
    ----------
    arguments : sequence of str
        What follows ``margin``: ``prepare``, ``estimate``, ``impact``, ``refit`` ..., and its source.
    on_ranked : callable
        Called (in the job's own thread) once the ranking is in the workspace; the map may still be to come.
    is_patient : bool
        Whether it gives way to everything else on this machine.
    """

    def __init__(self, arguments: Sequence[str], on_ranked: Callable[[], None], *, is_patient: bool = False) -> None:
        self._standing = Standing("running", 0.0, "Starting")
        self._on_ranked = on_ranked
        self._process = subprocess.Popen(
            [sys.executable, "-m", "margin_core", *arguments, "--progress", "json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=STARTED_IN,
        )
        if is_patient:
            _give_way(self._process.pid)
        threading.Thread(target=self._follow, name="margin-job", daemon=True).start()

    @property
    def standing(self) -> Standing:
        """How the job stands now."""
        return self._standing

    def stop(self) -> None:
        """End the process; the steps it finished are kept."""
        if self._standing.state == "running":
            self._standing = Standing("stopped", self._standing.fraction, "Stopped. What was finished is kept.")
            self._process.terminate()

    def _follow(self) -> None:
        with self._process as process:  # Closes its pipes at the end.
            problems: list[str] = []
            told, errors = process.stdout, process.stderr
            assert told is not None
            assert errors is not None
            reader = threading.Thread(target=lambda: problems.extend(errors), daemon=True)
            reader.start()
            for line in told:
                if line.startswith("{"):  # Else a library, or a user's own model, talks to itself.
                    self._take(json.loads(line))
            reader.join()
        if self._standing.state != "running":
            return
        if process.returncode == 0:
            self._standing = Standing("done", 1.0, "Done")
        else:
            said = [line.strip() for line in problems if line.strip()]
            words = said[-1] if said else f"Exit code {process.returncode}."
            self._standing = Standing("failed", self._standing.fraction, words)

    def _take(self, told: dict[str, Any]) -> None:
        if self._standing.state == "running":
            self._standing = Standing("running", told["fraction"], told["text"])
        if told.get("stage") == "ranked":
            self._on_ranked()


def is_running(job: Job | None) -> TypeGuard[Job]:
    """Say whether there is a job and it is under way."""
    return job is not None and job.standing.state == "running"


def _give_way(process: int) -> None:
    if hasattr(os, "setpriority"):  # Not on Windows.
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, process, PATIENT)
