"""The command line: everything that needs no browser, and the command that opens one.

Exit codes: 0 fine; 1 the audit found more than ``--fail-on`` allows; 2 bad usage or bad input, told in one
sentence on standard error; 130 interrupted.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from margin_core import __version__
from margin_core.answers import answer
from margin_core.archive import written_aside
from margin_core.engine import Run
from margin_core.errors import KnobError, MarginError, SourceError
from margin_core.interpretation.plane import SPACES, STEP, slice_through, spaces_of
from margin_core.prepare import Audit, audit, live_suspicion, positions, what_it_bought
from margin_core.protocol import explain
from margin_core.review import (
    FORMATS,
    Corrected,
    ReviewSession,
    ReviewStore,
    corrected,
    corrections,
    export,
    import_decisions,
    study_key,
)
from margin_core.review.export.tables import write_csv, write_parquet
from margin_core.study import ColumnNames, Opened, open_source
from margin_core.study.roots import declared_roots
from margin_core.study.samples import counted, listed
from margin_core.tasks import TASKS, LabelFlips, Task
from margin_core.types import Need, Study
from margin_core.workspace import Kept, Workspace, clean, kept_below, workspace_folder

Arguments = argparse.Namespace
BAD_INPUT = 2
FOUND_TOO_MANY = 1
SUSPECT = 0.5

SLICES = 200
"""How many slices a workspace keeps, the newest; each is a few hundred kilobytes."""

_COLUMNS = {
    "label": "the column that holds the labels",
    "file": "the column that holds the paths of pictures",
    "id": "the column that names the samples",
    "split": "the column that says which split a sample belongs to",
    "weight": "the column that holds the weights of the samples",
    "group": "the column that says which samples belong together",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    asked = _parser().parse_args(given)
    command: Callable[[Arguments], int] = asked.command
    try:
        _check_text(given)
        return command(asked)
    except MarginError as error:
        print(f"margin: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("margin: stopped. What was finished is kept.", file=sys.stderr)
        return 130


def _check_text(given: Sequence[str]) -> None:
    """Refuse what no table, database or page could name again: a path in bytes that are not UTF-8."""
    for argument in given:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise SourceError(f"{argument!a} is not Unicode text. Rename the file or folder.") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="margin", description="Audit labelled data and the model trained on it.")
    parser.add_argument("--version", action="version", version=f"margin {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    opening = commands.add_parser("open", help="start the dashboard on a study (the bundled digits if none is named)")
    _add_source(opening, optional=True)
    opening.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    opening.add_argument("--port", type=int, default=8501, help="port to serve on (default: 8501)")
    opening.set_defaults(command=_open)

    preparing = commands.add_parser("prepare", help="compute everything that the dashboard shows, in advance")
    _add_source(preparing)
    preparing.add_argument(
        "--task", action="append", default=[], choices=[task.name for task in TASKS], help="also put this question"
    )
    _add_settings(preparing)
    preparing.add_argument("--progress", choices=("text", "json"), default="text", help="how to report progress")
    preparing.set_defaults(command=_prepare)

    auditing = commands.add_parser("audit", help="rank without a browser; write tables and a summary")
    _add_source(auditing)
    auditing.add_argument(
        "--task",
        action="append",
        choices=[task.name for task in TASKS],
        help=f"a question; may be repeated (default: {LabelFlips.name})",
    )
    _add_settings(auditing)
    auditing.add_argument("--out", type=Path, default=Path("audit"), help="folder for the results (default: audit)")
    auditing.add_argument(
        "--fail-on", metavar="'TASK>N%'", help="exit with 1 when more than so many (or N%%) are suspect"
    )
    auditing.set_defaults(command=_audit)

    listing = commands.add_parser("tasks", help="what can be asked, with each knob and its meaning")
    listing.set_defaults(command=_tasks)

    reviewing = commands.add_parser("review", help="the decisions so far as a table; take in decisions made elsewhere")
    _add_source(reviewing)
    reviewing.add_argument(
        "--import",
        dest="import_path",
        type=Path,
        metavar="FILE",
        help="a CSV or Parquet table: id, verdict, label, and if known reviewer, note, decided_at",
    )
    reviewing.add_argument("--reviewer", default=getpass.getuser(), help="who decided, where the table does not say")
    reviewing.set_defaults(command=_review)

    trusting = commands.add_parser("trust", help="how many labels are wrong, and how well the queue finds mistakes")
    _add_source(trusting)
    trusting.add_argument(
        "--repeats", type=int, default=5, metavar="N", help="how often mistakes are planted (default: 5)"
    )
    trusting.add_argument("--progress", choices=("text", "json"), default="text", help="how to report progress")
    trusting.set_defaults(command=_trust)

    refitting = commands.add_parser(
        "refit", help="fit the models behind the ranking again, to the labels as corrected so far"
    )
    _add_source(refitting)
    refitting.add_argument(
        "--upto", type=int, metavar="ID", help="learn from the decisions up to this one (default: from all)"
    )
    refitting.add_argument("--progress", choices=("text", "json"), default="text", help="how to report progress")
    refitting.set_defaults(command=_refit)

    buying = commands.add_parser("bought", help="what the corrections so far bought: accuracy of a linear model")
    _add_source(buying)
    buying.add_argument("--json", action="store_true", help="print everything as JSON instead of a table")
    buying.add_argument("--progress", choices=("text", "json"), default="text", help="how to report progress")
    buying.set_defaults(command=_bought)

    walking = commands.add_parser(
        "surrogate", help="train the invertible classifier behind the page 'Across the boundary'; say how good it is"
    )
    _add_source(walking)
    walking.add_argument(
        "--space",
        choices=("inputs", "embedding"),
        help="what it looks at: the samples themselves or their features (default: the samples where there are any)",
    )
    walking.add_argument(
        "--learn-from",
        choices=("labels", "model"),
        help="what it learns: the labels as given or what the model predicts (default: the labels where there are any)",
    )
    walking.add_argument("--out", type=Path, metavar="FILE", help="write its weights as a safetensors file, too")
    walking.add_argument("--progress", choices=("text", "json"), default="text", help="how to report progress")
    walking.set_defaults(command=_surrogate)

    slicing = commands.add_parser(
        "slice", help="what the model says on the plane through three samples, for the page 'Decision boundary'"
    )
    _add_source(slicing)
    slicing.add_argument(
        "--rows", type=int, nargs=3, required=True, metavar="ROW", help="the three samples, by row, from 0"
    )
    slicing.add_argument(
        "--space",
        choices=SPACES,
        help="what is mixed: the samples themselves or their features (default: the samples where a model knows them)",
    )
    slicing.add_argument("--progress", choices=("text", "json"), default="text", help="how to report progress")
    slicing.set_defaults(command=_slice)

    mapping = commands.add_parser("saliency", help="what the model looked at in single samples: maps and their numbers")
    _add_source(mapping)
    mapping.add_argument("--sample", action="append", default=[], metavar="ID", help="a sample; may be repeated")
    mapping.add_argument(
        "--first", type=int, default=1, metavar="N", help="without --sample: the N most suspect ones (default: 1)"
    )
    mapping.add_argument(
        "--method", action="append", default=[], help="a method; may be repeated (default: every one that fits)"
    )
    mapping.add_argument("--class", dest="target", metavar="NAME", help="the class (default: what the model says)")
    mapping.add_argument("--out", type=Path, metavar="FILE", help="write the maps as arrays of an .npz, too")
    mapping.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    mapping.set_defaults(command=_saliency)

    exporting = commands.add_parser("export", help="the corrected data set, or only the changes")
    _add_source(exporting)
    exporting.add_argument(
        "--format",
        required=True,
        choices=[known.name for known in FORMATS],
        help="what to write: tables for spreadsheets or programs, a folder of pictures, the log",
    )
    exporting.add_argument("--out", type=Path, required=True, help="file or folder to write")
    exporting.set_defaults(command=_export)

    keeping = commands.add_parser(
        "workspaces", help="what is kept beside your data sets; remove what is no longer used"
    )
    keeping.add_argument(
        "folders",
        type=Path,
        nargs="*",
        default=[Path()],
        metavar="FOLDER",
        help="where to look, in all folders below too (default: here)",
    )
    keeping.add_argument(
        "--clean",
        action="store_true",
        help="remove what can be computed again from those whose data set is gone; decisions are never touched",
    )
    keeping.add_argument("--days", type=int, metavar="N", help="clean those too that were not opened for N days")
    keeping.set_defaults(command=_workspaces)
    return parser


def _add_source(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    parser.add_argument(
        "source",
        type=Path,
        nargs="?" if optional else None,
        metavar="SOURCE",
        help="a folder of class folders, a .csv or .parquet, an .npz or .npy, or a workspace",
    )
    parser.add_argument(
        "--root",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a folder besides the source's own in which its files may lie, and below which the dashboard's Open page "
        "may open things; may be repeated",
    )
    parser.add_argument("--model", help="efficientnet-lite0, ARCHITECTURE:WEIGHTS, FILE.onnx or package.module:factory")
    columns = parser.add_argument_group("columns of a table, or arrays of an .npz (default: found by their names)")
    for part, meaning in _COLUMNS.items():
        columns.add_argument(f"--{part}", metavar="NAME", help=meaning)
    parser.add_argument("--workspace", help="where to keep what is computed (default: beside the source)")
    parser.add_argument("--database", help="where to keep decisions (default: in the workspace), as a SQLAlchemy URL")


def _columns(asked: Arguments) -> ColumnNames:
    return ColumnNames(**{part: getattr(asked, part) for part in _COLUMNS})


def _opened(asked: Arguments, run: Run | None = None) -> Opened:
    if not asked.source.exists():
        raise SourceError(f"There is nothing at '{asked.source}'. Check the path.")
    workspace = Workspace.at(workspace_folder(asked.source, asked.workspace))
    return open_source(
        asked.source,
        model=asked.model,
        allow_code=True,
        **vars(_columns(asked)),
        workspace=workspace,
        run=run or Run(progress=_tell),
        roots=declared_roots(asked.root),
    )


def _store(asked: Arguments, opened: Opened) -> ReviewStore:
    return ReviewStore(asked.database or Workspace.at(workspace_folder(asked.source, asked.workspace)).review_database)


def _tell(fraction: float, text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{fraction:4.0%}  {text}", end="" if fraction < 1 else "\n", file=sys.stderr, flush=True)


def _open(asked: Arguments) -> int:
    from dashboard.serve import serve  # Streamlit takes a second to import; no other command needs it.

    return serve(
        asked.source,
        model=asked.model,
        columns=_columns(asked),
        workspace=asked.workspace,
        database=asked.database,
        host=asked.host,
        port=asked.port,
        roots=asked.root,
    )


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KNOB=VALUE",
        help="a knob of the task, such as graph.k=30 (see margin tasks); may be repeated",
    )


def _tell_json(fraction: float, text: str) -> None:
    print(json.dumps({"fraction": round(fraction, 4), "text": text}), flush=True)


def _prepare(asked: Arguments) -> int:
    progress = _tell_json if asked.progress == "json" else _tell
    opened = _opened(asked, Run(progress=lambda fraction, text: progress(0.4 * fraction, text)))
    audited = audit(opened, progress=lambda fraction, text: progress(0.4 + 0.3 * fraction, text))
    if asked.progress == "json":
        print(json.dumps({"fraction": 0.7, "text": "The queue is ready", "stage": "ranked"}), flush=True)
    asking = [_with_settings(task(), asked.set) for task in TASKS if task.name in asked.task]
    count = len(asking) + 1
    parts = pairwise(0.7 + 0.3 * place / count for place in range(count + 1))
    whole = Run(progress=progress)
    positions(audited, whole.part(*next(parts)).progress)
    for task, part in zip(asking, parts, strict=True):
        answer(task, opened, whole.part(*part).progress)
    return 0


def _audit(asked: Arguments) -> int:
    limit = _limit(asked.fail_on) if asked.fail_on else None
    opened = _opened(asked)
    chosen = [task for task in TASKS if task.name in (asked.task or [LabelFlips.name])]
    summaries = [_audit_one(_with_settings(task(), asked.set), opened, asked.out, len(chosen) > 1) for task in chosen]
    for summary in summaries:
        print(f"{summary['task']}: {_in_words(summary)}")
    print(f"Written to {asked.out}")
    return FOUND_TOO_MANY if limit and any(limit(summary) for summary in summaries) else 0


def _in_words(summary: dict[str, Any]) -> str:
    if summary["task"] == LabelFlips.name:
        share = summary["suspects"] / max(summary["labelled"], 1)
        return f"{summary['suspects']:,} suspects among {summary['labelled']:,} labels ({share:.1%})"
    return ", ".join(counted(count, role) for role, count in summary["roles"].items()) or "nothing found"


def _audit_one(task: Task, opened: Opened, out: Path, several: bool) -> dict[str, Any]:
    folder = out / task.name if several else out
    study = opened.study
    explanation = explain(task, study, engine=opened.workspace, progress=_tell)
    frame = explanation.to_frame()
    for name, write in (("findings.csv", write_csv), ("findings.parquet", write_parquet)):
        write(frame, folder / name)
    suspects = int(((frame["role"] == "suspect") & (frame["score"] >= SUSPECT)).sum())
    summary = {
        "task": task.name,
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
        "suspect_from_score": SUSPECT,
        "notes": list(opened.notes),
        "version": __version__,
    }
    with written_aside(folder / "summary.json") as scratch:
        scratch.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return summary


def _with_settings(task: Task, settings: Sequence[str]) -> Task:
    pairs = [setting.partition("=") for setting in settings]
    for name, equals, _ in pairs:
        if not equals:
            raise KnobError(f"--set takes KNOB=VALUE; got '{name}'. For instance --set graph.k=30.")
    return task.with_knobs({name: value for name, _, value in pairs})


def _limit(text: str) -> Callable[[dict[str, Any]], bool]:
    """Read ``label_flips>2%`` or ``label_flips>40``; no other task finds suspects."""
    match = re.fullmatch(r"\s*([a-z_]+)\s*>\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    names = [LabelFlips.name]
    if match is None or match[1] not in names:
        raise KnobError(f"--fail-on takes 'TASK>N' or 'TASK>N%', with TASK among {', '.join(names)}; got '{text}'.")
    name, most, relative = match[1], float(match[2]), bool(match[3])

    def exceeds(summary: dict[str, Any]) -> bool:
        found = 100 * summary["suspects"] / max(summary["labelled"], 1) if relative else summary["suspects"]
        return bool(summary["task"] == name and found > most)

    return exceeds


def _tasks(asked: Arguments) -> int:
    for task in TASKS:
        print(f"{task.name}: {task.question}\n  needs: {', '.join(sorted(task.needs))}")
        for name, (value, declared) in task().knobs().items():
            print(f"  {name} = {value}  {declared.help} ({declared.span})")
    return 0


def _review(asked: Arguments) -> int:
    opened = _opened(asked)
    store = _store(asked, opened)
    if asked.import_path is not None:
        made = import_decisions(asked.import_path, opened.study, reviewer=asked.reviewer)
        outcome = store.append(made)
        print(f"{len(outcome.recorded):,} decisions recorded, {len(made) - len(outcome.recorded):,} were there before.")
        return 0
    session = _session(audit(opened, progress=_tell), store, asked.reviewer)
    progress = session.progress()
    print(
        f"{progress.suspects:,} suspects, {progress.decided:,} decided: {progress.relabelled:,} relabelled, "
        f"{progress.kept:,} kept, {progress.excluded:,} excluded, {progress.skipped:,} skipped"
    )
    for decision in session.decisions():
        change = (
            f"{decision.old_label} -> {decision.new_label}" if decision.verdict == "relabel" else decision.old_label
        )
        print(
            f"{decision.decided_at:%Y-%m-%d %H:%M}  {decision.reviewer}  {decision.verdict}  "
            f"{decision.sample_id}  {change or ''}  {decision.note}".rstrip()
        )
    return 0


def _trust(asked: Arguments) -> int:
    from margin_core.refit import refit
    from margin_core.trust import error_chances, flag, how_many, recalibrate, self_test

    progress = _tell_json if asked.progress == "json" else _tell
    opened = _opened(asked, Run(progress=lambda fraction, text: progress(0.1 * fraction, text)))
    audited = audit(opened, progress=lambda fraction, text: progress(0.1 + 0.1 * fraction, text))
    run = Run(opened.engine, lambda fraction, text: progress(0.2 + 0.8 * fraction, text))
    tested = self_test(opened.study, audited.task, repeats=asked.repeats, run=run)
    if asked.progress == "json":
        return 0
    study = opened.study
    store = _store(asked, opened)
    session = _session(audited, store, getpass.getuser())
    # The queue goes by the last refit that was due; so do the chances, for reviews to tell nothing false.
    due = session.refits_due[-1:]
    if due:
        chances = refit(audited, _corrected(study, store, due[0]), progress).chances(study.labels)
    else:
        chances = error_chances(live_suspicion(audited).suspicion, study.labels)
    belief = recalibrate(chances, session.reviews())
    count, left = how_many(belief), session.remaining()
    print(f"{count.likely:,} of {len(study):,} labels are wrong, by estimate; 95 %: {count.low:,} to {count.high:,}")
    print(f"{left.found:,} found so far; at most {left.most:,} left (95 %), after {left.drawn:,} random checks")
    for share in (0.05, 0.1, 0.2):
        print(f"{len(flag(belief, share).rows):,} can be flagged unseen with at most {share:.0%} false alarms")
    print(tested.sentence)
    return 0


def _bought(asked: Arguments) -> int:
    progress = _tell_json if asked.progress == "json" else _tell
    opened = _opened(asked, Run(progress=lambda fraction, text: progress(0.1 * fraction, text)))
    audited = audit(opened, progress=lambda fraction, text: progress(0.1 + 0.1 * fraction, text))
    session = _session(audited, _store(asked, opened), getpass.getuser())
    found = what_it_bought(audited, corrections(session), lambda fraction, text: progress(0.2 + 0.8 * fraction, text))
    if asked.progress == "json":
        return 0
    if asked.json:
        print(json.dumps(found.to_json(), indent=2, ensure_ascii=False))
        return 0
    print(f"{found.sentence}\n{found.judged_in_words}")
    if found.decisions:
        print(f"{found.compared_in_words}\n\n{'':<30}  after half  after all  change in points")
        for curve in (found.own, *found.others):
            half, whole = (f"{100 * share:.1f} %" for share in (curve.halfway, curve.accuracy[-1]))
            print(f"{curve.name:<30}  {half:>10}  {whole:>9}  {curve.change_in_words}")
    return 0


def _surrogate(asked: Arguments) -> int:
    from margin_core.invertible import recipe_for, surrogate

    progress = _tell_json if asked.progress == "json" else _tell
    opened = _opened(asked, Run(progress=lambda fraction, text: progress(0.05 * fraction, text)))
    study = opened.study
    wishes = {"of": asked.space, "learn_from": asked.learn_from}
    recipe = replace(recipe_for(study), **{name: wish for name, wish in wishes.items() if wish is not None})
    run = Run(opened.engine, lambda fraction, text: progress(0.05 + 0.95 * fraction, text))
    trained = surrogate(study, recipe, run)
    progress(1.0, "Done")
    if asked.out is not None:
        trained.save(asked.out)
    if asked.progress == "text":
        print("\n".join((*trained.sentences, *trained.notes)))
    return 0


def _slice(asked: Arguments) -> int:
    progress = _tell_json if asked.progress == "json" else _tell
    opened = _opened(asked, Run(progress=lambda fraction, text: progress(0.05 * fraction, text)))
    study = opened.study
    if not all(0 <= row < len(study) for row in asked.rows):
        came = listed(list(map(str, asked.rows)))
        raise KnobError(f"--rows takes three rows from 0 to {len(study) - 1:,}; got {came}.")
    of = asked.space or next(iter(spaces_of(study)), "embedding")
    run = Run(opened.engine, lambda fraction, text: progress(0.05 + 0.95 * fraction, text))
    found = slice_through(study, asked.rows, of, run)
    progress(1.0, "Done")
    if opened.workspace is not None:
        opened.workspace.keep_newest(STEP, SLICES)
    if asked.progress == "text":
        shares = zip(found.shares.tolist(), study.class_names, strict=True)
        for share, name in sorted(((share, name) for share, name in shares if share > 0), reverse=True):
            print(f"{share:>6.1%}  {name}")
    return 0


def _saliency(asked: Arguments) -> int:
    from margin_core.saliency.command import maps_of, rows_named, serve  # no other command needs it

    opened = _opened(asked, Run() if asked.serve else None)
    if asked.serve:
        serve(opened)
        return 0
    rows = audit(opened).rows[: asked.first] if not asked.sample else rows_named(opened.study, asked.sample)
    for line in maps_of(opened, rows.tolist(), asked.method, asked.target, asked.out, _tell):
        print(line)
    return 0


def _corrected(study: Study, store: ReviewStore, upto: int | None) -> Corrected:
    """Read the labels as the log leaves them, or left them after one of its decisions."""
    decisions = store.decisions(study_key(study))
    return corrected(study, [made for made in decisions if upto is None or (made.id or 0) <= upto])


def _refit(asked: Arguments) -> int:
    from margin_core.refit import refit

    progress = _tell_json if asked.progress == "json" else _tell
    opened = _opened(asked, Run(progress=lambda fraction, text: progress(0.1 * fraction, text)))
    audited = audit(opened, progress=lambda fraction, text: progress(0.1 + 0.1 * fraction, text))
    store = _store(asked, opened)
    learnt_from = _corrected(opened.study, store, asked.upto)
    if not learnt_from.changed:
        print("No label is changed, so there is nothing to learn.", file=sys.stderr)
        return 0
    found = refit(audited, learnt_from, lambda fraction, text: progress(0.2 + 0.8 * fraction, text))
    if asked.progress == "json":
        print(json.dumps({"fraction": 1.0, "text": "The ranking is ready", "stage": "ranked"}), flush=True)
        return 0
    session = _session(audited, store, getpass.getuser())
    before = int(session.open_suspects.sum())
    session.swap(found.live(), labels=learnt_from.labels, scores=found.scores, suggested=found.suggested)
    after = int(session.open_suspects.sum())
    print(
        f"Ranking refitted after {counted(learnt_from.changed, 'correction')}: {counted(after, 'suspect')} open, "
        f"{before:,} by the first ranking."
    )
    return 0


def _session(audited: Audit, store: ReviewStore, reviewer: str) -> ReviewSession:
    return ReviewSession(audited.opened.study, audited.explanation, store, reviewer, rows=audited.rows)


def _export(asked: Arguments) -> int:
    opened = _opened(asked)
    written = export(opened.study, _store(asked, opened).decisions(), asked.format, asked.out)
    print(f"{written.count:,} rows written to {written.path}")
    return 0


def _workspaces(asked: Arguments) -> int:
    if asked.days is not None and (asked.days < 0 or not asked.clean):
        raise KnobError(
            "--days says from how many days on --clean removes a workspace, 0 or more. Give both, or neither."
        )
    for folder in asked.folders:
        if not folder.is_dir():
            raise SourceError(f"'{folder}' is not a folder. Name one in which to look for workspaces.")
    kept = [found for folder in asked.folders for found in kept_below(folder)]
    if not asked.clean:
        for found in kept:
            print(_described(found))
        print(
            f"{counted(len(kept), 'workspace')}; {_megabytes(sum(found.size for found in kept))} can be computed again."
        )
        return 0
    oldest = None if asked.days is None else time.time() - asked.days * 86_400
    unused = [found for found in kept if found.is_orphan or (oldest is not None and found.opened < oldest)]
    freed = 0
    for found in unused:
        freed += clean(found)
        print(f"{found.folder}: cleaned{', its decisions are kept' if found.has_decisions else ''}")
    print(f"{len(unused):,} of {counted(len(kept), 'workspace')} cleaned, {_megabytes(freed)} freed.")
    return 0


def _described(kept: Kept) -> str:
    source = "made from something it does not name" if kept.source is None else f"made from {kept.source}"
    return "  ".join(
        [
            str(kept.folder),
            _megabytes(kept.size),
            f"last opened {time.strftime('%Y-%m-%d %H:%M', time.localtime(kept.opened))}",
            f"{source}{', which is gone' if kept.is_orphan else ''}",
            *(["holds decisions"] if kept.has_decisions else []),
        ]
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
