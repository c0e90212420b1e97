"""Step 5 of the protocol: from influence to an answer."""

from margin_core.interpretation.head import cross_validated_head
from margin_core.interpretation.pool import Pool, fit_pool
from margin_core.interpretation.rank import rank
from margin_core.interpretation.suspicion import Suspicion
from margin_core.interpretation.votes import neighbour_votes

__all__ = ["Pool", "Suspicion", "cross_validated_head", "fit_pool", "neighbour_votes", "rank"]
