"""Where a command writes a file: nothing is replaced unasked, and ``-`` is standard output."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from margin_core.errors import ParameterError, WorkspaceError

STDOUT = Path("-")

Written = TypeVar("Written")


def add_force(parser: argparse.ArgumentParser, help: str = "replace a file that is there") -> None:
    """Add the option that lets a command replace what is there.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    help : str
        What is replaced.
    """
    parser.add_argument("--force", action="store_true", help=help)


def check_output(path: Path, *, source: Path, force: bool, example: str) -> None:
    """Check that a file may be written to a path, before the work for it begins.

    Parameters
    ----------
    path : Path
        ``-`` is standard output, and always free.
    source : Path
        What the command reads, which it never changes.
    force : bool
        Whether a file that is there may be replaced.
    example : str
        The name of a file, for whoever named a folder.

    Raises
    ------
    WorkspaceError
        A folder is there, a device, a file of the source, or a file that may not be replaced.
    """
    if path == STDOUT:
        return
    if path.is_dir():
        raise WorkspaceError(f"'{path}' is a folder. Name a file, such as {path / example}.")
    if path.exists() and not path.is_file():
        raise WorkspaceError(f"'{path}' is no file. Name one, or - for standard output.")
    if path.exists() and _is_of_source(path.resolve(), source.resolve()):
        raise WorkspaceError(f"'{path}' is part of the source, which is never changed. Name another file.")
    if path.exists() and not force:
        raise WorkspaceError(f"'{path}' is there already. Name another file, or replace it with --force.")


def _is_of_source(path: Path, source: Path) -> bool:
    return path == source or (source.is_dir() and path.is_relative_to(source))


def refuse_stdout(path: Path, command: str, what: str) -> None:
    """Refuse standard output for what is more than one file.

    Parameters
    ----------
    path : Path
    command : str
        The name of the command.
    what : str
        What it writes, such as ``a folder``.

    Raises
    ------
    ParameterError
        The path is ``-``.
    """
    if path == STDOUT:
        raise ParameterError(f"--out - is not taken: margin {command} writes {what}. Name one.")


def write_output(path: Path, write: Callable[[Path], Written], suffix: str = "") -> tuple[Written, bytes | None]:
    """Write a file to a path.

    Parameters
    ----------
    path : Path
        ``-`` for standard output.
    write : callable
        Gets the path to write to.
    suffix : str
        Of what is written to standard output, where that decides the format.

    Returns
    -------
    written : object
        What `write` returned.
    content : bytes or None
        For standard output the file, which `Result` takes; else None.
    """
    if path != STDOUT:
        return write(path), None
    with TemporaryDirectory(prefix="margin-") as folder:
        target = Path(folder) / f"output{suffix}"
        return write(target), target.read_bytes()
