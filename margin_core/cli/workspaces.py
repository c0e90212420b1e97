"""``margin workspaces``."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from margin_core.cli.options import Arguments
from margin_core.cli.result import Result
from margin_core.errors import ParameterError, SourceError
from margin_core.storage.stored_workspaces import StoredWorkspace, clean_workspace, find_workspaces
from margin_core.study.samples import counted

KEYS = {
    "workspaces": "a list: folder, source (null where it does not name it), source_is_gone, bytes that can be computed "
    "again, last_opened, has_decisions, and whether it was cleaned now",
    "bytes": "bytes of all that are listed",
    "cleaned": "how many were cleaned now",
    "bytes_freed": "bytes freed by that",
}
"""What the JSON holds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    parser.add_argument(
        "folders",
        type=Path,
        nargs="*",
        default=[Path()],
        metavar="FOLDER",
        help="where to look, in all folders below too (default: here)",
    )
    parser.add_argument(
        "--clean",
        action="store_true",
        help="remove what can be computed again from those whose data set is gone; decisions are never touched",
    )
    parser.add_argument("--days", type=int, metavar="N", help="clean those too that were not opened for N days")


def run(arguments: Arguments) -> Result:
    """List workspaces, or remove what can be computed again.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result

    Raises
    ------
    ParameterError
        ``--days`` without ``--clean``, or less than 0.
    SourceError
        A folder that is none.
    """
    if arguments.days is not None and (arguments.days < 0 or not arguments.clean):
        raise ParameterError(
            "--days says from how many days on --clean removes a workspace, 0 or more. Give both, or neither."
        )
    for folder in arguments.folders:
        if not folder.is_dir():
            raise SourceError(f"'{folder}' is not a folder. Name one in which to look for workspaces.")
    workspaces = [found for folder in arguments.folders for found in find_workspaces(folder)]
    oldest = None if arguments.days is None else time.time() - arguments.days * 86_400
    unused = [
        found
        for found in workspaces
        if arguments.clean and (found.is_orphan or (oldest is not None and found.opened < oldest))
    ]
    described = [{**_values(found), "cleaned": found in unused} for found in workspaces]
    size = sum(found.size for found in workspaces)
    if not arguments.clean:
        lines = [*map(_description, workspaces)]
        lines.append(f"{counted(len(workspaces), 'workspace')}; {_megabytes(size)} can be computed again.")
        freed = 0
    else:
        freed = sum(clean_workspace(found) for found in unused)
        lines = [
            f"{found.folder}: cleaned{', its decisions are kept' if found.has_decisions else ''}" for found in unused
        ]
        lines.append(f"{len(unused):,} of {counted(len(workspaces), 'workspace')} cleaned, {_megabytes(freed)} freed.")
    values = {"workspaces": described, "bytes": size, "cleaned": len(unused), "bytes_freed": freed}
    return Result(values=values, lines=lines)


def _values(workspace: StoredWorkspace) -> dict[str, Any]:
    return {
        "folder": workspace.folder,
        "source": workspace.source,
        "source_is_gone": workspace.is_orphan,
        "bytes": workspace.size,
        "last_opened": datetime.fromtimestamp(workspace.opened, UTC),
        "has_decisions": workspace.has_decisions,
    }


def _description(workspace: StoredWorkspace) -> str:
    source = "made from something it does not name" if workspace.source is None else f"made from {workspace.source}"
    return "  ".join(
        [
            str(workspace.folder),
            _megabytes(workspace.size),
            f"last opened {time.strftime('%Y-%m-%d %H:%M', time.localtime(workspace.opened))}",
            f"{source}{', which is gone' if workspace.is_orphan else ''}",
            *(["holds decisions"] if workspace.has_decisions else []),
        ]
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
