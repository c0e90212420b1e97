"""What several commands do: open the source, its decisions, a session; tell how far they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from margin_core.audit.audit import Audit
from margin_core.cli.options import COLUMNS, Arguments
from margin_core.errors import ParameterError, SourceError
from margin_core.review import ReviewedLabels, ReviewSession, ReviewStore, reviewed_labels, study_key
from margin_core.storage.engine import Progress, Run
from margin_core.storage.workspace import Workspace, workspace_folder
from margin_core.study import Opened, open_source
from margin_core.study.roots import declared_roots
from margin_core.tasks import Task
from margin_core.values import Study


def opened_source(asked: Arguments, run: Run | None = None) -> Opened:
    """Open what a command names, with the model and the columns that it names."""
    if not asked.source.exists():
        raise SourceError(f"There is nothing at '{asked.source}'. Check the path.")
    workspace = Workspace.at(workspace_folder(asked.source, asked.workspace))
    return open_source(
        asked.source,
        model=asked.model,
        allow_code=True,
        **{part: getattr(asked, part) for part in COLUMNS},
        workspace=workspace,
        run=run or Run(progress=tell),
        roots=declared_roots(asked.root),
    )


def store_of(asked: Arguments) -> ReviewStore:
    """Give the log of decisions that a command names, or the one in the workspace."""
    return ReviewStore(asked.database or Workspace.at(workspace_folder(asked.source, asked.workspace)).review_database)


def session_of(audited: Audit, store: ReviewStore, reviewer: str) -> ReviewSession:
    """Begin where the log of decisions ends."""
    return ReviewSession(audited.opened.study, audited.explanation, store, reviewer)


def read_reviewed_labels(study: Study, store: ReviewStore, upto: int | None) -> ReviewedLabels:
    """Read the labels as the log leaves them, or left them after one of its decisions."""
    decisions = store.decisions(study_key(study))
    return reviewed_labels(study, [made for made in decisions if upto is None or (made.id or 0) <= upto])


def with_settings(task: Task, settings: Sequence[str]) -> Task:
    """Set parameters as ``--set`` gives them."""
    pairs = [setting.partition("=") for setting in settings]
    for name, equals, _ in pairs:
        if not equals:
            raise ParameterError(f"--set takes KNOB=VALUE; got '{name}'. For instance --set graph.k=30.")
    return task.with_parameters({name: value for name, _, value in pairs})


def progress_of(asked: Arguments) -> Progress:
    """Give what tells how far the work is, in the way that was asked for."""
    return tell_json if asked.progress == "json" else tell


def tell(fraction: float, text: str) -> None:
    """Say it in one line of a terminal, over and over."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{fraction:4.0%}  {text}", end="" if fraction < 1 else "\n", file=sys.stderr, flush=True)


def tell_json(fraction: float, text: str) -> None:
    """Say it in a line of JSON, for the dashboard."""
    print(json.dumps({"fraction": round(fraction, 4), "text": text}), flush=True)
