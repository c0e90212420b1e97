"""``margin saliency``."""

from __future__ import annotations

import argparse
from pathlib import Path

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_source
from margin_core.cli.reading import opened_source, tell
from margin_core.storage.engine import Run
from margin_core.tasks.saliency.batch import compute_heatmaps, find_rows, serve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser)
    parser.add_argument("--sample", action="append", default=[], metavar="ID", help="a sample; may be repeated")
    parser.add_argument(
        "--first", type=int, default=1, metavar="N", help="without --sample: the N most suspect ones (default: 1)"
    )
    parser.add_argument(
        "--method", action="append", default=[], help="a method; may be repeated (default: every one that fits)"
    )
    parser.add_argument("--class", dest="target", metavar="NAME", help="the class (default: what the model says)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the maps as arrays of an .npz, too")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)


def run(asked: Arguments) -> int:
    """Make maps and print their numbers; or serve the dashboard."""
    opened = opened_source(asked, Run() if asked.serve else None)
    if asked.serve:
        serve(opened)
        return 0
    rows = audit(opened).explanation.rows[: asked.first] if not asked.sample else find_rows(opened.study, asked.sample)
    for line in compute_heatmaps(opened, rows.tolist(), asked.method, asked.target, asked.out, tell):
        print(line)
    return 0
