"""``margin surrogate``."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import progress_printer
from margin_core.cli.source import open_named_source
from margin_core.storage.engine import Run
from margin_core.tasks.invertible import default_surrogate, fit_surrogate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    parser.add_argument(
        "--space",
        choices=("inputs", "embedding"),
        help="its input: the samples themselves or their features (default: the samples where there are any)",
    )
    parser.add_argument(
        "--learn-from",
        choices=("labels", "model"),
        help="its target: the labels as given or the model's predictions (default: the labels where there are any)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write its weights as a safetensors file")
    add_progress(parser)


def run(arguments: Arguments) -> int:
    """Train the surrogate, and print its accuracy.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.05))
    study = opened.study
    given = {"of": arguments.space, "learn_from": arguments.learn_from}
    recipe = replace(default_surrogate(study), **{name: value for name, value in given.items() if value is not None})
    trained = fit_surrogate(study, recipe, Run(opened.engine, whole.part(0.05, 1.0).progress))
    whole.report(1.0, "Done")
    if arguments.out is not None:
        trained.save(arguments.out)
    if arguments.progress == "text":
        print("\n".join((*trained.summary, *trained.notes)))
    return 0
