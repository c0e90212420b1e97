"""The report of a study: where it lies, when it was made, and the command that makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dashboard.study.open_study import OpenStudy
from margin_core.errors import MarginError
from margin_core.tasks import TASKS
from margin_core.tasks.plugins import with_plugins


@dataclass(frozen=True)
class ReportFile:
    """A report that was made.

    Attributes
    ----------
    path : Path
    made_at : datetime
        In UTC.
    size : int
        Bytes.
    """

    path: Path
    made_at: datetime
    size: int


def report_path(opened: OpenStudy) -> Path | None:
    """Return where the report of a study lies, or None where nothing is stored of it.

    One file for each log of decisions: the last report replaces the one before.
    """
    workspace = opened.audited.opened.workspace
    return None if workspace is None else workspace.folder / f"report-{opened.key}.html"


def report_address(opened: OpenStudy) -> str:
    """Return the address at which the report of a study is shown."""
    return f"/margin/{opened.key}/report"


def last_report(opened: OpenStudy) -> ReportFile | None:
    """Return the report that was made last, if there is one."""
    path = report_path(opened)
    if path is None or not path.is_file():
        return None
    facts = path.stat()
    return ReportFile(path, datetime.fromtimestamp(facts.st_mtime, UTC), facts.st_size)


def decisions_since(opened: OpenStudy, made_at: datetime) -> int:
    """Count the decisions that hold and are younger than a report."""
    return sum(decision.decided_at > made_at for decision in opened.session.decisions())


def available_tasks(opened: OpenStudy) -> dict[str, str]:
    """Return the tasks that rank the samples of a study without more being said: name to title."""
    return opened.memory.recall("report_tasks", "", lambda: _available_tasks(opened))


def command(opened: OpenStudy, tasks: Sequence[str], findings: int) -> tuple[str, ...]:
    """Return the ``margin`` command, but for its source, that makes a report."""
    path = report_path(opened)
    named = (part for task in tasks for part in ("--task", task))
    return "report", *named, "--findings", str(findings), "--out", str(path), "--force"


def _available_tasks(opened: OpenStudy) -> dict[str, str]:
    found = {}
    for task in with_plugins(TASKS):
        if task.nodes != "samples":
            continue
        try:
            task().check(opened.study)
        except MarginError:  # It lacks a part, or a parameter that only a person can name.
            continue
        found[task.name] = task.heading()
    return found
