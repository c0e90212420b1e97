"""``margin surrogate``."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.output import add_force, check_output, write_output
from margin_core.cli.progress import progress_printer
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source
from margin_core.storage.engine import Run
from margin_core.tasks.invertible import default_surrogate, fit_surrogate

KEYS = {
    "space": "its input: inputs or embedding",
    "learn_from": "its target: labels or model",
    "training_samples": "samples it was trained on",
    "held_out": "samples it was not trained on",
    "accuracy": "on these, against the given labels, in [0, 1]; null where too few are held out",
    "majority_accuracy": "of always predicting the most frequent class",
    "agreement": "share of them with the prediction of your model; null without one",
    "summary": "the same in sentences",
    "notes": "classes with one training sample or none, in sentences",
    "out": "the file with the weights; null where none was asked for",
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
        "--space",
        choices=("inputs", "embedding"),
        help="its input: the samples themselves or their features (default: the samples where there are any)",
    )
    parser.add_argument(
        "--learn-from",
        choices=("labels", "model"),
        help="its target: the labels as given or the model's predictions (default: the labels where there are any)",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="also write its weights as a safetensors file; - for standard output"
    )
    add_force(parser)
    add_progress(parser)


def run(arguments: Arguments) -> Result:
    """Train the surrogate, and print its accuracy.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    out = arguments.out
    if out is not None:
        check_output(out, source=arguments.source, force=arguments.force, example="surrogate.safetensors")
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.05))
    study = opened.study
    given = {"of": arguments.space, "learn_from": arguments.learn_from}
    recipe = replace(default_surrogate(study), **{name: value for name, value in given.items() if value is not None})
    trained = fit_surrogate(study, recipe, Run(opened.engine, whole.part(0.05, 1.0).progress))
    whole.report(1.0, "Done")
    content = None if out is None else write_output(out, trained.save)[1]
    return Result(
        values={
            "space": recipe.of,
            "learn_from": recipe.learn_from,
            "training_samples": trained.training_counts.sum(),
            "held_out": trained.held_out.sum(),
            "accuracy": trained.accuracy,
            "majority_accuracy": trained.majority_accuracy,
            "agreement": trained.agreement,
            "summary": trained.summary,
            "notes": trained.notes,
            "out": out,
        },
        lines=[*trained.summary, *trained.notes],
        messages=[] if out is None or content is not None else [f"Written to {out}"],
        content=content,
    )
