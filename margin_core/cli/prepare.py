"""``margin prepare``."""

from __future__ import annotations

import argparse
import json
from itertools import pairwise

from margin_core.audit.audit import audit, positions
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.cli.options import Arguments, add_progress, add_settings, add_source
from margin_core.cli.reading import opened_source, progress_of, with_settings
from margin_core.storage.engine import Run
from margin_core.tasks import TASKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser)
    parser.add_argument(
        "--task", action="append", default=[], choices=[task.name for task in TASKS], help="also put this question"
    )
    add_settings(parser)
    add_progress(parser)


def run(asked: Arguments) -> int:
    """Prepare, and put the questions that are asked."""
    progress = progress_of(asked)
    asking = [with_settings(task(), asked.set) for task in TASKS if task.name in asked.task]
    usual = 0.1 if asking else 1.0  # Who puts a question of their own has mostly opened the study before.
    whole = Run(progress=progress)
    opened = opened_source(asked, whole.part(0.0, 0.4 * usual))
    audited = audit(opened, progress=whole.part(0.4 * usual, 0.7 * usual).progress)
    if asked.progress == "json":
        print(json.dumps({"fraction": 0.7 * usual, "text": "The queue is ready", "stage": "ranked"}), flush=True)
    positions(audited, whole.part(0.7 * usual, usual).progress)
    parts = pairwise(usual + (1 - usual) * place / max(len(asking), 1) for place in range(len(asking) + 1))
    for task, part in zip(asking, parts, strict=True):
        load_or_explain(task, opened, whole.part(*part).progress)
    return 0
