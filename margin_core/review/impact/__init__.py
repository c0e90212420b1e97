"""What corrections buy: a linear model learnt before and after them, judged on samples it did not learn from.

`bought` is the one function; `Corrections` are what it is asked about, `Bought` is what it answers.
"""

from margin_core.review.impact.corrections import Corrections
from margin_core.review.impact.held_out import HeldOut, hold_out
from margin_core.review.impact.impact import ORDERS, Bought, Curve, bought

__all__ = ["ORDERS", "Bought", "Corrections", "Curve", "HeldOut", "bought", "hold_out"]
