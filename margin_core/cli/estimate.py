"""``margin estimate``."""

from __future__ import annotations

import argparse
import getpass

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import progress_printer
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source, open_session, open_store
from margin_core.review.estimates import (
    estimate_error_count,
    flag_labels,
    planted_error_test,
)
from margin_core.review.estimates.false_discoveries import FALSE_DISCOVERY_RATES
from margin_core.review.estimates.planted_errors import DEPTHS
from margin_core.review.estimates.remaining_errors import CONFIDENCE
from margin_core.review.queue_posterior import fit_queue_posterior
from margin_core.storage.engine import Run

KEYS = {
    "samples": "samples of the study",
    "labelled": "those of them that have a label",
    "confidence": "of the intervals and bounds, 0.95",
    "wrong": "the estimated number of wrong labels, those found included: median, low and high",
    "found": "labels that reviews found wrong",
    "left": "wrong labels that are left: at least lower, at most upper, and the random_checks they rest on",
    "flagged": "for each max_false_discovery_rate: count and ids of the labels that can be flagged without review, "
    "most likely errors first, their expected_rate of right labels and upper_rate, exceeded in one of five draws",
    "planted": "the test on planted label errors: count, recall in the first 5 % of the queue (null where none could "
    "be planted), sentence",
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
        "--repeats", type=int, default=5, metavar="N", help="how often label errors are planted (default: 5)"
    )
    add_progress(parser)


def run(arguments: Arguments) -> int | Result:
    """Estimate how many labels are wrong, and test the queue on planted label errors.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.1))
    audited = audit(opened, progress=whole.part(0.1, 0.2).progress)
    tested = planted_error_test(
        opened.study,
        audited.task,
        repeats=arguments.repeats,
        run=Run(opened.engine, whole.part(0.2, 1.0).progress),
    )
    if arguments.progress == "json":
        return 0
    study, store = opened.study, open_store(arguments)
    session = open_session(audited, store, getpass.getuser())
    posterior = fit_queue_posterior(audited, session, whole)
    count, left = estimate_error_count(posterior), session.remaining()
    flagged = [(rate, flag_labels(posterior, rate)) for rate in FALSE_DISCOVERY_RATES]
    labels = int((study.labels >= 0).sum())
    values = {
        "samples": len(study),
        "labelled": labels,
        "confidence": CONFIDENCE,
        "wrong": {"median": count.median, "low": count.low, "high": count.high},
        "found": left.found,
        "left": {"lower": left.lower, "upper": left.upper, "random_checks": left.n_sampled},
        "flagged": [
            {
                "max_false_discovery_rate": rate,
                "count": len(flags.rows),
                "ids": study.ids[flags.rows],
                "expected_rate": flags.expected_rate,
                "upper_rate": flags.upper_rate,
            }
            for rate, flags in flagged
        ],
        "planted": {
            "count": tested.planted,
            "recall": tested.recall[DEPTHS.index(0.05)] if tested.planted else None,
            "sentence": tested.sentence,
        },
    }
    lines = [
        f"{count.median:,} of {labels:,} labels are wrong, by estimate; 95 %: {count.low:,} to {count.high:,}",
        f"{left.found:,} found so far; at most {left.upper:,} left (95 %), after {left.n_sampled:,} random checks",
        *(
            f"{len(flags.rows):,} can be flagged without review at a false discovery rate of at most {rate:.0%}"
            for rate, flags in flagged
        ),
        tested.sentence,
    ]
    return Result(values=values, lines=lines)
