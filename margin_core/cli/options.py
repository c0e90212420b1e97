"""What several commands take."""

from __future__ import annotations

import argparse
from pathlib import Path

Arguments = argparse.Namespace

COLUMNS = {
    "label": "the column that holds the labels",
    "file": "the column that holds the paths of pictures",
    "id": "the column that names the samples",
    "split": "the column that says which split a sample belongs to",
    "weight": "the column that holds the weights of the samples",
    "group": "the column that says which samples belong together",
}
"""Parts of a source that may be named."""


def add_source(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """Take a source, and what belongs to it."""
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
    for part, meaning in COLUMNS.items():
        columns.add_argument(f"--{part}", metavar="NAME", help=meaning)
    parser.add_argument("--workspace", help="where to keep what is computed (default: beside the source)")
    parser.add_argument("--database", help="where to keep decisions (default: in the workspace), as a SQLAlchemy URL")


def add_progress(parser: argparse.ArgumentParser) -> None:
    """Take the way in which progress is reported."""
    parser.add_argument("--progress", choices=("text", "json"), default="text", help="how to report progress")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Take parameters of a task."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KNOB=VALUE",
        help="a parameter of the task, such as graph.k=30 (see margin tasks); may be repeated",
    )
