"""Options that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from margin_core.class_list import parse_class_names
from margin_core.errors import ParameterError
from margin_core.storage.devices import DEVICES

if TYPE_CHECKING:
    from margin_core.tasks import Task

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
    """Add the source and the options that say how to read it.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    optional : bool
        Whether the source may be left out.
    """
    parser.add_argument(
        "source",
        type=Path,
        nargs="?" if optional else None,
        metavar="SOURCE",
        help="a folder of class folders (or a .zip of it), a table (.csv, .jsonl, .parquet ...), arrays (.npz, .npy), "
        "WebDataset shards (.tar), a folder of Hugging Face Datasets, a data set of their Hub (hf:owner/name), an "
        "export of COCO, Label Studio or FiftyOne (.json), a graph (.graphml, .gml, .npz with edges) or a workspace",
    )
    parser.add_argument(
        "--against",
        type=Path,
        metavar="REFERENCE",
        help="earlier data of the same kind, a source or a workspace, that the samples are compared with (page New "
        "data, task drift; margin adversarial --set attack=given); the model and the columns that are named are those "
        "of both",
    )
    parser.add_argument(
        "--root",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="a folder besides the source's own in which its files may lie (s3://... for a source there), and below "
        "which the dashboard's Open page may open things; may be repeated",
    )
    parser.add_argument(
        "--strict", action="store_true", help="refuse a source of which anything would be left out (exit code 2)"
    )
    parser.add_argument(
        "--model",
        help="efficientnet-lite0, ARCHITECTURE:WEIGHTS, FILE.onnx, FILE.safetensors or package.module:factory; "
        "published ones: resnet50:IMAGENET1K_V2, timm:NAME, open_clip:MODEL/WEIGHTS, sentence-transformers:NAME; "
        "margin: one of MARGIN itself, also for pictures that come with features; gradient_boosting, mlp: fitted to a "
        "table, whose ranking uses its cross-validated probabilities; gcn, gcn3: graph convolutional networks of 2 and "
        "3 layers, likewise for a graph; vgae: features of a graph by an autoencoder",
    )
    parser.add_argument(
        "--download",
        action="store_true",
        help="let published weights that --model names be downloaded where they are not on this machine yet",
    )
    parser.add_argument(
        "--device",
        choices=DEVICES,
        default="auto",
        help="where networks compute features (default: auto, a graphics processor where there is one)",
    )
    columns = parser.add_argument_group("columns of a table, or arrays of an .npz (default: found by their names)")
    for part, meaning in COLUMNS.items():
        columns.add_argument(f"--{part}", metavar="NAME", help=meaning)
    columns.add_argument(
        "--feature",
        action="append",
        default=[],
        metavar="NAME:KIND",
        help="how a column of a table is used: number, boolean, category, date, date-month-first (where 1/2/2021 is "
        "January 2), text (the samples are these texts), id (not a feature) or ignore (left out); may be repeated "
        "(default: found by the values)",
    )
    columns.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook that is read (default: the first)")
    columns.add_argument(
        "--labels",
        type=Path,
        metavar="FILE",
        help="a table of labels by id, where these stand apart from the samples; the options above name its columns",
    )
    columns.add_argument(
        "--edges",
        type=Path,
        metavar="FILE",
        help="a table of the edges between the samples: two columns of their ids, and perhaps one of weights",
    )
    columns.add_argument(
        "--nodes", type=Path, metavar="FILE", help="the samples, where SOURCE is such a table of edges between them"
    )
    parser.add_argument(
        "--classes",
        metavar="NAMES",
        help="classes for samples that are labeled later, such as cat,dog, besides those of the source",
    )
    parser.add_argument(
        "--labels-upto",
        type=int,
        metavar="ID",
        help="use the labels that were given in the dashboard up to this decision (default: all of them)",
    )
    parser.add_argument("--workspace", help="where to store what is computed (default: beside the source)")
    parser.add_argument(
        "--database",
        help="where decisions are (default: in the workspace), as a URL: sqlite:///FILE or postgresql+psycopg://...",
    )


def named_columns(arguments: Arguments) -> dict[str, Any]:
    """Return what a command says about the columns of its source.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of `add_source`.

    Returns
    -------
    dict
        Keyword arguments of `margin_core.study.open_source` and of `margin_core.study.ColumnNames`.

    Raises
    ------
    ParameterError
        A ``--feature`` is not of the form ``NAME:KIND``.
    """
    pairs = [feature.rpartition(":") for feature in arguments.feature]
    for name, _, kind in pairs:
        if not (name and kind):
            raise ParameterError(
                f"--feature takes NAME:KIND; got '{name or kind}'. For instance --feature city:category."
            )
    kinds = tuple(sorted({(name, kind) for name, _, kind in pairs}))
    named = {part: getattr(arguments, part) for part in COLUMNS}
    tables = {name: getattr(arguments, name) for name in ("labels", "edges", "nodes")}
    files = {name: None if path is None else str(path.absolute()) for name, path in tables.items()}
    classes = parse_class_names(arguments.classes or "")
    return named | files | {"kinds": kinds, "sheet": arguments.sheet, "classes": classes}


def add_progress(parser: argparse.ArgumentParser) -> None:
    """Add the option that says how progress is reported.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    parser.add_argument("--progress", choices=("text", "json"), default="text", help="how to report progress")


def add_verbosity(parser: argparse.ArgumentParser, *, reports: bool) -> None:
    """Add what every command has: how much it says, and whether its result is text or JSON.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    reports : bool
        Whether it has a result that can be JSON.
    """
    if reports:
        parser.add_argument(
            "--json", action="store_true", help="print the result as one JSON document on standard output, not as text"
        )
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument(
        "--quiet", action="store_true", help="nothing but warnings and errors on standard error; the result stays"
    )
    amount.add_argument(
        "--verbose", action="store_true", help="details on standard error: times, causes, the traceback of a bug"
    )


def add_parameters(parser: argparse.ArgumentParser) -> None:
    """Add the option that sets parameters of a task.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter, such as graph.k=30 (see margin tasks), set in each task that has it; may be repeated",
    )


def set_parameters(tasks: Sequence[Task], settings: Sequence[str]) -> list[Task]:
    """Return tasks with the parameters that ``--set`` gives; each is set in every task that has it.

    Parameters
    ----------
    tasks : sequence of Task
        Those that a command runs.
    settings : sequence of str
        Each ``NAME=VALUE``.

    Returns
    -------
    list of Task

    Raises
    ------
    ParameterError
        A setting without ``=``, a name that no task has, a value that does not fit.
    """
    pairs = [setting.partition("=") for setting in settings]
    for name, equals, _ in pairs:
        if not equals:
            raise ParameterError(f"--set takes NAME=VALUE; got '{name}'. For instance --set graph.k=30.")
    values = {name: value for name, _, value in pairs}
    declared = [task.declared_parameters() for task in tasks]
    for name in values:
        if not any(name in known for known in declared):
            raise ParameterError(_unknown_parameter(name, tasks))
    return [
        task.with_parameters({name: value for name, value in values.items() if name in known})
        for task, known in zip(tasks, declared, strict=True)
    ]


def _unknown_parameter(name: str, tasks: Sequence[Task]) -> str:
    """Return what is said of a name that no task has as a parameter."""
    if not tasks:
        return f"--set {name}: no task is run that it could be set in; name one with --task."
    known = "; ".join(f"{task.name} has {', '.join(task.declared_parameters())}" for task in tasks)
    return f"--set: no task that is run has a parameter '{name}' ({known})."
