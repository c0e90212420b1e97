"""``margin workspaces``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from margin_core.cli.options import Arguments
from margin_core.errors import ParameterError, SourceError
from margin_core.storage.stored_workspaces import StoredWorkspace, clean_workspace, find_workspaces
from margin_core.study.samples import counted


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


def run(arguments: Arguments) -> int:
    """List workspaces, or remove what can be computed again.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.

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
    if not arguments.clean:
        for found in workspaces:
            print(_description(found))
        print(
            f"{counted(len(workspaces), 'workspace')}; "
            f"{_megabytes(sum(found.size for found in workspaces))} can be computed again."
        )
        return 0
    oldest = None if arguments.days is None else time.time() - arguments.days * 86_400
    unused = [found for found in workspaces if found.is_orphan or (oldest is not None and found.opened < oldest)]
    freed = 0
    for found in unused:
        freed += clean_workspace(found)
        print(f"{found.folder}: cleaned{', its decisions are kept' if found.has_decisions else ''}")
    print(f"{len(unused):,} of {counted(len(workspaces), 'workspace')} cleaned, {_megabytes(freed)} freed.")
    return 0


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
