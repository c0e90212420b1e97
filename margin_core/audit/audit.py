"""Everything the screens and the command line need of a source, computed once and remembered."""

from __future__ import annotations

from dataclasses import dataclass

from margin_core.audit.overview import Overview, overview
from margin_core.audit.stored_explanation import load_or_explain
from margin_core.graph import knn
from margin_core.projection import lay_out
from margin_core.storage.engine import Progress, Run, silent
from margin_core.storage.fingerprint import fingerprint
from margin_core.study import Opened
from margin_core.tasks import LabelFlips
from margin_core.tasks.label_flips.live import LiveLabelErrorScore
from margin_core.values import Explanation, Floats

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
    """

    opened: Opened
    task: LabelFlips
    explanation: Explanation
    overview: Overview


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
    explanation = load_or_explain(task, opened, progress)
    stored = run.step(
        "overview",
        fingerprint(VERSION, explanation.fingerprint, task.version, knn.VERSION),
        lambda: overview(study, explanation).to_arrays(),
    )
    return Audit(opened, task, explanation, Overview.from_arrays(stored))


def positions(audited: Audit, progress: Progress = silent) -> Floats:
    """Lay the map out, (n, 2); see `margin_core.projection.lay_out`."""
    progress(0.0, f"Laying out the map of {len(audited.opened.study):,} samples")
    found = audited.explanation
    laid = lay_out(audited.task.graph, found.domain, found.graph, Run(audited.opened.engine, progress))
    progress(1.0, "Done")
    return laid


def live_label_error_score(audited: Audit) -> LiveLabelErrorScore:
    """Give scores that follow corrections, starting from the labels as given."""
    study, steps = audited.opened.study, audited.explanation.steps
    return LiveLabelErrorScore(
        audited.task.fit_label_error_score(study, steps, Run(audited.opened.engine)), study.labels
    )
