"""How likely labels are wrong."""

import dataclasses

import numpy as np
from reviewing import decide

from dashboard.study.error_probabilities import error_curve
from dashboard.study.evidence import label_evidence
from margin_core.tasks import LabelFlips


def test_probabilities_rise_with_the_score_and_follow_reviews(opened, planted):
    before = error_curve(opened)
    assert (np.diff(before.mean) >= 0).all() and (np.diff(before.score_logit) > 0).all()
    for row in planted.flipped.tolist():
        decide(opened, row, "relabel", int(planted.truth[row]))
    assert error_curve(opened).mean[-1] > before.mean[-1]
    opened.audited = dataclasses.replace(opened.audited, task=LabelFlips(method="loss"))
    assert error_curve(opened) is None  # of another score nothing is known
    assert not label_evidence(opened, 0)["ranksTheQueue"]
