"""Everything the screens and the command line need of a source, computed once and remembered."""

from __future__ import annotations

from dataclasses import dataclass

from margin_core.audit.kept import answer
from margin_core.audit.overview import Overview, overview
from margin_core.graph import knn
from margin_core.projection import lay_out
from margin_core.storage.engine import Progress, Run, silent
from margin_core.storage.fingerprint import fingerprint
from margin_core.study import Opened
from margin_core.tasks import LabelFlips, Steps
from margin_core.tasks.label_flips.live import LiveLabelErrorScore
from margin_core.values import Explanation, Floats, Ints

VERSION = 1
"""Raised whenever the same ranking would be summed up otherwise."""


@dataclass(frozen=True, eq=False)
class Audit:
    """A study with its label ranking.

    Attributes
    ----------
    opened : Opened
    task : LabelFlips
    explanation : Explanation
    overview : Overview
    rows : int array (q,)
        The sample of each finding, in the order of the findings.
    """

    opened: Opened
    task: LabelFlips
    explanation: Explanation
    overview: Overview
    rows: Ints


def audit(opened: Opened, task: LabelFlips | None = None, progress: Progress = silent) -> Audit:
    """Rank the labels of an opened study and sum it up.

    Parameters
    ----------
    opened : Opened
        With a workspace, the ranking is remembered there, and every heavy step on the way to it.
    task : LabelFlips, optional
    progress : callable

    Notes
    -----
    100,000 samples that were ranked before: 0.1 s.
    """
    task = task or LabelFlips()
    study, run = opened.study, Run(opened.engine, progress)
    found = answer(task, opened, progress)
    kept = run.step(
        "overview",
        fingerprint(VERSION, found.explanation.fingerprint, task.version, knn.VERSION),
        lambda: overview(study, found.explanation).to_arrays(),
    )
    return Audit(opened, task, found.explanation, Overview.from_arrays(kept), found.rows)


def positions(audited: Audit, progress: Progress = silent) -> Floats:
    """Lay the map out, (n, 2); see `margin_core.projection.lay_out`."""
    progress(0.0, f"Laying out the map of {len(audited.opened.study):,} samples")
    found = audited.explanation
    laid = lay_out(audited.task.graph, found.domain, found.graph, Run(audited.opened.engine, progress))
    progress(1.0, "Done")
    return laid


def live_label_error_score(audited: Audit) -> LiveLabelErrorScore:
    """Give scores that follow corrections, starting from the labels as given."""
    study, found = audited.opened.study, audited.explanation
    steps = Steps(found.domain, found.graph, found.signal, found.influence)
    return LiveLabelErrorScore(
        audited.task.fit_label_error_score(study, steps, Run(audited.opened.engine)), study.labels
    )
