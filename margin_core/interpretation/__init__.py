"""Step 5 of the protocol: from influence to an answer."""

from margin_core.interpretation.head import Head, fit_head, reduce
from margin_core.interpretation.pool import Calibration, Pool, calibrate, pooled
from margin_core.interpretation.rank import rank
from margin_core.interpretation.suspicion import Suspicion
from margin_core.interpretation.votes import neighbour_votes

__all__ = [
    "Calibration",
    "Head",
    "Pool",
    "Suspicion",
    "calibrate",
    "fit_head",
    "neighbour_votes",
    "pooled",
    "rank",
    "reduce",
]
