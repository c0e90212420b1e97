"""What corrections buy: a linear model learnt before and after them, judged on samples it did not learn from.

`measure_impact` is the one function; `Corrections` are what it is asked about, `CorrectionImpact` is what it answers.
"""

from margin_core.review.impact.corrections import Corrections
from margin_core.review.impact.held_out import HeldOut, hold_out
from margin_core.review.impact.impact import ORDERS, CorrectionImpact, Curve, measure_impact

__all__ = ["ORDERS", "CorrectionImpact", "Corrections", "Curve", "HeldOut", "hold_out", "measure_impact"]
