"""The impact of corrections on an audited study, measured once and stored in its workspace."""

from __future__ import annotations

from margin_core.audit.audit import Audit
from margin_core.audit.study_graph import on_study_graph
from margin_core.review.impact.correction_impact import CorrectionImpact
from margin_core.review.impact.corrections import Corrections
from margin_core.review.impact.measure import ORDERS, measure_impact
from margin_core.review.impact.refitted_models import STEP
from margin_core.storage.engine import Progress, Run, silent
from margin_core.study.ground_truth import true_labels

MAX_STORED = 3
"""Measurements that a workspace stores: every new decision makes another."""


def load_impact(audited: Audit, corrections: Corrections, progress: Progress = silent) -> CorrectionImpact:
    """Return the impact of corrections of a study, measured by its true labels where it has them.

    Parameters
    ----------
    audited : Audit
        With a workspace, the measurement is stored there.
    corrections : Corrections
    progress : callable
        ``progress(fraction, text)``, fraction in [0, 1].

    Returns
    -------
    CorrectionImpact

    Raises
    ------
    MissingPart
        As for `measure_impact`.
    NotComputed
        It is not stored, and nothing may be computed here.
    """
    opened = audited.opened
    truth = None if opened.truth is None else true_labels(opened)
    orders = {name: on_study_graph(task, opened.study) for name, task in ORDERS.items()}
    impact = measure_impact(opened.study, corrections, truth=truth, orders=orders, run=Run(opened.engine, progress))
    if opened.workspace is not None and opened.workspace.may_compute:
        opened.workspace.keep_newest(STEP, MAX_STORED * (1 + len(ORDERS)))
    return impact
