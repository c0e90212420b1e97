"""``margin estimate``."""

from __future__ import annotations

import argparse
import getpass

from margin_core.audit.audit import audit, live_label_error_score
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import progress_printer
from margin_core.cli.source import open_named_source, open_session, open_store, read_reviewed_labels
from margin_core.review.estimates import (
    estimate_error_count,
    estimate_error_probabilities,
    fit_error_posterior,
    flag_labels,
    planted_error_test,
)
from margin_core.review.refit import refit
from margin_core.storage.engine import Run

FALSE_DISCOVERY_RATES = (0.05, 0.1, 0.2)


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


def run(arguments: Arguments) -> int:
    """Estimate how many labels are wrong, and test the queue on planted label errors.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.
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
    # The queue goes by the last refit that was due; so must the estimates, since reviews in the order of one score are
    # no fair sample in the order of another.
    due = session.refits_due[-1:]
    if due:
        refitted = refit(audited, read_reviewed_labels(study, store, due[0]), whole.progress)
        prior = refitted.error_probabilities(study.labels)
    else:
        prior = estimate_error_probabilities(live_label_error_score(audited).label_error_score, study.labels)
    posterior = fit_error_posterior(prior, session.reviews())
    count, left = estimate_error_count(posterior), session.remaining()
    print(f"{count.median:,} of {len(study):,} labels are wrong, by estimate; 95 %: {count.low:,} to {count.high:,}")
    print(f"{left.found:,} found so far; at most {left.upper:,} left (95 %), after {left.n_sampled:,} random checks")
    for rate in FALSE_DISCOVERY_RATES:
        flagged = flag_labels(posterior, rate)
        print(f"{len(flagged.rows):,} can be flagged without review at a false discovery rate of at most {rate:.0%}")
    print(tested.sentence)
    return 0
