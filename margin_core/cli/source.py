"""What a command names, opened: the source, its log of decisions, a review session."""

from __future__ import annotations

import warnings
from pathlib import Path

from margin_core.audit.audit import Audit
from margin_core.cli.messages import print_message
from margin_core.cli.options import Arguments, named_columns
from margin_core.cli.progress import progress_printer
from margin_core.errors import MarginWarning, SourceError
from margin_core.review import ReviewSession, ReviewStore
from margin_core.review.database import read_address
from margin_core.review.labels_given import read_labels_given
from margin_core.storage.engine import Run
from margin_core.storage.workspace import SUFFIX, Workspace, workspace_folder
from margin_core.study import Opened, open_source
from margin_core.study.hub_dataset import FOLDER, fetch_hub_dataset, last_name
from margin_core.study.load import OnRead
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.remote_address import FOLDER as REMOTE
from margin_core.study.remote_address import is_address, normalize
from margin_core.study.remote_table import fetch_remote_table
from margin_core.study.roots import resolve_declared_roots


def open_named_source(arguments: Arguments, run: Run | None = None, on_read: OnRead | None = None) -> Opened:
    """Open the source that a command names, with the model and the columns that it names.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of `add_source`.
    run : Run, optional
        Default: progress is printed.
    on_read : callable, optional
        As for `open_source`.

    Returns
    -------
    Opened

    Raises
    ------
    SourceError
        There is nothing at the path, it cannot be read, or something of it was lost and ``--strict`` was asked for.
    ReviewError
        ``--database`` names none.

    Warns
    -----
    MarginWarning
        What was left out, replaced or assumed.
    """
    if not arguments.source.exists():
        raise SourceError(f"There is nothing at '{arguments.source}'. Check the path.")
    if arguments.database is not None:
        read_address(arguments.database)  # also by a command that has no use for decisions: a slip is not passed over
    opened = open_source(
        arguments.source,
        model=arguments.model,
        allow_code=True,
        download=arguments.download,
        device=arguments.device,
        **named_columns(arguments),
        against=arguments.against,
        workspace=_workspace(arguments),
        run=run or Run(progress=progress_printer(arguments)),
        roots=resolve_declared_roots(arguments.root),
        on_read=on_read,
    )
    progress = (run or Run(progress=progress_printer(arguments))).part(1.0, 1.0).progress
    fitting = Run(progress=progress, device=arguments.device)
    opened = read_labels_given(opened, arguments.database, arguments.labels_upto, fitting)
    losses = texts_of(opened.notes, NoteKind.LOSS)
    if arguments.strict and losses:
        raise SourceError(f"'{arguments.source}': {' '.join(losses)} Mend the source, or leave --strict out.")
    for note in texts_of(opened.notes):
        warnings.warn(note, MarginWarning, stacklevel=2)
    if not arguments.quiet:
        for note in texts_of(opened.notes, NoteKind.READ):
            print_message(note)
    return opened


def copy_source(arguments: Arguments) -> None:
    """Copy the table in object storage that a command names into its workspace, and let the command name that.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of `add_source`; its source, workspace and roots are replaced.

    Raises
    ------
    SourceError, AccessError
        As for `fetch_remote_table`.
    """
    address = normalize(arguments.source)
    arguments.workspace = arguments.workspace or f"{address.rpartition('/')[2]}{SUFFIX}"
    folder = Path(arguments.workspace).absolute()
    arguments.source = fetch_remote_table(
        address,
        arguments.root,
        folder,
        file=arguments.file,
        sheet=arguments.sheet,
        progress=progress_printer(arguments),
    )
    base = folder / REMOTE
    arguments.root = [*(root for root in arguments.root if not is_address(root)), base]
    if not arguments.quiet:
        print_message(f"'{address}' is read from its copy in '{base}'.")


def download_source(arguments: Arguments) -> None:
    """Download the data set of the Hub that a command names into its workspace, and let the command name that.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of `add_source`; its source and workspace are replaced.

    Raises
    ------
    SourceError
        It cannot be downloaded.
    """
    name = arguments.source
    arguments.workspace = arguments.workspace or f"{last_name(name)}{SUFFIX}"
    folder = Path(arguments.workspace).absolute()
    if not arguments.quiet:
        print_message(f"'{name}' is read from '{folder / FOLDER}'; what is not there yet is downloaded.")
    arguments.source = fetch_hub_dataset(name, folder)


def open_store(arguments: Arguments) -> ReviewStore:
    """Open the log of decisions that a command names, or the one in the workspace.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of `add_source`.

    Returns
    -------
    ReviewStore

    Raises
    ------
    ReviewError
        The database cannot be opened.
    """
    return ReviewStore(arguments.database or _workspace(arguments).review_database)


def open_session(audited: Audit, store: ReviewStore, reviewer: str) -> ReviewSession:
    """Start a review session at the end of a log of decisions.

    Parameters
    ----------
    audited : Audit
    store : ReviewStore
    reviewer : str

    Returns
    -------
    ReviewSession
    """
    return ReviewSession(audited.opened.study, audited.explanation, store, reviewer)


def _workspace(arguments: Arguments) -> Workspace:
    return Workspace.at(workspace_folder(arguments.source, arguments.workspace))
