"""``margin surrogate``."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.reading import opened_source, progress_of
from margin_core.storage.engine import Run
from margin_core.tasks.invertible import recipe_for, surrogate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser)
    parser.add_argument(
        "--space",
        choices=("inputs", "embedding"),
        help="what it looks at: the samples themselves or their features (default: the samples where there are any)",
    )
    parser.add_argument(
        "--learn-from",
        choices=("labels", "model"),
        help="what it learns: the labels as given or what the model predicts (default: the labels where there are any)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write its weights as a safetensors file, too")
    add_progress(parser)


def run(asked: Arguments) -> int:
    """Train, and say how good it is."""
    progress = progress_of(asked)
    opened = opened_source(asked, Run(progress=lambda fraction, text: progress(0.05 * fraction, text)))
    study = opened.study
    wishes = {"of": asked.space, "learn_from": asked.learn_from}
    recipe = replace(recipe_for(study), **{name: wish for name, wish in wishes.items() if wish is not None})
    trained = surrogate(
        study, recipe, Run(opened.engine, lambda fraction, text: progress(0.05 + 0.95 * fraction, text))
    )
    progress(1.0, "Done")
    if asked.out is not None:
        trained.save(asked.out)
    if asked.progress == "text":
        print("\n".join((*trained.sentences, *trained.notes)))
    return 0
