"""Write a report to a file."""

from __future__ import annotations

from pathlib import Path

from margin_core.report.collect import Report
from margin_core.report.document import render_report
from margin_core.storage.archive import atomic_write


def write_report(report: Report, path: Path) -> None:
    """Write a report as one HTML file, whole or not at all.

    Parameters
    ----------
    report : Report
    path : Path
        Replaced if it is there; its folder is made.

    Raises
    ------
    WorkspaceError
        The disk is full, or the folder cannot be written.
    """
    with atomic_write(path) as scratch:
        scratch.write_text(render_report(report), encoding="utf-8", newline="\n")
