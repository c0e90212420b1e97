"""The impact of corrections: a linear model fitted before and after them, evaluated on held-out samples.

`measure_impact` computes the `CorrectionImpact` of `Corrections`.
"""

from margin_core.review.impact.accuracy_curve import AccuracyCurve
from margin_core.review.impact.correction_impact import CorrectionImpact
from margin_core.review.impact.corrections import Corrections
from margin_core.review.impact.held_out import HeldOut, hold_out
from margin_core.review.impact.measure import ORDERS, measure_impact

__all__ = ["ORDERS", "AccuracyCurve", "CorrectionImpact", "Corrections", "HeldOut", "hold_out", "measure_impact"]
