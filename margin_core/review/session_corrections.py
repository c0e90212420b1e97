"""The corrections that a review made, in the order of its decisions."""

from __future__ import annotations

import numpy as np

from margin_core.review.decision import Verdict
from margin_core.review.impact.corrections import Corrections
from margin_core.review.session import ReviewSession
from margin_core.values import UNLABELED


def session_corrections(session: ReviewSession) -> Corrections:
    """Return the decisions of a review that hold, oldest first.

    Where somebody changed their mind, the later decision counts, at its own place. A skipped sample is not decided on.

    Parameters
    ----------
    session : ReviewSession

    Returns
    -------
    Corrections
    """
    decisions = [decision for decision in session.decisions() if decision.verdict is not Verdict.SKIP]
    rows = np.array([session.study.row_of[decision.sample_id] for decision in decisions], dtype=np.int64)
    labels = session.study.labels[rows]
    verified = np.zeros(len(rows), dtype=bool)
    for place, decision in enumerate(decisions):
        if decision.verdict is Verdict.EXCLUDE:
            labels[place] = UNLABELED
        elif decision.new_label is not None:
            labels[place], verified[place] = session.class_number(decision.new_label), True
    return Corrections(rows=rows, labels=labels, verified=verified)
