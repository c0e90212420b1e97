"""``margin review``."""

from __future__ import annotations

import argparse
import getpass
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_source
from margin_core.cli.progress import progress_printer
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source, open_session, open_store
from margin_core.errors import MarginWarning
from margin_core.review import Decision, record_import
from margin_core.storage.engine import Run
from margin_core.study.samples import counted

PROGRESS_COUNTS = ("open", "decided", "relabeled", "kept", "excluded", "skipped")
FIELDS = ("decided_at", "reviewer", "verdict", "old_label", "new_label", "note")

KEYS = {
    "open": "suspects that nobody has decided on or skipped",
    "decided": "samples decided on: the sum of the next three",
    "relabeled": "samples with another label",
    "kept": "samples that keep their label",
    "excluded": "samples left out of the corrected data set",
    "skipped": "samples put off",
    "decisions": "the decisions that hold, a list: id of the sample, number of the decision (for refit --upto), "
    "decided_at, reviewer, verdict, old_label, new_label, note",
    "recorded": "with --import, which gives this and the next three keys alone: decisions that are new",
    "already_recorded": "decisions that were there before",
    "superseded": "ids of the samples on which the table's last decision was there before and does not hold",
    "undone": "ids of the samples of an exported log of which every decision was undone: nothing of them is recorded",
}
"""What the JSON holds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    parser.add_argument(
        "--import",
        dest="import_path",
        type=Path,
        metavar="FILE",
        help="a CSV, Parquet or JSON-lines table: id, verdict, label, and if known reviewer, note, decided_at, sampled",
    )
    parser.add_argument("--reviewer", default=getpass.getuser(), help="who decided, where the table does not say")


def run(arguments: Arguments) -> Result:
    """List the decisions, or import some.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.5))
    store = open_store(arguments)
    if arguments.import_path is not None:
        imported = record_import(arguments.import_path, opened.source_study, store, reviewer=arguments.reviewer)
        if imported.superseded:
            warnings.warn(_superseded(arguments.import_path, imported.superseded), MarginWarning, stacklevel=2)
        if imported.undone:
            warnings.warn(_undone(arguments.import_path, imported.undone), MarginWarning, stacklevel=2)
        return Result(
            values={
                "recorded": imported.recorded,
                "already_recorded": imported.known,
                "superseded": [*imported.superseded],
                "undone": [*imported.undone],
            },
            lines=[f"{counted(imported.recorded, 'decision')} recorded, {imported.known:,} were there before."],
        )
    session = open_session(audit(opened, progress=whole.part(0.5, 1.0).progress), store, arguments.reviewer)
    progress, decisions = session.progress(), session.decisions()
    counts = {name: getattr(progress, name) for name in PROGRESS_COUNTS}
    line = (
        f"{counted(progress.open, 'suspect')} open, {progress.decided:,} decided: {progress.relabeled:,} relabeled, "
        f"{progress.kept:,} kept, {progress.excluded:,} excluded; {progress.skipped:,} skipped"
    )
    return Result(
        values={**counts, "decisions": [*map(_values, decisions)]}, lines=[line, *map(_description, decisions)]
    )


def _values(decision: Decision) -> dict[str, Any]:
    return {"id": decision.sample_id, "number": decision.id, **{name: getattr(decision, name) for name in FIELDS}}


def _description(decision: Decision) -> str:
    change = f"{decision.old_label} -> {decision.new_label}" if decision.verdict == "relabel" else decision.old_label
    return (
        f"{decision.decided_at:%Y-%m-%d %H:%M}  {decision.reviewer}  {decision.verdict}  "
        f"{decision.sample_id}  {change or ''}  {decision.note}".rstrip()
    )


def _undone(path: Path, sample_ids: Sequence[str]) -> str:
    return (
        f"'{path.name}' says of {_some(sample_ids)} only that every decision was undone. Nothing of them is recorded, "
        "so the bounds on the errors that are left take them for not looked at."
    )


def _some(sample_ids: Sequence[str]) -> str:
    n = len(sample_ids)
    some = ", ".join(f"'{sample_id}'" for sample_id in sample_ids[:3]) + (", ..." if n > 3 else "")
    return f"{n:,} {'sample' if n == 1 else 'samples'} ({some})"


def _superseded(path: Path, sample_ids: Sequence[str]) -> str:
    return (
        f"The last decision that '{path.name}' has on {_some(sample_ids)} was there "
        "before and does not hold: it was undone, or something else was decided after it. That stays so; a row with "
        "another decided_at is a new decision."
    )
