"""Everything the screens and the command line need of a source, computed once and remembered."""

from __future__ import annotations

from dataclasses import dataclass

from margin_core.engine import Engine, Progress, Run, ThisMachine
from margin_core.engine.run import silent
from margin_core.interpretation.live import LiveSuspicion
from margin_core.overview import Overview, overview
from margin_core.projection import lay_out
from margin_core.protocol import explain
from margin_core.study import Opened
from margin_core.tasks import LabelFlips, Steps
from margin_core.types import Explanation, Floats


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
        With a workspace, every heavy step is remembered there.
    task : LabelFlips, optional
    progress : callable
    """
    task = task or LabelFlips()
    explanation = explain(task, opened.study, engine=engine_of(opened), progress=progress)
    return Audit(opened, task, explanation, overview(opened.study, explanation))


def positions(audited: Audit, progress: Progress = silent) -> Floats:
    """Lay the map out, (n, 2); see `margin_core.projection.lay_out`."""
    progress(0.0, f"Laying out the map of {len(audited.opened.study):,} samples")
    found = audited.explanation
    laid = lay_out(audited.task.graph, found.domain, found.graph, Run(engine_of(audited.opened), progress))
    progress(1.0, "Done")
    return laid


def live_suspicion(audited: Audit) -> LiveSuspicion:
    """Give scores that follow corrections, starting from the labels as given."""
    study, found = audited.opened.study, audited.explanation
    steps = Steps(found.domain, found.graph, found.signal, found.influence)
    return LiveSuspicion(audited.task.suspicion(study, steps, Run(engine_of(audited.opened))), study.labels)


def engine_of(opened: Opened) -> Engine:
    """Give the engine that remembers this study's steps, or one that remembers nothing."""
    return opened.workspace or ThisMachine()
