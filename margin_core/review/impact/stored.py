"""The impact of corrections on an audited study, measured once and kept in its workspace."""

from __future__ import annotations

from margin_core.audit.audit import Audit
from margin_core.review.impact.corrections import Corrections
from margin_core.review.impact.impact import ORDERS, CorrectionImpact, measure_impact
from margin_core.storage.engine import Progress, Run, silent
from margin_core.study.ground_truth import true_labels

MEASUREMENTS = 3
"""How many of what corrections bought a workspace keeps: every new decision asks for another."""


def load_impact(audited: Audit, corrections: Corrections, progress: Progress = silent) -> CorrectionImpact:
    """Say what corrections of a study bought, judged by its true labels where it has them.

    Raises
    ------
    MissingPart
        The study has nothing to learn, or too few samples to hold out; see `margin_core.review.impact.impact`.
    NotComputed
        Nobody has measured it, and nothing may be computed here.
    """
    opened = audited.opened
    truth = None if opened.truth is None else true_labels(opened)
    found = measure_impact(opened.study, corrections, truth=truth, run=Run(opened.engine, progress))
    if opened.workspace is not None and opened.workspace.may_compute:
        opened.workspace.keep_newest("bought", MEASUREMENTS * (1 + len(ORDERS)))
    return found
