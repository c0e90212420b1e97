"""``margin audit``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from margin_core import __version__
from margin_core.cli.audit_folder import check_folder, write_folder
from margin_core.cli.chosen_tasks import add_tasks, chosen_tasks, on_graph_of, usual_tasks
from margin_core.cli.options import Arguments, add_source
from margin_core.cli.output import add_force, check_output, refuse_stdout
from margin_core.cli.progress import progress_printer
from margin_core.cli.report import EXAMPLE, add_report, make_report
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source
from margin_core.errors import ParameterError
from margin_core.protocol import explain
from margin_core.storage.engine import Run
from margin_core.study import Opened
from margin_core.study.notes import Note, NoteKind, assumption, texts_of
from margin_core.study.samples import counted
from margin_core.tasks import Drift, LabelFlips, Task
from margin_core.tasks.label_flips.label_error_score import RANKED_ROLES, SUSPECT_THRESHOLD
from margin_core.tasks.label_flips.plausibility import check_probabilities
from margin_core.values import UNLABELED, Explanation, Need, Study

if TYPE_CHECKING:
    import pandas as pd

TOO_MANY_SUSPECTS = 1
"""The exit code when more is suspect than ``--fail-on`` allows."""

KEYS = {
    "out": "the folder that was written",
    "report": "the report; null where none was asked for",
    "tasks": "the summary of each task, a list: what summary.json holds, and suspect_share of the ranked labels; its "
    "notes are a list of kind (loss: left out of the study; assumption: guessed, replaced or not used) and text",
    "exceeds_limit": "whether more is suspect than --fail-on allows; null without it",
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
    add_tasks(parser, f"a task; may be repeated (default: {LabelFlips.name}; with a reference {Drift.name}, too)")
    parser.add_argument("--out", type=Path, default=Path("audit"), help="folder for the results (default: audit)")
    add_report(parser)
    add_force(parser, "replace files that are there, even if they are not as margin audit wrote them")
    parser.add_argument(
        "--fail-on", metavar="'TASK>N%'", help="exit with 1 when more than so many (or N%%) are suspect"
    )


def run(arguments: Arguments) -> Result:
    """Run the tasks, and write their findings.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
        Its code is 1 when more is suspect than ``--fail-on`` allows.

    Raises
    ------
    MarginError
        ``--fail-on`` names a task that is not run, the study lacks what a task needs, or a file cannot be written.
    """
    limit = None if arguments.fail_on is None else _limit(arguments.fail_on)
    refuse_stdout(arguments.out, "audit", "a folder")
    if arguments.report is not None:
        check_output(arguments.report, source=arguments.source, force=arguments.force, example=EXAMPLE)
    tasks = chosen_tasks(arguments, usual_tasks(arguments))
    if limit and LabelFlips.name not in [task.name for task in tasks]:
        names = ", ".join(task.name for task in tasks)
        raise ParameterError(
            f"--fail-on: {names} cannot be judged by '{arguments.fail_on}'. Add --task {LabelFlips.name}, or leave "
            "--fail-on out."
        )
    folders = [arguments.out / task.name if len(tasks) > 1 else arguments.out for task in tasks]
    for folder in folders:
        check_folder(folder, force=arguments.force)
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.3))
    if limit:
        _check_classes(opened.study)
    tasks = on_graph_of(opened.study, tasks, arguments)
    bounds = pairwise(0.3 + 0.6 * place / len(tasks) for place in range(len(tasks) + 1))
    explanations = [
        explain(task, opened.study, engine=opened.workspace, progress=whole.part(*part).progress)
        for task, part in zip(tasks, bounds, strict=True)
    ]
    summaries = []
    for folder, explanation in zip(folders, explanations, strict=True):
        frame = explanation.to_frame()
        summaries.append(write_folder(folder, frame, _summary(explanation, frame, opened)))
    content = None
    if arguments.report is not None:
        content = make_report(arguments, opened, tasks, explanations, Run(opened.engine, whole.part(0.9, 1.0).progress))
    whole.report(1.0, "Done")
    exceeds = limit and any(limit(summary) for summary in summaries)
    messages = [f"Written to {arguments.out}"]
    if arguments.report is not None and content is None:
        messages.append(f"Report: {arguments.report}")
    return Result(
        values={
            "out": arguments.out,
            "report": arguments.report,
            "tasks": [{**summary, "suspect_share": _share(summary)} for summary in summaries],
            "exceeds_limit": exceeds,
        },
        lines=[
            line
            for task, summary, explanation in zip(tasks, summaries, explanations, strict=True)
            for line in (f"{task.name}: {_in_words(summary, task)}", *task.remarks(explanation))
        ],
        messages=messages,
        content=content,
        code=TOO_MANY_SUSPECTS if exceeds else 0,
    )


def _share(summary: dict[str, Any]) -> float:
    return float(summary["suspects"] / max(summary["ranked"], 1))


def _in_words(summary: dict[str, Any], task: Task) -> str:
    if summary["task"] == LabelFlips.name:
        ranked, labeled = f"{summary['ranked']:,}", f"{summary['labelled']:,}"
        among = f"{labeled} labels" if ranked == labeled else f"{ranked} ranked of {labeled} labels"
        return f"{counted(summary['suspects'], 'suspect')} among {among} ({_share(summary):.1%})"
    return ", ".join(task.role(role).counted(count) for role, count in summary["roles"].items()) or "nothing found"


def _summary(explanation: Explanation, frame: pd.DataFrame, opened: Opened) -> dict[str, Any]:
    study = opened.study
    return {
        "task": explanation.task,
        "parameters": dict(explanation.parameters),
        "source": str(opened.source),
        "study": study.name,
        "study_fingerprint": study.fingerprint,
        "explanation_fingerprint": explanation.fingerprint,
        "samples": len(study),
        "labelled": int((study.labels >= 0).sum()) if study.has(Need.LABELS) else 0,
        "ranked": int(frame["role"].isin(RANKED_ROLES).sum()),
        "classes": list(study.class_names),
        "features": study.features,
        "suspects": int((frame["role"] == "suspect").sum()),
        "roles": {role: int(count) for role, count in frame["role"].value_counts(sort=False).items()},
        "suspect_from_score": SUSPECT_THRESHOLD,
        "read": list(texts_of(opened.notes, NoteKind.READ)),
        "notes": [
            {"kind": str(note.kind), "text": note.text}
            for note in (*opened.notes, *_doubts(study, explanation))
            if note.kind is not NoteKind.READ
        ],
        "version": __version__,
    }


def _doubts(study: Study, explanation: Explanation) -> list[Note]:
    """Return what the summary says of the study's probabilities; the warning has said so on standard error."""
    note = check_probabilities(study, explanation.steps.graph) if explanation.task == LabelFlips.name else None
    return [] if note is None else [assumption(note)]


def _check_classes(study: Study) -> None:
    """Refuse a gate that could never close."""
    if study.has(Need.LABELS) and len(set(study.labels.tolist()) - {UNLABELED}) == 1:
        raise ParameterError(
            "--fail-on: nothing can be found with one class, for label errors are found by comparing classes. Give "
            "samples of another class, too, or leave --fail-on out."
        )


def _limit(text: str) -> Callable[[dict[str, Any]], bool]:
    """Read ``label_flips>2%`` or ``label_flips>40``; no other task finds suspects."""
    match = re.fullmatch(r"\s*([a-z_]+)\s*>\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    names = [LabelFlips.name]
    if match is None or match[1] not in names:
        raise ParameterError(
            f"--fail-on takes 'TASK>N' or 'TASK>N%', with TASK among {', '.join(names)}; got '{text}'."
        )
    name, most, relative = match[1], float(match[2]), bool(match[3])
    if relative and most > 100:
        raise ParameterError(f"--fail-on takes a share of at most 100 %, which is never exceeded; got '{text}'.")

    def exceeds(summary: dict[str, Any]) -> bool:
        found = 100 * _share(summary) if relative else summary["suspects"]
        return bool(summary["task"] == name and found > most)

    return exceeds
