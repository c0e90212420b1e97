"""``margin simulate``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from margin_core.audit.study_graph import on_study_graph
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import progress_printer
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source
from margin_core.storage.engine import Run
from margin_core.tasks import ActiveSampling
from margin_core.tasks.active_sampling.simulation import AccuracyCurves, simulate_curves
from margin_core.tasks.active_sampling.strategies import STRATEGIES

CLASSIFIERS = {"probe": "a linear model", "gcn": "a graph convolutional network"}

KEYS = {
    "classifier": "what was taught: probe (a linear model on the features) or gcn (a graph convolutional network)",
    "sizes": "numbers of labels, ascending",
    "seeds": "how many times each strategy was run, with other held-out samples",
    "strategies": "name, accuracy (mean over the seeds, one for each size) and spread (standard deviation over the "
    "seeds); the most accurate over all sizes first; shares, not percent",
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
    parser.add_argument("--seeds", type=int, default=3, help="how many times, with other held-out samples (default: 3)")
    parser.add_argument(
        "--strategy", action="append", choices=tuple(STRATEGIES), help="only this strategy; may be repeated"
    )
    add_progress(parser)


def run(arguments: Arguments) -> Result:
    """Simulate the choice of labels on a study whose labels are known.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.1))
    curves = simulate_curves(
        opened.study,
        task=on_study_graph(ActiveSampling(), opened.study),
        strategies=arguments.strategy or tuple(STRATEGIES),
        seeds=arguments.seeds,
        run=Run(opened.engine, whole.part(0.1, 1.0).progress),
    )
    best_first = (-curves.area.mean(axis=1)).argsort(kind="stable").tolist()
    found = [
        {
            "name": curves.strategies[place],
            "accuracy": curves.mean[place].tolist(),
            "spread": _spread(curves.spread[place].tolist()),
        }
        for place in best_first
    ]
    titles = [curves.titles[place] for place in best_first]
    width = max(map(len, titles))
    header = f"{'labels':<{width}}" + "".join(f"{size:>8,}" for size in curves.sizes.tolist())
    lines = [_describe(curves, arguments.seeds), header]
    for title, place in zip(titles, best_first, strict=True):
        lines.append(f"{title:<{width}}" + "".join(f"{100 * one:>6.1f} %" for one in curves.mean[place].tolist()))
    values = {
        "classifier": curves.classifier,
        "sizes": curves.sizes.tolist(),
        "seeds": arguments.seeds,
        "strategies": found,
    }
    return Result(values=values, lines=lines)


def _describe(curves: AccuracyCurves, seeds: int) -> str:
    spread = curves.spread[~np.isnan(curves.spread)]
    noise = f", with a median standard deviation of {100 * np.median(spread):.1f} points" if len(spread) else ""
    means = f"means of {seeds} seeds" if seeds > 1 else "one seed"
    return f"Accuracy of {CLASSIFIERS[curves.classifier]} on held-out samples, {means}{noise}:"


def _spread(values: Sequence[float]) -> list[float | None]:
    """Return spreads for JSON, which has no NaN: that of one seed is unknown."""
    return [None if one != one else float(one) for one in values]
