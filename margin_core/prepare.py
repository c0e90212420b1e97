"""Everything the screens and the command line need of a source, computed once and remembered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from margin_core.answers import answer
from margin_core.archive import read_npz
from margin_core.benefit import ORDERS, Bought, Corrections, bought
from margin_core.engine import Progress, Run
from margin_core.engine.run import silent
from margin_core.errors import SourceError
from margin_core.fingerprint import fingerprint
from margin_core.graph import knn
from margin_core.interpretation.live import LiveSuspicion
from margin_core.overview import Overview, overview
from margin_core.projection import lay_out
from margin_core.study import Opened
from margin_core.tasks import LabelFlips, Steps
from margin_core.types import Explanation, Floats, Ints

VERSION = 1
"""Raised whenever the same ranking would be summed up otherwise."""

MEASUREMENTS = 3
"""How many of what corrections bought a workspace keeps: every new decision asks for another."""


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


def live_suspicion(audited: Audit) -> LiveSuspicion:
    """Give scores that follow corrections, starting from the labels as given."""
    study, found = audited.opened.study, audited.explanation
    steps = Steps(found.domain, found.graph, found.signal, found.influence)
    return LiveSuspicion(audited.task.suspicion(study, steps, Run(audited.opened.engine)), study.labels)


def what_it_bought(audited: Audit, corrections: Corrections, progress: Progress = silent) -> Bought:
    """Say what corrections of a study bought, judged by its true labels where it has them.

    Raises
    ------
    MissingPart
        The study has nothing to learn, or too few samples to hold out; see `margin_core.benefit.bought`.
    NotRemembered
        Nobody has measured it, and nothing may be computed here.
    """
    opened = audited.opened
    truth = None if opened.truth is None else true_labels(opened)
    found = bought(opened.study, corrections, truth=truth, run=Run(opened.engine, progress))
    if opened.workspace is not None and opened.workspace.may_compute:
        opened.workspace.keep_newest("bought", MEASUREMENTS * (1 + len(ORDERS)))
    return found


def true_labels(opened: Opened) -> Ints:
    """Read the true labels (n,) of a study that has them beside it.

    Raises
    ------
    SourceError
        It has none, or the file does not hold one label a sample.
    """
    if opened.truth is None:
        raise SourceError("This study has no file of true labels. Name one as truth in its study.toml.")
    found, n = read_npz(opened.truth), len(opened.study)
    if "labels" not in found or len(found["labels"]) != n:
        raise SourceError(f"'{opened.truth}' must hold an array labels with {n:,} entries, one a sample.")
    return found["labels"].astype(np.int64)
