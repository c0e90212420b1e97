"""Step 5 of the protocol: from influence to an answer."""

from margin_core.interpretation.calibration import Calibration, calibrate
from margin_core.interpretation.pool import Pool, pooled
from margin_core.interpretation.rank import rank
from margin_core.interpretation.suspicion import Suspicion
from margin_core.interpretation.votes import neighbour_votes

__all__ = [
    "Calibration",
    "Pool",
    "Suspicion",
    "calibrate",
    "neighbour_votes",
    "pooled",
    "rank",
]
