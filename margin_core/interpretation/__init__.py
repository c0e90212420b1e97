"""Step 5 of the protocol: from influence to findings. What only one task uses lives in the folder of that task."""

from margin_core.interpretation.rank import rank
from margin_core.interpretation.votes import neighbour_votes

__all__ = ["neighbour_votes", "rank"]
