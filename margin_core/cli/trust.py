"""``margin trust``."""

from __future__ import annotations

import argparse
import getpass

from margin_core.audit.audit import audit, live_label_error_score
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.reading import opened_source, progress_of, read_reviewed_labels, session_of, store_of
from margin_core.review.estimates import (
    estimate_error_count,
    estimate_error_probabilities,
    fit_error_posterior,
    flag_labels,
    planted_error_test,
)
from margin_core.review.refit import refit
from margin_core.storage.engine import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_source(parser)
    parser.add_argument(
        "--repeats", type=int, default=5, metavar="N", help="how often mistakes are planted (default: 5)"
    )
    add_progress(parser)


def run(asked: Arguments) -> int:
    """Estimate, and test the queue."""
    progress = progress_of(asked)
    opened = opened_source(asked, Run(progress=lambda fraction, text: progress(0.1 * fraction, text)))
    audited = audit(opened, progress=lambda fraction, text: progress(0.1 + 0.1 * fraction, text))
    tested = planted_error_test(
        opened.study,
        audited.task,
        repeats=asked.repeats,
        run=Run(opened.engine, lambda fraction, text: progress(0.2 + 0.8 * fraction, text)),
    )
    if asked.progress == "json":
        return 0
    study = opened.study
    store = store_of(asked)
    session = session_of(audited, store, getpass.getuser())
    # The queue goes by the last refit that was due; so do the chances, for reviews to tell nothing false.
    due = session.refits_due[-1:]
    if due:
        chances = refit(audited, read_reviewed_labels(study, store, due[0]), progress).error_probabilities(study.labels)
    else:
        chances = estimate_error_probabilities(live_label_error_score(audited).label_error_score, study.labels)
    belief = fit_error_posterior(chances, session.reviews())
    count, left = estimate_error_count(belief), session.remaining()
    print(f"{count.likely:,} of {len(study):,} labels are wrong, by estimate; 95 %: {count.low:,} to {count.high:,}")
    print(f"{left.found:,} found so far; at most {left.most:,} left (95 %), after {left.drawn:,} random checks")
    for share in (0.05, 0.1, 0.2):
        print(f"{len(flag_labels(belief, share).rows):,} can be flagged unseen with at most {share:.0%} false alarms")
    print(tested.sentence)
    return 0
