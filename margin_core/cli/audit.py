"""``margin audit``."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from margin_core import __version__
from margin_core.cli.chosen_tasks import add_tasks, chosen_tasks
from margin_core.cli.options import Arguments, add_source
from margin_core.cli.progress import print_progress
from margin_core.cli.report import add_report, make_report
from margin_core.cli.source import open_named_source
from margin_core.errors import ParameterError
from margin_core.protocol import explain
from margin_core.report import check_free
from margin_core.review.export.tables import write_csv, write_parquet
from margin_core.storage.archive import atomic_write
from margin_core.storage.engine import Run
from margin_core.study import Opened
from margin_core.study.samples import counted
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.label_error_score import SUSPECT_THRESHOLD
from margin_core.tasks.label_flips.plausibility import check_probabilities
from margin_core.values import Explanation, Need, Study

TOO_MANY_SUSPECTS = 1
"""The exit code when more is suspect than ``--fail-on`` allows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    add_tasks(parser, f"a task; may be repeated (default: {LabelFlips.name})")
    parser.add_argument("--out", type=Path, default=Path("audit"), help="folder for the results (default: audit)")
    add_report(parser)
    parser.add_argument(
        "--fail-on", metavar="'TASK>N%'", help="exit with 1 when more than so many (or N%%) are suspect"
    )


def run(arguments: Arguments) -> int:
    """Run the tasks, and write their findings.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        1 when more is suspect than ``--fail-on`` allows, else 0.
    """
    limit = _limit(arguments.fail_on) if arguments.fail_on else None
    if arguments.report is not None:
        check_free(arguments.report, force=arguments.force)
    opened = open_named_source(arguments)
    tasks = chosen_tasks(arguments, [LabelFlips.name])
    explanations = [explain(task, opened.study, engine=opened.workspace, progress=print_progress) for task in tasks]
    summaries = [_write_one(found, opened, arguments.out, len(tasks) > 1) for found in explanations]
    if arguments.report is not None:
        make_report(arguments, opened, tasks, explanations, Run(opened.engine, print_progress))
    for summary in summaries:
        print(f"{summary['task']}: {_in_words(summary)}")
    print(f"Written to {arguments.out}")
    if arguments.report is not None:
        print(f"Report: {arguments.report}")
    return TOO_MANY_SUSPECTS if limit and any(limit(summary) for summary in summaries) else 0


def _in_words(summary: dict[str, Any]) -> str:
    if summary["task"] == LabelFlips.name:
        share = summary["suspects"] / max(summary["labelled"], 1)
        return f"{summary['suspects']:,} suspects among {summary['labelled']:,} labels ({share:.1%})"
    return ", ".join(counted(count, _noun(role)) for role, count in summary["roles"].items()) or "nothing found"


def _noun(role: str) -> str:
    return role if role in ("prototype", "criticism", "sample") else f"{role.replace('_', ' ')} sample"


def _write_one(explanation: Explanation, opened: Opened, out: Path, several: bool) -> dict[str, Any]:
    folder = out / explanation.task if several else out
    study = opened.study
    frame = explanation.to_frame()
    for name, write in (("findings.csv", write_csv), ("findings.parquet", write_parquet)):
        write(frame, folder / name)
    suspects = int((frame["role"] == "suspect").sum())
    summary = {
        "task": explanation.task,
        "parameters": dict(explanation.parameters),
        "source": str(opened.source),
        "study": study.name,
        "study_fingerprint": study.fingerprint,
        "explanation_fingerprint": explanation.fingerprint,
        "samples": len(study),
        "labelled": int((study.labels >= 0).sum()) if study.has(Need.LABELS) else 0,
        "classes": list(study.class_names),
        "features": study.features,
        "suspects": suspects,
        "roles": {role: int(count) for role, count in frame["role"].value_counts(sort=False).items()},
        "suspect_from_score": SUSPECT_THRESHOLD,
        "notes": [*opened.notes, *_doubts(study, explanation)],
        "version": __version__,
    }
    with atomic_write(folder / "summary.json") as scratch:
        scratch.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return summary


def _doubts(study: Study, explanation: Explanation) -> list[str]:
    """Return what the summary says of the study's probabilities; the warning has said so on standard error."""
    note = check_probabilities(study, explanation.steps.graph) if explanation.task == LabelFlips.name else None
    return [] if note is None else [note]


def _limit(text: str) -> Callable[[dict[str, Any]], bool]:
    """Read ``label_flips>2%`` or ``label_flips>40``; no other task finds suspects."""
    match = re.fullmatch(r"\s*([a-z_]+)\s*>\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    names = [LabelFlips.name]
    if match is None or match[1] not in names:
        raise ParameterError(
            f"--fail-on takes 'TASK>N' or 'TASK>N%', with TASK among {', '.join(names)}; got '{text}'."
        )
    name, most, relative = match[1], float(match[2]), bool(match[3])

    def exceeds(summary: dict[str, Any]) -> bool:
        found = 100 * summary["suspects"] / max(summary["labelled"], 1) if relative else summary["suspects"]
        return bool(summary["task"] == name and found > most)

    return exceeds
